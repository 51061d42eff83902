"""robots.txt is read once a day, obeyed when it cannot be read, and never a way to hold us up."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from time import process_time

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from yarl import URL

from bot.domain.errors import FetchError
from feeds import robots as module
from feeds.fetch import open_fetcher
from feeds.robots import Robots, read_rules
from feeds.settings import FetchSettings
from tests.feeds.conftest import FakeClock, Serve

PAGE = URL("https://example.org/feeds/news.xml")


class Library:
    """Robots files by origin; an exception is raised."""

    def __init__(self, text: str | FetchError = "") -> None:
        self.text = text
        self.asked: list[str] = []

    async def read(self, url: URL) -> str:
        self.asked.append(str(url))
        if isinstance(self.text, FetchError):
            raise self.text
        return self.text


def robots(library: Library, clock: FakeClock) -> Robots:
    return Robots(library.read, token="Rapporteur", clock=clock)  # a product token


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow:", True),
        ("User-agent: *\nDisallow: /feeds/", False),
        ("User-agent: *\nDisallow: /\nAllow: /feeds/", True),
        ("User-agent: *\nDisallow: /*.xml$", False),
        ("User-agent: *\nDisallow: /*.xm$", True),
        ("User-agent: rapporteur\nDisallow: /", False),
        ("User-agent: RAPPORTEUR/0.1\nDisallow: /", False),
        ("user-agent:Rapporteur # us\nDisallow: /", False),
        ("User-agent: Rapporteur\nAllow: /\n\nUser-agent: *\nDisallow: /", True),
        ("User-agent: Googlebot\nUser-agent: Rapporteur\nDisallow: /", False),
        ("User-agent: Googlebot\nDisallow: /", True),
        ("User-agent: Rapp\nDisallow: /", True),
        ("User-agent: RapporteurX\nDisallow: /", True),
        ("\ufeffUser-agent: *\nDisallow: /other", True),
        ("<html><body>Not found</body></html>", True),
    ],
)
async def test_the_rules_for_us_count(text: str, *, allowed: bool, clock: FakeClock) -> None:
    known = robots(Library(text), clock)
    if allowed:
        await known.permit(PAGE)
    else:
        with pytest.raises(FetchError, match=r"closed to robots .* admit Rapporteur") as caught:
            await known.permit(PAGE)
        assert caught.value.permanent


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("User-agent: *\nCrawl-delay: 7", 7),
        ("User-agent: *\nCrawl-delay: 0.5", 0.5),
        ("User-agent: *\nCrawl-delay: 86400", 60),
        ("User-agent: *\nCrawl-delay: 1e300", 60),
        ("User-agent: *\nCrawl-delay: -3", None),
        ("User-agent: *\nCrawl-delay: soon", None),
        ("User-agent: other\nCrawl-delay: 7", None),
    ],
)
async def test_a_crawl_delay_is_taken_up_to_a_minute(text: str, seconds: float | None, clock: FakeClock) -> None:
    delay = await robots(Library(text), clock).permit(PAGE)
    assert delay == (None if seconds is None else timedelta(seconds=seconds))


async def test_a_file_is_kept_for_a_day_per_origin(clock: FakeClock) -> None:
    library = Library()
    known = robots(library, clock)
    for url in ("https://example.org/a", "https://example.org/b", "https://example.org:444/a", "http://example.org/a"):
        await known.permit(URL(url))
    origins = ["https://example.org", "https://example.org:444", "http://example.org"]
    assert library.asked == [f"{origin}/robots.txt" for origin in origins]
    clock.pass_(hours=23, minutes=59)
    await known.permit(PAGE)
    assert len(library.asked) == 3
    clock.pass_(minutes=1)
    await known.permit(PAGE)
    assert len(library.asked) == 4


async def test_what_cannot_be_read_forbids_for_now(clock: FakeClock) -> None:
    library = Library(FetchError("It is in trouble (500)."))
    known = robots(library, clock)
    for _ in range(3):
        with pytest.raises(FetchError, match="in trouble") as caught:
            await known.permit(PAGE)
        assert not caught.value.permanent
    assert len(library.asked) == 1, "trouble is remembered for a while"
    library.text = ""
    clock.pass_(minutes=10)
    await known.permit(PAGE)


async def test_an_old_copy_serves_while_the_file_cannot_be_read(clock: FakeClock) -> None:
    library = Library("User-agent: *\nDisallow: /closed")
    known = robots(library, clock)
    await known.permit(PAGE)
    clock.pass_(hours=25)
    library.text = FetchError("It did not answer.")
    await known.permit(PAGE)
    with pytest.raises(FetchError, match="closed to robots"):
        await known.permit(URL("https://example.org/closed"))


async def test_old_origins_are_forgotten(clock: FakeClock) -> None:
    known = robots(Library(), clock)
    for n in range(module.ORIGINS_KEPT + 50):
        await known.permit(URL(f"https://host{n}.example/"))
    assert len(known) == module.ORIGINS_KEPT


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"User-agent: a{n}\n" for n in range(15_000)) + "Disallow: /a\n" * 20_000,
        "User-agent: *\n" + "".join(f"Disallow: *a{n}*b*$\n" for n in range(25_000)),
        "User-agent: *\nDisallow: /" + "*a" * 250_000,
        "User-agent: *\nDisallow: " + "%" * 500_000,
        "user agent a\n" * 40_000,
    ],
)
def test_a_hostile_file_costs_little(text: str) -> None:
    begun = process_time()
    rules = read_rules(text[: module.SIZE], "Rapporteur")
    rules.can_fetch("https://example.org/" + "a" * 2000, "Rapporteur")
    assert process_time() - begun < 2


@given(st.text(max_size=400) | st.text("User-agent: *\nDisallow/#$%allow", max_size=400), st.text(max_size=50))
@hypothesis_settings(deadline=None, max_examples=200)
def test_no_file_breaks_the_reader(text: str, path: str) -> None:
    read_rules(text, "Rapporteur").can_fetch(str(URL.build(scheme="https", host="a.example", path=f"/{path}")), "R")


Answer = Callable[[], web.Response]


@pytest.mark.parametrize(
    ("status", "location", "verdict"),
    [
        (404, None, "open"),
        (403, None, "open"),
        (401, None, "open"),
        (302, "/en/notfound.aspx", "open"),
        (500, None, "trouble"),
        (503, None, "trouble"),
        (429, None, "trouble"),
        (302, "/robots.txt", "trouble"),
        (302, "/elsewhere.txt", "closed"),
    ],
)
async def test_the_answer_for_robots_txt_decides(
    status: int, location: str | None, verdict: str, *, clock: FakeClock, serve: Serve, settings: FetchSettings
) -> None:
    async def handler(request: web.Request) -> web.Response:
        closed = request.path == "/elsewhere.txt"
        return web.Response(text="User-agent: *\nDisallow: /" if closed else "news")

    site = await serve(handler)
    site.robots = status
    site.location = location
    async with open_fetcher(settings, clock) as fetcher:
        if verdict == "open":
            assert (await fetcher.get(site.url("/feed"))).body == b"news"
            return
        with pytest.raises(FetchError) as caught:
            await fetcher.get(site.url("/feed"))
    assert caught.value.permanent == (verdict == "closed")
    assert "/feed" not in site.paths


async def test_only_the_first_500_kib_are_read(clock: FakeClock, serve: Serve, settings: FetchSettings) -> None:
    async def handler(_: web.Request) -> web.Response:
        return web.Response(text="news")

    site = await serve(handler)
    site.robots = "User-agent: *\nDisallow: /early\n#" + "x" * module.SIZE + "\nDisallow: /late\n"
    async with open_fetcher(replace(settings), clock) as fetcher:
        assert (await fetcher.get(site.url("/late"))).body == b"news"
        with pytest.raises(FetchError):
            await fetcher.get(site.url("/early"))
