"""Pictures: legible whatever they are made of, and drawn beside the loop."""

import asyncio
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.image import imread

from adapters.charts.drawing import COLOURS, DUE, INK, PAPER, Drawing
from bot.domain.picture import Bar, Columns, Picture, Timeline

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def draw() -> Drawing:
    return Drawing()


def bar(number: int, label: str = "SG17, Geneva") -> Bar:
    first = TODAY + timedelta(days=20 * number)
    due = ((first - timedelta(days=12), "contributions are due"),)
    return Bar(label=label, first=first, last=first + timedelta(days=4), marks=due, faint=number == 2)


def timeline(count: int, label: str = "SG17, Geneva") -> Timeline:
    return Timeline(title="Upcoming meetings", bars=[bar(number, label) for number in range(count)], today=TODAY)


def columns(count: int, title: str = "Documents") -> Columns:
    labels = [f"Q{number % 4 + 1} {2020 + number // 4}" for number in range(count)]
    return Columns(title=title, labels=labels, series={"SG17": range(count), "other": [2] * count})


@pytest.mark.parametrize("picture", [timeline(1), timeline(25), columns(1), columns(40)], ids=["1", "25", "c1", "c40"])
def test_a_picture_is_as_wide_as_a_chat_shows_and_not_empty(draw: Drawing, picture: Picture) -> None:
    pixels = imread(BytesIO(draw(picture)), format="png")
    assert pixels.shape[1] == 990
    assert 150 <= pixels.shape[0] <= 1300
    assert len({tuple(one) for line in pixels[::7, ::7] for one in line}) > 3


def test_more_meetings_make_a_taller_picture_not_smaller_rows(draw: Drawing) -> None:
    few, many = (imread(BytesIO(draw(timeline(count))), format="png").shape[0] for count in (5, 25))
    assert many > few * 2


def _light(colour: str) -> float:
    """Return the relative luminance (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("colour", "least"), [(INK, 7.0), (DUE, 4.5), *((colour, 3.0) for colour in COLOURS)])
def test_colours_stand_out_from_the_paper(colour: str, least: float) -> None:
    assert (_light(PAPER) + 0.05) / (_light(colour) + 0.05) >= least


@pytest.mark.filterwarnings("error")
@settings(deadline=None, max_examples=15)
@given(st.text(max_size=80))
def test_hostile_labels_are_drawn_and_nothing_is_markup(label: str) -> None:
    assert Drawing()(timeline(2, label)).startswith(b"\x89PNG")


@pytest.mark.parametrize("label", ["$x_y$", "a$b", "\\frac{1}{2}", "人脸识别", "التعرف", "a\nb\0c", "_" * 500, ""])
def test_what_other_programs_take_for_formulas_is_text(draw: Drawing, label: str) -> None:
    assert draw(timeline(1, label))
    assert draw(columns(2, label))


LONG = "Extraordinary meetings on multimedia authenticity, artificial intelligence and identity"
DUTIES = ("contributions", "temporary documents available", "collective letter expected", "answers of Member States")


@pytest.mark.parametrize(
    "picture",
    [
        replace(timeline(3, LONG), title=f"{LONG} · {LONG}"),
        replace(
            timeline(1), bars=[replace(bar(1), marks=tuple((TODAY, f"{word} {n}") for word in DUTIES for n in "123"))]
        ),
        Columns(title=LONG, labels=["Q1"], series={LONG: [999], "other": [12_000], "third": [1]}),
    ],
    ids=["long names", "many deadlines", "long series"],
)
def test_no_words_are_cut_at_the_edges(draw: Drawing, picture: Picture) -> None:
    pixels = imread(BytesIO(draw(picture)), format="png")[:, :, :3]
    for edge in (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]):
        assert (edge > 0.6).all()


@pytest.mark.parametrize("picture", [columns(0), Columns(title="None", labels=["Q1"], series={"SG17": [0]})])
def test_nothing_to_show_is_an_empty_picture_from_zero_on(draw: Drawing, picture: Columns) -> None:
    assert draw(picture)


def test_days_far_apart_and_one_alone_are_drawn(draw: Drawing) -> None:
    far = Bar(label="far", first=date(1990, 1, 1), last=date(2090, 1, 1))
    assert draw(Timeline(title="Far", bars=[far], today=TODAY))
    assert draw(Timeline(title="None", bars=[], today=TODAY))


async def test_the_loop_goes_on_while_a_picture_is_drawn(draw: Drawing) -> None:
    await asyncio.to_thread(draw, timeline(3))
    gaps: list[float] = []

    async def tick() -> None:
        last = perf_counter()
        while True:
            await asyncio.sleep(0.001)
            gaps.append(perf_counter() - last)
            last = perf_counter()

    ticking = asyncio.create_task(tick())
    await asyncio.to_thread(draw, timeline(25))
    ticking.cancel()
    assert len(gaps) > 10
    assert sorted(gaps)[len(gaps) // 2] < 0.05


def test_nothing_heavy_is_loaded_before_the_first_picture() -> None:
    script = (
        "import sys; from bot.wiring.exports import drawing; drawing(); "
        "import adapters.calendar.writer; "
        "print([name for name in ('matplotlib', 'icalendar', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
