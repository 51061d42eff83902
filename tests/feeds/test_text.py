"""The one gate: whatever publishers write, plain text comes out, quickly."""

import html as stdlib
import re
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.text import TEXT_LIMIT, _kept, _plainly_kept, looks_like_html, one_line, paragraphs, shorten

FRAGMENTS = st.sampled_from(
    [
        "<",
        ">",
        "</",
        "<!--",
        "-->",
        '"',
        "'",
        "=",
        "/",
        "p",
        "script",
        "<p>",
        "</p>",
        "<script>",
        "</script>",
        "<b ",
        "\n",
        "&lt;",
        "&amp;",
        "&#60;",
        "&#x3c;",
        "alert(1)",
        "text ",
        "<![CDATA[",
        "]]>",
        "\u202e",
        "�",
        "\x00",
        "<svg/>",
    ]
)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one</p><p>two</p>", "one\ntwo"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<ul><li>one<li>two</ul>after", "one\ntwo\nafter"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("a\n   <b>bold</b>\n   word", "a bold word"),
        ("Caf&eacute;&nbsp;&amp; bar &#8217;s", "Café & bar ’s"),
        ("&lt;b&gt; stays", "<b> stays"),
        ("first line\nwrapped\n\nsecond paragraph", "first line wrapped\nsecond paragraph"),
        ("if a < b and c > d", "if a < b and c > d"),
        ("John <john@example.org> wrote", "John <john@example.org> wrote"),
        ("<xhtml:p>one</xhtml:p><xhtml:p>two</xhtml:p>", "one\ntwo"),
        ("<![CDATA[wrapped <i>twice</i>]]>", "wrapped twice"),
        ("<!DOCTYPE", "<!DOCTYPE"),
        ("", ""),
    ],
)
def test_html_becomes_lines_of_text(html: str, text: str) -> None:
    assert paragraphs(html) == text


@pytest.mark.parametrize(
    "html",
    [
        "before<script>evil()</script> after",
        "before<SCRIPT type='a>b'>evil()</SCRIPT > after",
        "before<script>evil()<b></script> after",
        "before<style>p { evil }</style> after",
        "before<!-- evil > --> after",
        'before<img alt="<script>evil()</script>" onerror="evil()"> after',
        'before<img src="x" title="a > evil()"> after',
        "before<iframe src='javascript:evil()'>evil</iframe> after",
        "before<svg><text>evil</text></svg> after",
        "before<a href='javascript:evil()'></a> after",
        "before<a href='data:text/html,evil'></a> after",
        "before<noscript><img src=evil></noscript> after",
        "before<?evil ?> after",
        "before<!DOCTYPE evil> after",
        "before<xhtml:script>evil</xhtml:script> after",
        "before<script src=evil /> after",
    ],
)
def test_no_part_of_hostile_markup_survives(html: str) -> None:
    assert paragraphs(html).replace(" ", "") == "beforeafter"


@pytest.mark.parametrize(
    "html", ["before<script>evil()", "before<img src=evil", 'before<a href="evil', "before<!-- evil"]
)
def test_an_element_that_never_ends_takes_the_rest_with_it_as_in_a_browser(html: str) -> None:
    assert paragraphs(html) == "before"


def test_one_stray_quote_does_not_swallow_an_article() -> None:
    assert paragraphs('<p title="x>kept</p> also') == "kept\nalso"


@pytest.mark.parametrize(
    "bad", ["\u202e", "\u2066", "\x00", "\x1b", "\x9d", "\ufeff", "\u200b", "\ud800", "\U000e0041"]
)
def test_controls_bidi_overrides_and_invisible_characters_are_removed(bad: str) -> None:
    assert one_line(f"safe{bad}text") == "safetext"
    assert paragraphs(f"<p>safe{bad}text</p>") == "safetext"


@pytest.mark.parametrize("kept", ["می‌خواهم", "👩‍🚀", "co\u00adoperate", "naïve", "שלום\u200f!"])
def test_characters_that_languages_need_are_kept(kept: str) -> None:
    assert one_line(kept) == kept


def test_white_space_of_every_kind_folds_to_one_space() -> None:
    assert one_line(" a\t\n b\u00a0\u2003c\r\n") == "a b c"


