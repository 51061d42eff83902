"""Facts into words."""

from dataclasses import replace
from datetime import UTC, date, datetime

from bot.domain.alerts import Alert, AlertId, Delivery, DeliveryKey, Outcome, Parcel, Reason, StoryId, Verb
from bot.domain.changes import Known
from bot.domain.document import Quote, Style, Text
from bot.domain.entries import Entry, EntryId, Kind, SourceId
from bot.domain.telling import detail
from bot.domain.watches import Hit, WatchId
from bot.services.dating import days
from bot.services.phrasing import compose
from tests.services.heart import ROOM

NOW = datetime(2026, 6, 1, tzinfo=UTC)
NEWS = Entry(
    key="k",
    kind=Kind.NEWS,
    title="A standard for cameras",
    link="https://example.org/k",
    text="The group met. Dahua has tabled a text, it says. Nobody else did.",
    published=NOW,
)
MEETING = Entry(
    key="T25-SG21-260706",
    kind=Kind.MEETING,
    title="ITU-T SG21 meeting",
    starts=date(2026, 7, 6),
    ends=date(2026, 7, 17),
    all_day=True,
    group="SG21",
    place="Geneva",
    facts={"contribution_deadline": "2026-06-24"},
)


def alert(
    entry: Entry, reason: Reason = Reason.NEW, *, before: Entry | None = None, source: str = "s", **more: object
) -> Alert:
    row = Known(
        id=EntryId(f"e-{entry.key}-{source}"),
        source=SourceId(source),
        entry=entry,
        fingerprint="",
        first_seen=NOW,
        fetched_at=NOW,
    )
    return Alert(
        id=AlertId(f"a-{reason}-{source}"),
        conversation=ROOM,
        story=StoryId("st"),
        entry=row.id,
        outcome=Outcome.SPOKEN,
        reason=reason,
        at=NOW,
        now=row,
        before=before,
        **more,  # type: ignore[arg-type]
    )


def said(verb: Verb, *alerts: Alert, text: str = "", folded: bool = False) -> str:
    delivery = Delivery(key=DeliveryKey("d"), conversation=ROOM, verb=verb, due=NOW, text=text)
    sources = {"s": "The Ledger", "t": "Die Zeitung"}
    return compose(Parcel(delivery=delivery, alerts=alerts, sources=sources, watches={1: "dahua"}, folded=folded)).plain


def test_a_card_quotes_the_sentence_that_matched_and_marks_the_word() -> None:
    at = NEWS.text.index("Dahua")
    hit = Hit("text", at, at + 5, "dahua")
    delivery = Delivery(key=DeliveryKey("d"), conversation=ROOM, verb=Verb.ROOT, due=NOW)
    found = alert(NEWS, watch=WatchId(1), hits=(hit,))
    card = compose(Parcel(delivery=delivery, alerts=[found], sources={"s": "The Ledger"}, watches={1: "dahua"}))
    (quote,) = [block for block in card if isinstance(block, Quote)]
    said = (Text("The group met."), Text(" "), Text("Dahua", Style.HIT), Text(" has tabled a text, it says."))
    assert quote.line == (*said, Text(" "), Text("Nobody else did."))
    assert "The Ledger · watch 1: dahua matched “Dahua” in text" in card.plain


def test_a_card_without_a_hit_in_the_text_quotes_its_beginning() -> None:
    assert "The group met." in said(Verb.ROOT, alert(NEWS))


def test_a_card_names_the_other_outlets_and_their_languages() -> None:
    other = alert(replace(NEWS, lang="de"), Reason.SAME_STORY, source="t")
    assert "also in: Die Zeitung (de) · 2 sources" in said(Verb.EDIT, alert(NEWS), other)


def test_a_meeting_card_shows_days_place_and_deadline_with_its_rule() -> None:
    text = said(Verb.ROOT, alert(MEETING))
    assert "When: 6–17 Jul 2026" in text
    assert "Where: Geneva" in text
    assert "Contributions by: 24 Jun 2026 (12 days before, ITU-T A.1 §3.1.8)" in text


def test_a_move_tells_both_dates_and_the_new_deadline() -> None:
    after = replace(
        MEETING, starts=date(2026, 7, 13), ends=date(2026, 7, 24), facts={"contribution_deadline": "2026-07-01"}
    )
    text = said(Verb.REPLY, alert(after, Reason.MOVED, before=MEETING))
    assert text == "Moved: now 13–24 Jul 2026, was 6–17 Jul 2026.\nContributions are now due by 1 Jul 2026."
    assert "(was 6–17 Jul 2026)" in said(Verb.EDIT, alert(after, Reason.MOVED, before=MEETING))


