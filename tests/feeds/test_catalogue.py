"""The catalogue that comes with Rapporteur."""

import re
from datetime import timedelta

import pytest

from bot.domain.errors import ConfigError
from feeds.catalogue import catalogue, listings, preset, read

ROW = """
[[sources]]
id = "a"
name = "A"
url = "https://example.org/{group}/feed"
format = "feed"
lang = "en"
minutes = 60
needs = ["group"]
poll = false
confidence = "high"
about = "An example"
"""


def test_itu_meetings_and_news_are_polled_with_no_configuration() -> None:
    found = {str(source.id): source for source in catalogue()}
    meetings = found["itu-meetings"]
    assert meetings.url == "https://www.itu.int/net/epub/ITU-Sync/ITU-T_Meetings.xml"
    assert (meetings.format, meetings.body, meetings.interval) == ("itu-meetings", "ITU-T", timedelta(hours=6))
    assert found["itu-hub"].url == "https://www.itu.int/hub/feed/"


def test_every_listing_can_be_read_and_says_what_it_is_for() -> None:
    everything = listings()
    assert len(everything) > 90
    for listing in everything:
        source = listing.source
        assert re.fullmatch(r"[a-z0-9][a-z0-9-]{1,40}", source.id)
        assert source.about
        assert "\n" not in source.about
        assert len(source.about) <= 110
        assert not source.about.endswith(".")
        assert re.fullmatch(r"[a-z]{2}", source.lang or "")


def test_presets_that_need_a_word_are_kept_and_not_polled() -> None:
    presets = [listing for listing in listings() if listing.needs]
    assert {listing.source.id for listing in presets} >= {"ietf-group-changes", "w3c-group-calendar"}
    assert not any(listing.poll for listing in presets)
    assert not any("{" in source.url.replace("{next}", "") for source in catalogue())


def test_addresses_we_are_not_sure_of_are_not_polled() -> None:
    assert not [listing.source.id for listing in listings() if listing.poll and listing.confidence == "low"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"feed"', '"rss"', "a: format must be one of feed"),
        ("https", "http", "a: url must be absolute https."),
        ("= 60", "= 1", "a: minutes must be"),
        ("= false", "= true", "a: a preset cannot be polled."),
        ('["group"]', '["g"]', "a: needs must name"),
        ('"high"', '"sure"', "a: confidence must be"),
        ('about = "An example"', 'colour = "blue"', "a: missing or unknown: about, colour."),
    ],
)
def test_a_mistake_in_the_catalogue_is_named(old: str, new: str, told: str) -> None:
    assert len(read(ROW)) == 1
    with pytest.raises(ConfigError) as caught:
        read(ROW.replace(old, new))
    assert caught.value.problems[0].startswith(told)


def test_two_listings_with_one_address_are_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        read(ROW + ROW.replace('"a"', '"b"'))
    assert caught.value.problems == ("Two sources have the url https://example.org/{group}/feed.",)


GROUPS = ("sg17", "sg20", "sg21", "tsag")


def test_four_groups_of_itu_are_asked_less_than_seven_hundred_times_a_day() -> None:
    asked = [source for source in catalogue() if "//www.itu.int/" in source.url]
    for kind in ("contributions", "letters", "reports", "work-items", "rapporteur-meetings"):
        assert {f"itu-{kind}-{group}" for group in GROUPS} <= {source.id for source in asked}
    assert sum(timedelta(days=1) / source.interval for source in asked) < 700


def test_a_preset_names_every_list_of_a_group() -> None:
    found = {str(source.id): source for source in preset("itu", "sg13")}
    assert found["itu-contributions-sg13"].url.endswith("/md/25/SG13/c/T25-SG13-C.xml")
    assert "sg=13&" in found["itu-work-items-sg13"].url
    assert found["itu-work-items-sg13"].name == "ITU-T SG13 work programme"
    (calendar,) = preset("w3c", "wg/webauthn")
    assert calendar.url == "https://www.w3.org/groups/wg/webauthn/calendar/export/"
    assert [source.format for source in preset("3gpp", "S3")] == ["3gpp"]


@pytest.mark.parametrize(
    ("name", "typed"), [("itu", "../x"), ("w3c", "wg"), ("nobody", "SG17"), ("3gpp", "a b"), ("itu", "")]
)
def test_what_is_no_group_is_no_preset(name: str, typed: str) -> None:
    assert preset(name, typed) == ()
