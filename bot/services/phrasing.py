"""Facts into words: every message that nobody asked for, built when it is sent, never stored."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date

from bot.domain.alerts import Alert, Parcel, Reason, Verb, is_planned
from bot.domain.document import Block, Bullets, Document, Facts, Heading, Line, Link, Paragraph, Span, Style, Text
from bot.domain.entries import Entry, Kind
from bot.domain.telling import added_by
from bot.services import phrasing_bodies
from bot.services.actions import on_card, on_digest, on_version
from bot.services.commands.quoting import matched
from bot.services.dating import one_day, when
from bot.services.extracts import in_few_words, quoted_from, quotes
from bot.services.outlets import outlets
from bot.services.phrasing_bodies import FIXED_REPLIES
from bot.services.phrasing_changes import differences
from bot.services.phrasing_documents import documents, tally
from bot.services.wording import SHORT_QUERY, label, outlet_of, paragraphs, short, spoken, title

MOST_LISTED = 5
"""Documents of one meeting that a digest lists; more are counted."""
VERSIONS = frozenset({Reason.SAME_STORY, Reason.ADDS})


def compose(parcel: Parcel) -> Document:
    """Return the message for a claimed delivery."""
    match parcel.delivery.verb:
        case Verb.NOTE | Verb.ANSWER:
            style = Style.QUIET if parcel.delivery.key.startswith("recap-") else Style.PLAIN
            return parcel.delivery.document or Document((Paragraph((Text(parcel.delivery.text, style),)),))
        case Verb.DIGEST:
            return digest(parcel)
        case Verb.REPLY:
            return reply(parcel) if _is_news(parcel) else phrasing_bodies.reply(parcel)
        case Verb.ROOT | Verb.EDIT:
            return card(parcel) if _is_news(parcel) else phrasing_bodies.card(parcel)


def _is_news(parcel: Parcel) -> bool:
    return parcel.alerts[0].now.entry.kind is Kind.NEWS


def card(parcel: Parcel) -> Document:
    """Write the root card of a story as it stands now."""
    first, latest = parcel.alerts[0], _latest(parcel.alerts)
    entry = latest.now.entry
    blocks: list[Block] = [Heading((Text(f"{label(entry)} · "), *title(entry)))]
    rows = _facts(entry)
    if rows:
        blocks.append(Facts(tuple(rows)))
    shown = [replace(first, now=latest.now, hits=latest.hits or first.hits), *parcel.alerts[1:]]
    blocks += quotes(shown, named(parcel)) if parcel.precis is None else in_few_words(parcel.precis)
    blocks.append(Paragraph(_provenance(parcel, first)))
    return Document(tuple(blocks), actions=on_card(first, versions=len(parcel.alerts)))


def _latest(alerts: Sequence[Alert]) -> Alert:
    """Return the newest word on the story's first entry: other outlets' versions do not replace the card."""
    return [alert for alert in alerts if alert.entry == alerts[0].entry][-1]


def _facts(entry: Entry) -> list[tuple[str, Line]]:
    said = (("Companies", entry.facts.get("companies")), ("Named in the text", entry.facts.get("named")))
    rows: list[tuple[str, Line]] = [(label_, (Text(spoken(value)),)) for label_, value in said if value]
    if entry.published is not None:
        rows.append(("Published", (Text(one_day(entry.published.date())),)))
    return rows


def _provenance(parcel: Parcel, first: Alert) -> Line:
    """Say which source told it, which watch asked, and who else has it."""
    names = list(dict.fromkeys(map(named(parcel), parcel.alerts)))
    line: list[Span] = [Text(names[0], Style.QUIET)]
    if first.watch is not None:
        asked = short(parcel.watches.get(first.watch, ""), limit=SHORT_QUERY)
        found = ", ".join(matched(first.now.entry, first.hits)[:2])
        line.append(Text(f" · watch {first.watch}: {asked}{' matched ' if found else ''}{found}", Style.QUIET))
    if len(names) > 1:
        line += (Text(" · also in: ", Style.QUIET), *also(parcel.alerts, parcel, without=names[0]))
        line.append(Text(f" · {len(names)} sources", Style.QUIET))
    return tuple(line)


def named(parcel: Parcel) -> Callable[[Alert], str]:
    """Return how the outlets of a message are called."""
    return lambda alert: outlet_of(alert, parcel)


def also(alerts: Iterable[Alert], parcel: Parcel, *, without: str = "") -> Line:
    """Name the outlets that tell a story, each once."""
    found: dict[str, str | None] = {}
    for alert in alerts:
        found.setdefault(named(parcel)(alert), alert.now.entry.link)
    found.pop(without, None)
    return outlets(found)


def reply(parcel: Parcel) -> Document:
    """Write what is new, as a reply in the story's thread."""
    alert = parcel.alerts[-1]
    entry, before = alert.now.entry, alert.before
    if alert.reason in VERSIONS:
        return _group(parcel) if len(parcel.alerts) > 1 else _version(alert, parcel)
    # Below a digest, which speaks of many, a reply says of which.
    head = title(entry) if parcel.folded else ()
    if alert.reason in FIXED_REPLIES:
        return paragraphs((Text(FIXED_REPLIES[alert.reason]),), head=head)
    return paragraphs(*differences(entry, before, alert.at.date()), head=title(entry))


