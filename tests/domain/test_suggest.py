"""What a person may have meant."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.suggest import did_you_mean

COMMANDS = ("watch", "watches", "unwatch", "meetings", "source add", "status", "help")


@pytest.mark.parametrize(
    ("typed", "first"),
    [("wach", "watch"), ("MEETNGS", "meetings"), ("stat", "status"), ("sorce add", "source add"), ("hlep", "help")],
)
def test_a_slip_of_the_finger_is_understood(typed: str, first: str) -> None:
    assert did_you_mean(typed, COMMANDS)[0] == first


@pytest.mark.parametrize("typed", ["", "xyzzy", "人脸"])
def test_nothing_near_gives_nothing(typed: str) -> None:
    assert did_you_mean(typed, COMMANDS) == ()


@settings(deadline=None)
@given(st.text(max_size=60))
def test_what_is_suggested_exists_and_is_short(typed: str) -> None:
    found = did_you_mean(typed, COMMANDS)
    assert set(found) <= set(COMMANDS)
    assert len(found) <= 3
