"""Links: absolute, harmless, and equal when they lead to the same page."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.urls import is_web, resolve

BASE = "https://example.org/news/feed.xml"


@pytest.mark.parametrize(
    ("link", "absolute"),
    [
        ("https://example.com/a?b=1&c=2#d", "https://example.com/a?b=1&c=2#d"),
        ("item/1", "https://example.org/news/item/1"),
        ("/item/1", "https://example.org/item/1"),
        ("//cdn.example.org/x", "https://cdn.example.org/x"),
        ("?page=2", "https://example.org/news/feed.xml?page=2"),
        ("  \n https://example.com/a b \t", "https://example.com/a%20b"),
        ("https://exa\nmple.com/", "https://example.com/"),
        ("https://example.com/<script>", "https://example.com/%3Cscript%3E"),
        ("mailto:desk@example.org", "mailto:desk@example.org"),
        ("https://例え.jp/日本", "https://例え.jp/日本"),
        ("HTTPS://Example.com/A", "https://Example.com/A"),
    ],
)
def test_a_link_is_made_absolute(link: str, absolute: str) -> None:
    assert resolve(link, BASE) == absolute


@pytest.mark.parametrize(
    "link",
    [
        "",
        "  ",
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "vbscript:x",
        "ftp://example.org/",
        "http://",
        "http:///path",
        "http://[::1",
        "http://host:99999/",
        "https://a<b>.com/",
        "x" * 5000,
        "\u202ejavascript:alert(1)",
    ],
)
def test_what_must_not_be_followed_is_no_link(link: str) -> None:
    assert resolve(link) is None


def test_a_scheme_hidden_behind_controls_is_not_joined_to_the_page() -> None:
    assert resolve("java\tscript:alert(1)", BASE) is None


@pytest.mark.parametrize(("text", "web"), [("https://a.org/x", True), ("t3_42", False), ("http://a.org/x y", False)])
def test_an_address_is_recognised(text: str, *, web: bool) -> None:
    assert is_web(text) is web


@settings(deadline=None)
@given(st.text(max_size=60), st.sampled_from(["", BASE, "http://[bad", "not a url"]))
def test_whatever_passes_is_http_https_or_mailto_and_stays_so(link: str, base: str) -> None:
    found = resolve(link, base)
    if found is not None:
        assert found.lower().startswith(("http://", "https://", "mailto:"))
        assert resolve(found) == found
