"""Documents as Matrix messages: small enough, in the allowed HTML, and dead whatever a feed puts into them."""

import json
import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.matrix.posting import notice, related
from adapters.matrix.render import MOST, parts, size
from adapters.matrix.text import dead
from bot.domain.document import (
    Action,
    Block,
    Bullets,
    Document,
    Facts,
    Heading,
    Line,
    Link,
    Moment,
    Paragraph,
    Quote,
    Span,
    Style,
    Text,
    Verbatim,
    says,
)

LIMIT = 65_536
"""Bytes of an event (spec 1.18, "Size limits")."""
EVENT_AROUND = 3_000
"""Bytes that a server adds: ids, hashes, signatures, authorisation; more than was ever seen."""
ALLOWED = frozenset(
    """del h1 h2 h3 h4 h5 h6 blockquote p a ul ol sup sub li b i u strong em s code hr br div table thead tbody tr th td
    caption pre span img details summary""".split()  # noqa: SIM905  # as the spec lists them
)
ANY = st.text(st.characters(), max_size=300)
HOSTILE = st.one_of(
    ANY,
    st.sampled_from(
        [
            "@room",
            "@ROOM now",
            "@anna:example.org",
            "#room:hs",
            "https://matrix.to/#/@a:b",
            "<mx-reply>",
            "\u202eevil",
            "\x00\x1b[",
        ]
    ),
    st.builds(
        lambda text, times: text * times,
        st.sampled_from(["😀", "\ud800", "&<>\"'", "語", "a b "]),
        st.integers(1, 9000),
    ),
)
URL = st.one_of(
    st.just("https://example.org/a?b=1&c=%22"),
    st.sampled_from(["javascript:alert(1)", "https://matrix.to/#/@a:b"]),
    HOSTILE,
)
SPAN: st.SearchStrategy[Span] = st.one_of(
    st.builds(Text, HOSTILE, st.sampled_from(Style)),
    st.builds(Link, HOSTILE, URL),
    st.builds(Moment, st.sampled_from([date(2026, 6, 1), datetime(2026, 6, 1, 12, tzinfo=UTC)])),
)
LINE: st.SearchStrategy[Line] = st.lists(SPAN, max_size=6).map(tuple)
BLOCK: st.SearchStrategy[Block] = st.one_of(
    st.builds(Heading, LINE),
    st.builds(Paragraph, LINE),
    st.builds(Quote, LINE),
    st.builds(Facts, st.lists(st.tuples(HOSTILE, LINE), max_size=5).map(tuple)),
    st.builds(Bullets, st.lists(LINE, max_size=8).map(tuple), st.booleans(), st.integers(1, 50)),
    st.builds(Verbatim, HOSTILE),
)
DOCUMENT = st.builds(
    Document,
    st.lists(BLOCK, max_size=6).map(tuple),
    actions=st.lists(st.builds(Action, HOSTILE, st.just("👍"), HOSTILE), max_size=3).map(tuple),
)


class Checked(HTMLParser):
    """Keeps which tags and addresses a message has, and whether they are closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.open: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]
        assert {name for name, _ in attrs} <= {"href", "start"}
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def checked(html: str) -> Checked:
    parser = Checked()
    parser.feed(html)
    parser.close()
    assert parser.open == []
    return parser


@given(DOCUMENT)
@settings(deadline=None, max_examples=30)
def test_no_event_comes_near_the_limit_edited_or_encrypted(document: Document) -> None:
    for part in parts(document, "Europe/Zurich"):
        assert size(part) <= MOST
        new = notice(part)
        edit = {
            **notice(part),
            "m.new_content": new,
            "m.relates_to": {"rel_type": "m.replace", "event_id": "$" + "e" * 60},
        }
        threaded = {**new, **related("$" + "e" * 60)}
        for content in (edit, threaded):
            plain = len(json.dumps({"content": content, "type": "m.room.message", "room_id": "!" + "r" * 200}))
            assert plain * 4 / 3 + 1000 + EVENT_AROUND < LIMIT


@given(DOCUMENT)
@settings(deadline=None, max_examples=30)
def test_whatever_a_feed_says_is_text(document: Document) -> None:
    for part in parts(document, "UTC"):
        seen = checked(part.html)
        assert seen.tags <= ALLOWED
        for link in seen.links:
            assert re.match(r"(?i)(https?|mailto):", link)
            assert "matrix.to" not in link.lower().split("/")[2:3]
        for told in (part.body, "".join(seen.words)):
            assert not re.search(r"(?i)@room", told)
            assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]", told)
        part.html.encode()
        part.body.encode()
        assert notice(part)["m.mentions"] == {}


@pytest.mark.parametrize(
    "text",
    ["@anna:example.org", "see @anna:example.org", "#itu:example.org", "matrix.to/#/@a:b", "matrix:u/anna:example.org"],
)
def test_what_clients_make_pills_of_is_broken_by_a_joiner(text: str) -> None:
    assert "\u2060" in dead(text)
    assert dead(text).replace("\u2060", "") == text


@pytest.mark.parametrize("text", ["anna@example.org", "@dahua AND @facial-recognition", "12:30", "C# and F#", "a!b"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert dead(text) == text


def test_a_card_reads_well_in_both_forms() -> None:
    card = Document(
        (
            Heading((Text("Meeting · SG21 · ", Style.STRONG), Link("Geneva", "https://www.itu.int/x"))),
            Facts((("When", (Moment(date(2026, 7, 6)),)), ("Where", (Text("Geneva"),)))),
            Quote((Text("Cameras that "), Text("recognise faces", Style.HIT))),
            Bullets(((Text("one"),), (Text("two"),)), numbered=True, start=3),
        ),
        actions=(Action("mute", "🔕", "mute here"),),
    )
    (part,) = parts(card, "UTC")
    assert part.body == (
        "Meeting · SG21 · Geneva (https://www.itu.int/x)\nWhen: 6 Jul 2026\nWhere: Geneva\n"
        "> Cameras that recognise faces\n3. one\n4. two\nReact: 🔕 mute"
    )
    assert part.html == (
        '<p><strong>Meeting · SG21 · <a href="https://www.itu.int/x">Geneva</a></strong></p>'
        "<table><tbody><tr><td><strong>When</strong></td><td>6 Jul 2026</td></tr>"
        "<tr><td><strong>Where</strong></td><td>Geneva</td></tr></tbody></table>"
        "<blockquote>Cameras that <strong>recognise faces</strong></blockquote>"
        '<ol start="3"><li>one</li><li>two</li></ol><p><em>React: 🔕 mute</em></p>'
    )


def test_a_long_message_comes_in_parts_that_hold_everything() -> None:
    lines = tuple((Text(f"Entry number {number} of a long digest about cameras"),) for number in range(400))
    found = parts(Document((Bullets(lines),)), "UTC")
    assert len(found) > 1
    assert "\n".join(part.body for part in found) == "\n".join(f"• {line[0].text}" for line in lines)
    assert all(part.html.startswith("<ul><li>") and part.html.endswith("</li></ul>") for part in found)


def test_a_message_that_says_nothing_is_still_one_message() -> None:
    assert [part.body for part in parts(Document(()), "UTC")] == [""]
    assert [part.body for part in parts(says(""), "UTC")] == [""]
