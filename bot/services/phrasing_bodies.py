"""Meetings, work items, documents and publications in words: their living cards, and the replies below them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date

from bot.domain.alerts import Alert, Parcel, Reason
from bot.domain.clock_rules import MEETINGS, SHORT_NOTICE, TEXTS
from bot.domain.concurring import PREDECESSOR
from bot.domain.diff import called_off
from bot.domain.document import Block, Document, Facts, Heading, Line, Link, Paragraph, Quote, Style, Text
from bot.domain.entries import Entry, Kind, fact, fact_day
from bot.domain.ladder import ladder, notice
from bot.domain.stages import height, stage_of
from bot.services.actions import on_card
from bot.services.dating import days, one_day, when
from bot.services.phrasing_changes import (
    called,
    differences,
    is_open_for_comments,
    last_call,
    moved,
    stage_passed,
)
from bot.services.phrasing_documents import documents, listing, news, tally
from bot.services.wording import label, outlet_of, paragraphs, provenance, spoken, title, words

FIXED_REPLIES: Mapping[Reason, str] = {
    Reason.MISSING: "No longer listed by its source, three polls in a row. It does not say that it is cancelled.",
    Reason.BACK: "Listed again by its source.",
    Reason.COUNTED_OUT: "It keeps changing; further edits are recorded and no longer told.",
}
NO_NEWS = frozenset({Reason.EDITED, Reason.REMINDER, Reason.SAME_STORY})
"""Reasons of alerts that say nothing newer than the card did."""
TEXTUAL = frozenset({Kind.WORK_ITEM, Kind.PUBLICATION})
SHOWN: Mapping[str, str] = {
    "study_period": "Study period",
    "question": "Question",
    "stage": "Stage",
    "timing": "Timing",
    "process": "Process",
    "supporters": "Supporting members",
    "editors": "Editors",
    "companies": "Companies",
    "named": "Named in the text",
    "number": "Number",
}


def card(parcel: Parcel) -> Document:
    """Write the root card of a meeting, a text, or the documents of a meeting, as its lists say by now."""
    first, lead = parcel.alerts[0], _lead(parcel.alerts)
    entry = lead.now.entry
    papers = documents(parcel.alerts)
    if entry.kind is Kind.DOCUMENT and len(papers) > 1:
        return _papers(parcel, papers)
    blocks: list[Block] = [Heading((Text(f"{label(entry)} · "), *_named(entry)))]
    others = [alert.now.entry for alert in reversed(parcel.alerts)]
    seen = lead.at.astimezone(UTC).date()
    rows = [*_when_and_where(parcel, lead), *_deadlines(entry), *last_call(entry, others, seen)]
    rows += [*_texts(parcel, entry), *_so_far(entry, papers)]
    if rows:
        blocks.append(Facts(tuple(rows)))
    quote = words(first, first.now.entry if first.hits else entry)
    if quote:
        blocks.append(Quote(quote))
    blocks.append(Paragraph(provenance(parcel, first)))
    return Document(tuple(blocks), actions=on_card(first, versions=1))


def _lead(alerts: Sequence[Alert]) -> Alert:
    """Return the alert whose entry the card shows: the last that told news of the meeting or text itself.

    What another list says later, and differently, has been told; what it repeats changes nothing. A text is shown
    where it has come furthest.
    """
    things = [alert for alert in alerts if alert.now.entry.kind is not Kind.DOCUMENT]
    if not things:
        return alerts[-1]
    told = [alert for alert in things if alert.reason not in NO_NEWS] or things[:1]
    last = told[-1]
    if last.now.entry.kind is Kind.MEETING:
        return _fresh(last, things)
    return _fresh(max(told, key=lambda alert: (height(stage_of(alert.now.entry)), told.index(alert))), things)


def _fresh(alert: Alert, alerts: Sequence[Alert]) -> Alert:
    """Return the last alert of the same entry: it may have been corrected since."""
    return [one for one in alerts if one.entry == alert.entry][-1]


def _named(entry: Entry) -> Line:
    """Return the title; a text's name goes before it: "X.1096 (ex X.bvm): Requirements …"."""
    name = called(entry) if entry.kind in (Kind.WORK_ITEM, Kind.PUBLICATION) else ""
    if not name or name in entry.title or fact(entry, "body") == "IETF":
        return title(entry)
    return (Text(f"{name}: ", Style.STRONG), *title(entry))