def test_below_a_digest_a_reply_says_of_which_entry_it_speaks() -> None:
    text = said(Verb.REPLY, alert(MEETING, Reason.MISSING), folded=True)
    assert text.startswith("ITU-T SG21 meeting\nNo longer listed")


def test_missing_is_not_cancelled_and_cancelled_is_quoted() -> None:
    assert "does not say that it is cancelled" in said(Verb.REPLY, alert(MEETING, Reason.MISSING))
    cancelled = alert(replace(MEETING, status="cancelled"), Reason.WITHDRAWN, before=MEETING)
    assert said(Verb.REPLY, cancelled) == "Cancelled: the source now says “cancelled”."


def test_a_changed_place_says_what_it_was() -> None:
    text = said(Verb.REPLY, alert(replace(MEETING, place="Seoul"), Reason.CHANGED, before=MEETING))
    assert "Place: now Seoul, was Geneva." in text


def test_a_reminder_says_what_an_outsider_can_do() -> None:
    text = said(Verb.REPLY, alert(MEETING, Reason.REMINDER, detail="contributions 2026-06-24 7"))
    assert "due in 7 days, by 24 Jun 2026" in text
    assert "ask your national delegation" in text


def test_a_digest_holds_every_entry_under_its_watch() -> None:
    many = [alert(replace(NEWS, key=str(n), title=f"Title {n}"), watch=WatchId(1)) for n in range(9)]
    text = said(Verb.DIGEST, *many)
    assert "9 new at once" in text
    assert all(f"Title {n}" in text for n in range(9))
    assert "Watch 1: dahua" in text


def test_a_note_is_its_words() -> None:
    assert said(Verb.NOTE, text="A feed stopped answering.") == "A feed stopped answering."


def test_spans_of_days_repeat_nothing() -> None:
    assert days(date(2026, 7, 6), date(2026, 7, 6)) == "6 Jul 2026"
    assert days(date(2026, 6, 28), date(2026, 7, 2)) == "28 Jun – 2 Jul 2026"
    assert days(date(2026, 12, 30), date(2027, 1, 8)) == "30 Dec 2026 – 8 Jan 2027"


def test_versions_that_come_together_are_one_reply_with_every_title() -> None:
    french = alert(replace(NEWS, key="f", title="Une norme", lang="fr"), Reason.SAME_STORY, source="s")
    german = alert(replace(NEWS, key="g", title="Eine Norm", lang="de"), Reason.SAME_STORY, source="t")
    text = said(Verb.REPLY, french, german)
    assert text.startswith("Also: The Ledger (fr), Die Zeitung (de)\n")
    assert "- Une norme · The Ledger (fr)\n- Eine Norm · Die Zeitung (de)" in text


def test_a_version_that_adds_something_says_what() -> None:
    new = detail(("dahua",), frozenset({"date 2027-03-12", "document F.743.1"}))
    text = said(Verb.REPLY, alert(replace(NEWS, lang="de"), Reason.ADDS, source="t", detail=new))
    assert text.startswith("Also in Die Zeitung (de): A standard for cameras\nNew: 12 Mar 2027 · F.743.1\n")


def test_a_digest_tells_a_story_once_and_names_who_else_has_it() -> None:
    first, other = alert(NEWS, watch=WatchId(1)), alert(replace(NEWS, lang="de"), watch=WatchId(1), source="t")
    text = said(Verb.DIGEST, first, other)
    assert "- A standard for cameras · The Ledger · also: Die Zeitung (de)" in text
    assert text.count("A standard for cameras") == 1


def test_every_headline_that_joined_a_story_is_seen_in_a_digest() -> None:
    titles = ["Rules for cameras", "Rules for cameras, again", "Cameras banned in Quito"]
    told = [alert(replace(NEWS, key=str(at), title=one), watch=WatchId(1)) for at, one in enumerate(titles)]
    others = [
        alert(replace(NEWS, key=f"t{at}", title=f"{one}!"), watch=WatchId(1), source="t")
        for at, one in enumerate(titles)
    ]
    text = said(Verb.DIGEST, alert(NEWS, watch=WatchId(1)), *told, *others)
    assert all(f"also: {one} · " in text for one in titles)
    assert all(f"also: {one}! · Die Zeitung" in text for one in titles)


def test_a_sentence_is_never_cut_where_it_can_stand_whole() -> None:
    long = "Dahua " + "and others " * 50 + "wrote it."
    text = said(Verb.ROOT, alert(replace(NEWS, text=f"{long} The end.")))
    assert long in text or "The end." in text