def _group(parcel: Parcel) -> Document:
    """Tell of several versions of a story at once; each stands in it with its title."""
    told = also(parcel.alerts, parcel)
    head = Paragraph((Text("Also: "), *(Text(one.text) if isinstance(one, Link) else one for one in told)))
    return Document((head, Bullets(tuple(_digest_line(alert, parcel) for alert in parcel.alerts))))


def _version(alert: Alert, parcel: Parcel) -> Document:
    """Tell of one version, and what it says first."""
    entry, new = alert.now.entry, added_by(alert.detail)
    said: list[Block] = [Paragraph((Text(f"Also in {named(parcel)(alert)}: "), *title(entry)))]
    if alert.reason is Reason.ADDS and new:
        said.append(Paragraph((Text("New: ", Style.STRONG), Text(" · ".join(map(_fact, new))))))
    return Document((*said, *quoted_from(alert)), actions=on_version(alert))


def _fact(fact: str) -> str:
    """Say a fact in few words: F.743.1, Dahua, adopted, 12 Mar 2027."""
    kind, _, what = fact.partition(" ")
    return one_day(date.fromisoformat(what)) if kind == "date" else what


def digest(parcel: Parcel) -> Document:
    """Write one message for a burst, grouped by watch; every entry is in it."""
    groups: dict[str, list[Alert]] = {}
    for alert in parcel.alerts:
        words = parcel.watches.get(alert.watch, "") if alert.watch is not None else ""
        groups.setdefault(words, []).append(alert)
    blocks: list[Block] = [Heading((Text(_digest_head(parcel)),))]
    for words, alerts in groups.items():
        if words:
            blocks.append(Paragraph((Text(f"Watch {alerts[0].watch}: ", Style.QUIET), Text(short(words), Style.CODE))))
        blocks.append(Bullets(tuple(line for told in _by_story(alerts) for line in _story_lines(told, parcel))))
    return Document(tuple(blocks), actions=on_digest(parcel.alerts))


def _digest_head(parcel: Parcel) -> str:
    key, count = parcel.delivery.key, len(parcel.alerts)
    if is_planned(key):
        return f"{'Weekly' if '-weekly-' in key else 'Daily'} digest: {count} new"
    return f"{count} new at once, folded into one message"


def _digest_line(alert: Alert, parcel: Parcel) -> Line:
    entry = alert.now.entry
    dates: Line = (Text(" · "), *when(entry)) if entry.starts else ()
    return (*title(entry), *dates, Text(f" · {named(parcel)(alert)}", Style.QUIET))


def _by_story(alerts: Iterable[Alert]) -> Iterable[Sequence[Alert]]:
    found: dict[str, list[Alert]] = {}
    for alert in alerts:
        found.setdefault(alert.story, []).append(alert)
    return found.values()


def _story_lines(alerts: Sequence[Alert], parcel: Parcel) -> Iterable[Line]:
    """Write a story's line: its first entry, and who else has that headline; each other one has a line of its own.

    What was recognised as of a story by its words may be another after all, so every headline is seen.
    """
    papers = documents(alerts)
    if len(papers) > MOST_LISTED:  # a meeting has hundreds
        group = alerts[0].now.entry.group
        yield (Text(f"{group}: " if group else "", Style.STRONG), Text(tally(papers)))
        return
    first = alerts[0].now.entry.title.casefold()
    others = [alert for alert in alerts[1:] if alert.entry != alerts[0].entry]
    same = also(
        (one for one in others if one.now.entry.title.casefold() == first), parcel, without=named(parcel)(alerts[0])
    )
    yield (*_digest_line(alerts[0], parcel), *((Text(" · also: ", Style.QUIET), *same) if same else ()))
    for alert in others:
        if alert.now.entry.title.casefold() != first:
            yield (Text("also: ", Style.QUIET), *_digest_line(alert, parcel))