def _when_and_where(parcel: Parcel, lead: Alert) -> Iterator[tuple[str, Line]]:
    entry = lead.now.entry
    if entry.starts is not None:
        yield "When", (*when(entry), *_was(parcel.alerts, lead))
    if entry.place or fact(entry, "e_meeting"):
        place = entry.place or ""
        remote = fact(entry, "e_meeting") and "meeting" not in place.casefold()
        yield "Where", (Text(" · ".join(filter(None, (place, "e-meeting" if remote else "")))),)
    if entry.kind is Kind.MEETING and entry.status and entry.status != "confirmed":
        yield "Status", (Text(entry.status, Style.STRONG),)
    if lead.reason is Reason.MISSING:
        yield "Status", (Text("no longer listed by its source", Style.STRONG),)
    ahead = notice(entry, parcel.alerts[0].now.first_seen.astimezone(UTC).date())
    if ahead is not None and ahead < SHORT_NOTICE and not called_off(entry):
        yield "Short notice", (Text(f"listed {ahead.days} days before it starts"),)


def _was(alerts: Sequence[Alert], lead: Alert) -> Line:
    """Say what the dates were before the last move."""
    moves = [alert for alert in alerts if alert.reason is Reason.MOVED]
    before = moves[-1].before if moves else None
    if before is None or before.starts is None or before.starts == lead.now.entry.starts:
        return ()
    return (Text(" (was "), *when(before), Text(")"))


def _deadlines(entry: Entry) -> Iterator[tuple[str, Line]]:
    """Give the days by which somebody has to act, with the rule that says so."""
    for rung in ladder(entry):
        if rung.rule.name == "contributions":
            source = rung.rule.source.removeprefix("Rec. ").replace(" (10/2016)", "")
            yield "Contributions by", (Text(f"{one_day(rung.due)} ({rung.rule.days} days before, {source})"),)
        elif rung.rule.name == "registration":
            yield "Register by", (Text(one_day(rung.due)),)
        elif rung.rule.name in ("last-call", "additional-review") and not is_open_for_comments(entry):
            name = rung.rule.fact.removesuffix("_until")
            first = fact_day(entry, f"{name}_from")
            span = days(first, rung.due) if first else f"until {one_day(rung.due)}"
            yield name.replace("_", " ").capitalize(), (Text(span),)
        elif rung.rule.name == "reply":
            yield "Answers by", (Text(one_day(rung.due)),)


def _texts(parcel: Parcel, entry: Entry) -> Iterator[tuple[str, Line]]:
    """Give the facts of a text: those of the entry shown, and what only other lists of it say."""
    things = (alert.now.entry for alert in reversed(parcel.alerts))
    others = [one for one in things if one.kind is entry.kind or {one.kind, entry.kind} <= TEXTUAL]
    for name, words_ in SHOWN.items():
        value = entry.facts.get(name) or next((one.facts[name] for one in others if one.facts.get(name)), None)
        if value and not (name == "number" and entry.kind in (Kind.WORK_ITEM, Kind.PUBLICATION)):
            if name == "companies" and any(one.facts.get("supporters") for one in (entry, *others)):
                continue
            if name == "timing" and height(stage_of(entry)) >= height("approved"):
                continue
            yield words_, (Text(spoken(value)),)
    published = next((one.link for one in _editions(parcel.alerts) if one.link), None)
    if published and entry.kind is not Kind.PUBLICATION:
        yield "Published", (Link(published, published),)
    if entry.published is not None and entry.kind is not Kind.MEETING:
        yield "Published", (Text(one_day(entry.published.date())),)


def _editions(alerts: Sequence[Alert]) -> Iterator[Entry]:
    return (alert.now.entry for alert in reversed(alerts) if alert.now.entry.kind is Kind.PUBLICATION)