@pytest.mark.parametrize(
    ("value", "html"),
    [
        ("<b>bold</b>", True),
        ("a<br/>b", True),
        ("<p>unclosed", True),
        ("History of the <blink> tag", False),
        ("List<String> in Java", False),
        ("vector</string>", False),
        ("AT&amp;T", True),
        ("R&D; done", False),
        ("a < b &amp; c", False),
        ("1 < 2 > 0", False),
    ],
)
def test_markup_in_plain_values_is_told_by_a_tag_that_closes(value: str, *, html: bool) -> None:
    assert looks_like_html(value) is html


def test_a_long_title_is_cut_at_a_word_and_marked() -> None:
    title = one_line("word " * 200)
    assert len(title) <= 500
    assert title.endswith("word…")
    assert shorten("x" * 600, 500) == "x" * 499 + "…"


def test_a_long_text_is_cut() -> None:
    assert len(paragraphs("<p>word</p>" * 40_000)) <= TEXT_LIMIT
    assert len(paragraphs("x" * 400_000)) == TEXT_LIMIT


def test_a_reference_of_thousands_of_digits_is_dropped() -> None:
    assert paragraphs("a&#" + "9" * 10_000 + ";b") == "ab"


@pytest.mark.parametrize(
    "bomb",
    [
        "<div>" * 200000,
        '<a "' * 250000,
        "<" * 1000000,
        "<!--" * 250000,
        "</script " * 100000,
        "<x" * 500000,
        "<script>" * 100000,
        "<a =" * 250000,
        "</b" * 300000,
        "&#1" * 300000,
        "<![CDATA[" * 100000,
        "\n " * 500000,
        '<b c="' * 100000,
        "<b c='" * 100000,
        "<b/" * 300000,
        "<title>x</title " * 50000,
    ],
    ids=lambda bomb: bomb[:9].strip() or "blank",
)
def test_a_megabyte_made_to_be_slow_takes_no_time(bomb: str) -> None:
    begun = process_time()
    paragraphs(bomb)
    one_line(bomb, html=looks_like_html(bomb))
    assert process_time() - begun < 5


@settings(deadline=None)
@given(st.lists(FRAGMENTS, max_size=30).map("".join))
def test_what_comes_out_holds_no_control_and_no_white_space_but_line_ends(html: str) -> None:
    for line in paragraphs(html).split("\n"):
        assert line == " ".join(line.split())
        assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", line)
    paragraphs(html).encode()
    one_line(html, html=True).encode()


@settings(deadline=None)
@given(st.lists(st.text(alphabet="abc <>&\"'é", min_size=1, max_size=12), min_size=1, max_size=6))
def test_escaped_text_between_tags_comes_out_as_it_was(words: list[str]) -> None:
    page = "".join(f"<p class='x'>{stdlib.escape(word)}</p>" for word in words)
    folded = [" ".join(word.split()) for word in words]
    assert paragraphs(page) == "\n".join(word for word in folded if word)


TAGS = ("<p>", "</P>", '<a href="x">', "<br/>", "<td class=a>", "<x:li>", "<b\n>", "</svg>", f"<{'a' * 61}:tr>")
ODDITIES = ("<iframe>", "<!-- c -->", "a < b", '<i "', '<i a=">">', "<?pi?>", "<a:>", '"', ">", f"<{'a' * 70}>")
MARKUP = st.sampled_from((*TAGS, *TAGS, *ODDITIES, "word", "\n", "&lt;"))


@settings(deadline=None, max_examples=500)
@given(st.lists(MARKUP, max_size=12).map("".join))
def test_plain_markup_read_in_one_step_says_what_it_says_tag_by_tag(html: str) -> None:
    plainly = _plainly_kept(html)
    assert plainly is None or plainly == "".join(_kept(html))


def test_plain_markup_is_read_in_one_step_and_what_hides_text_is_not() -> None:
    assert _plainly_kept('<p>a <b class="x y">b</b></p><td>c<br/>') == "\na b\n c\n"
    for hiding in ("<script>x</script>", "a < b", "<!-- c -->", "<a:>", "<p", '<b a=">">'):
        assert _plainly_kept(hiding) is None
