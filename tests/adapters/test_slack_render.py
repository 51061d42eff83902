"""Documents as Slack messages: dead text, every limit, golden messages of every card.

RAPPORTEUR_WRITE_GOLDEN=1 writes the golden messages anew; look at what changed before you commit it.
"""

import json
import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack.mrkdwn import address, fallback, typed
from adapters.slack.render import Message, blocks, messages
from bot.domain.document import (
    Action,
    Block,
    Bullets,
    Document,
    Facts,
    Heading,
    Link,
    Moment,
    Paragraph,
    Quote,
    Style,
    Text,
    Verbatim,
    says,
)
from tests.adapters.slack.rules import blocks_refused, message_refused

GOLDEN = Path(__file__).parent / "golden_slack"
EVIL = '<!channel> *click* <https://evil|bank> & "x"'
WHEN = datetime(2026, 6, 24, 13, 30, tzinfo=UTC)

CARD = Document(
    (
        Heading((Text("Meeting · SG21 · "), Link("Workshop on <faces> & *law*", "https://example.org/m?a=1&b=2"))),
        Facts(
            (
                ("When", (Moment(date(2026, 7, 6)), Text(" – "), Moment(date(2026, 7, 16)))),
                ("Where", (Text("Geneva"),)),
                ("Contributions by", (Text("24 Jun 2026 (12 days before, ITU-T A.1 §3.1.8)"),)),
            )
        ),
        Quote((Text("Cameras that use "), Text("facial recognition", Style.HIT), Text(" in stations."))),
        Paragraph((Text("ITU-T SG21", Style.QUIET), Text(" · watch 3: facial recognition", Style.QUIET))),
    ),
    actions=(
        Action("Mute", "🔇", "mute 3 for 1w"),
        Action("Useful", "👍", "useful https://example.org/m"),
        Action("Not relevant", "👎", "irrelevant https://example.org/m"),
        Action("Why", "❓", "why https://example.org/m"),
    ),
)
DIGEST = Document(
    (
        Heading((Text("12 new at once, folded into one message"),)),
        Paragraph((Text("Watch 3: ", Style.QUIET), Text("facial recognition", Style.CODE))),
        Bullets(
            tuple((Link(f"Story {n}", f"https://example.org/{n}"), Text(" · EFF", Style.QUIET)) for n in range(12))
        ),
    )
)
MOVED = Document(
    (
        Paragraph((Text("Moved", Style.STRONG), Text(": now "), Moment(date(2026, 7, 8)), Text(", was 6 Jul 2026."))),
        Paragraph((Text("Next poll "), Moment(WHEN))),
    ),
    echo=True,
)
MISTAKE = Document(
    (
        Paragraph((Text("A bracket is not closed."),)),
        Verbatim("facial AND (recognition\n           ^"),
        Paragraph((Text("Try: ", Style.QUIET), Text("watch facial AND (recognition)", Style.CODE))),
    )
)
LONG = Document(
    (
        Heading((Text("A long answer"),)),
        *(Paragraph((Text(f"Paragraph {n}: " + "words without end " * 40),)) for n in range(40)),
        Bullets(tuple((Text(f"Row {n} of many"),) for n in range(120)), numbered=True, start=7),
    )
)
HOSTILE = Document(
    (
        Heading((Link(EVIL, "https://example.org/<!here>|x"),)),
        Facts(((EVIL, (Text(EVIL, Style.CODE), Link(EVIL, "javascript:alert(1)"))),)),
        Quote((Text(EVIL, Style.HIT),)),
        Bullets(((Text(EVIL),), (Text(f"<@U0ANA> {EVIL} \u202e\x00\ud800 <!date^1^{{time}}|never>"),))),
        Verbatim(EVIL),
        Paragraph((Text(EVIL, Style.QUIET),)),
    ),
    actions=(Action(EVIL, "x", f"why {EVIL}"),),
)
CASES = {"card": CARD, "digest": DIGEST, "moved": MOVED, "mistake": MISTAKE, "long": LONG, "hostile": HOSTILE}


def sent(message: Message) -> dict[str, Any]:
    return {"channel": "C0001", "text": message.text, "blocks": list(message.blocks)}


def texts(value: Any, kind: str) -> list[str]:
    """Return the text of every element of a kind."""
    if isinstance(value, dict):
        own = [value["text"]] if value.get("type") == kind and isinstance(value.get("text"), str) else []
        return own + [found for held in value.values() for found in texts(held, kind)]
    return [found for held in value for found in texts(held, kind)] if isinstance(value, list) else []