def _so_far(entry: Entry, papers: Sequence[Entry]) -> Iterator[tuple[str, Line]]:
    if papers and entry.kind is not Kind.DOCUMENT:
        yield "Documents", (Text(f"{tally(papers)} so far"),)


def _papers(parcel: Parcel, papers: Sequence[Entry]) -> Document:
    """Write the card of a meeting of which only documents have been told."""
    group, meeting = papers[0].group or "", fact(papers[0], "meeting")
    head = " · ".join(filter(None, ("Documents", group, meeting)))
    blocks: list[Block] = [Heading((Text(head),)), Paragraph((Text(f"{tally(papers)} so far."),)), *listing(papers)]
    first = parcel.alerts[0]
    return Document((*blocks, Paragraph(provenance(parcel, first))), actions=on_card(first, versions=1))


def reply(parcel: Parcel) -> Document:
    """Write what is new, as a reply in the thread of a meeting or a text."""
    alert = parcel.alerts[-1]
    entry, before, seen = alert.now.entry, alert.before, alert.at.astimezone(UTC).date()
    head = title(entry) if parcel.folded else ()  # below a digest, which speaks of many
    if entry.kind is Kind.DOCUMENT and alert.reason is not Reason.REMINDER:
        return news(parcel)
    said = _REPLIES.get(alert.reason)
    if said is not None:
        return paragraphs(*said(alert), head=head)
    if alert.reason is Reason.SAME_STORY:
        return paragraphs(*_also(alert, parcel), quote=())
    if alert.detail == PREDECESSOR:
        lines = tuple(stage_passed(entry, before, seen))
    else:
        lines = tuple(differences(entry, before, seen))
    return paragraphs(*lines, head=_named(entry) if entry.kind is not Kind.MEETING else title(entry))


def _moved(alert: Alert) -> Iterator[Line]:
    if alert.before is not None:
        yield from moved(alert.now.entry, alert.before)


def _cancelled(alert: Alert) -> Iterator[Line]:
    yield (Text("Cancelled", Style.STRONG), Text(f": the source now says “{alert.now.entry.status}”."))


def _fixed(alert: Alert) -> Iterator[Line]:
    yield (Text(FIXED_REPLIES[alert.reason]),)


def _reminder(alert: Alert) -> Iterator[Line]:
    """Say what is due, when, and what somebody without a seat can do (ITU comment rights, design §3)."""
    name, due, left = alert.detail.split(" ", 2)
    in_days = {"0": "today", "1": "tomorrow"}.get(left, f"in {left} days")
    body, moment = fact(alert.now.entry, "body"), one_day(date.fromisoformat(due))
    rules = [rule for rule in (*MEETINGS, *TEXTS) if rule.name == name]
    rule = next((one for one in rules if one.body == body), rules[0] if rules else None)
    if rule is None:
        yield (Text("Reminder", Style.STRONG), Text(f": it starts {in_days}, on {moment}."))
        return
    verb = f"{rule.what} {in_days}, by {moment}" if rule.what.endswith("due") else f"{rule.what} {in_days}, on {moment}"
    yield (Text("Reminder", Style.STRONG), Text(f": {verb}."), Text(f" {rule.outsider}" if rule.outsider else ""))


_REPLIES: Mapping[Reason, Callable[[Alert], Iterator[Line]]] = {
    Reason.MOVED: _moved,
    Reason.WITHDRAWN: _cancelled,
    Reason.REMINDER: _reminder,
    **dict.fromkeys(FIXED_REPLIES, _fixed),
}


def _also(alert: Alert, parcel: Parcel) -> Iterator[Line]:
    """Say what another list, or a further edition, adds."""
    entry = alert.now.entry
    source = outlet_of(alert, parcel)
    if entry.kind is Kind.MEETING:
        where = f", {entry.place}" if entry.place else ""
        state = f", {entry.status}" if entry.status and entry.status != "confirmed" else ""
        yield (Text(f"Also in {source}: "), *title(entry), Text(": "), *when(entry), Text(f"{where}{state}"))
        return
    yield (Text(f"Also in {source}: "), *_named(entry))
    if stage_of(entry):
        yield from stage_passed(entry, None, alert.at.astimezone(UTC).date())
