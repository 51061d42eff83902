"""Addresses compared."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.addresses import normalised


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HTTP://Example.org:80/a", "http://example.org/a"),
        ("https://example.org", "https://example.org:443/"),
        ("https://example.org/a?utm_source=rss&id=1", "https://example.org/a?id=1"),
        ("https://example.org/a/../b", "https://example.org/b"),
        ("https://www.example.org/a/", "http://example.org/a"),
        ("https://m.example.org/a", "https://amp.example.org/a?utm_medium=x"),
    ],
)
def test_links_to_the_same_page_are_equal(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a#1", "https://example.org/a#2"),
        ("https://example.org/A", "https://example.org/a"),
        ("https://example.org/?id=1", "https://example.org/?id=2"),
        ("https://example.org:8443/", "https://example.org/"),
    ],
)
def test_links_to_different_pages_are_not(one: str, other: str) -> None:
    assert normalised(one) != normalised(other)


@settings(deadline=None)
@given(st.text(max_size=60), st.sampled_from(["", "https://example.org/", "http://[bad", "//x"]))
def test_whatever_is_typed_has_a_form(rest: str, start: str) -> None:
    assert isinstance(normalised(start + rest), str)