@pytest.mark.parametrize("name", CASES)
def test_every_card_is_rendered_as_it_was_judged(name: str) -> None:
    made = [sent(message) for message in messages(CASES[name])]
    path = GOLDEN / f"{name}.json"
    if os.environ.get("RAPPORTEUR_WRITE_GOLDEN"):
        path.write_text(json.dumps(made, indent=1, ensure_ascii=True) + "\n", encoding="utf-8")
    assert made == json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", CASES)
def test_slack_takes_every_card(name: str) -> None:
    assert [message_refused(sent(message)) for message in messages(CASES[name])] == [None] * len(messages(CASES[name]))
    assert blocks_refused(blocks(CASES[name], most=60), "modal") is None
    assert blocks_refused(blocks(CASES[name], most=30), "home") is None


def test_nothing_in_a_hostile_title_comes_alive() -> None:
    (message,) = messages(HOSTILE)
    for alive in ("<!", "<@", "<#", "<https://evil"):
        assert alive not in message.text
    assert texts(list(message.blocks), "mrkdwn") == []
    written = " ".join(texts(list(message.blocks), "text"))
    assert written.count(EVIL) >= 5, "it is shown as it stands"
    addresses = [block["url"] for block in _links(list(message.blocks))]
    assert addresses == ["https://example.org/%3C!here%3E%7Cx"]


def _links(value: Any) -> list[Any]:
    if isinstance(value, dict):
        own = [value] if value.get("type") == "link" else []
        return own + [found for held in value.values() for found in _links(held)]
    return [found for held in value for found in _links(held)] if isinstance(value, list) else []


def test_moments_are_shown_in_the_readers_zone_and_days_stay_days() -> None:
    (message,) = messages(says(Moment(WHEN), Moment(date(2026, 6, 24))))
    assert "<!date^1782307800^{date_short_pretty} {time}|24 Jun 2026, 13:30 UTC>" in message.text
    dates = [element for block in message.blocks for section in block["elements"] for element in section["elements"]]
    assert dates[0] == {
        "type": "date",
        "timestamp": 1782307800,
        "format": "{date_short_pretty} {time}",
        "fallback": "24 Jun 2026, 13:30 UTC",
    }
    assert dates[1] == {"type": "text", "text": "24 Jun 2026"}


def test_a_long_document_goes_on_in_further_messages_and_loses_nothing() -> None:
    made = messages(LONG)
    assert len(made) > 1
    shown = " ".join(" ".join(texts(list(message.blocks), "text")) for message in made)
    assert all(f"Paragraph {n}:" in shown for n in range(40))
    assert all(f"Row {n} of many" in shown for n in range(120))


def test_an_action_that_is_too_long_for_a_button_is_left_out() -> None:
    (message,) = messages(Document(says("x").blocks, actions=(Action("Edit", "x", "edit 1 " + "x" * 2000),)))
    assert len(message.blocks) == 1


spans = st.one_of(
    st.builds(Text, st.text(max_size=4000), st.sampled_from(Style)),
    st.builds(
        Link, st.text(max_size=300), st.sampled_from(["https://a.example/x y", "javascript:x", "https://b/|<>", ""])
    ),
    st.builds(Moment, st.datetimes(timezones=st.just(UTC))),
    st.builds(Moment, st.dates()),
)
lines = st.lists(spans, max_size=4).map(tuple)
parts: st.SearchStrategy[Block] = st.one_of(
    st.builds(Heading, lines),
    st.builds(Paragraph, lines),
    st.builds(Quote, lines),
    st.builds(Facts, st.lists(st.tuples(st.text(max_size=50), lines), max_size=5).map(tuple)),
    st.builds(Bullets, st.lists(lines, max_size=9).map(tuple), st.booleans(), st.integers(1, 500)),
    st.builds(Verbatim, st.text(max_size=4000)),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(parts, max_size=12).map(tuple))
def test_slack_takes_whatever_a_document_holds(held: tuple[Block, ...]) -> None:
    for message in messages(Document(held)):
        assert message_refused(sent(message)) is None


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=300))
def test_what_is_escaped_and_typed_again_is_the_same(text: str) -> None:
    said = fallback(says(text), 10_000)
    assert "<" not in said
    assert ">" not in said


def test_what_people_type_is_plain_text() -> None:
    assert typed("watch &lt;b&gt; <https://x.org/a?b&amp;c|x.org> in <#C1|general> by <@U1|ana> <!here>") == (
        "watch <b> https://x.org/a?b&c in #general by @ana @here"
    )


def test_only_web_addresses_are_links() -> None:
    assert address("https://x.org/a") == "https://x.org/a"
    assert address("javascript:alert(1)") is None
    assert address("https://x.org/" + "x" * 3000) is None
