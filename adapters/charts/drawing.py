"""Timelines and columns as PNG, by matplotlib's Agg; sizes and colours are made for a chat window, light or dark."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from io import BytesIO
from itertools import groupby
from textwrap import fill
from threading import Lock
from typing import TYPE_CHECKING

from bot.domain.picture import Bar, Columns, Picture, Timeline

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, DPI = 9.0, 110
"""Inches and dots: 990 pixels, which chat programs show whole."""
ROW, AROUND = 0.38, 1.5
LONGEST_TITLE, LONGEST_LABEL, LONGEST_LINE = 84, 46, 120
UPRIGHT, FEWEST = 8, 4
"""Columns whose labels have room to stand upright; and for how many there is room at least."""
FONT = "DejaVu Sans"
OTHERS = ("Noto Sans CJK SC", "Noto Sans CJK JP", "WenQuanYi Zen Hei", "Noto Sans Arabic", "Arial Unicode MS")
"""Fonts for scripts that matplotlib's own does not have, if the system has them."""
INK, FAINT, GRID, PAPER = "#1b1b1b", "#6b6b6b", "#dddddd", "#ffffff"
COLOURS = ("#0b5fa5", "#c96f1a", "#3a8f3a", "#8c5ab8")
"""Apart for the colour-blind too, and each at least 3:1 on the paper (WCAG 2.2 §1.4.11)."""
DUE, NOW = "#b3261e", "#b3261e"


class Drawing:
    """Draws one picture at a time: matplotlib's fonts are shared. It is loaded with the first picture."""

    def __init__(self) -> None:
        self._alone = Lock()

    def __call__(self, picture: Picture) -> bytes:
        """Return a PNG; takes some 0.1 s, with the first picture up to a second more."""
        with self._alone:
            match picture:
                case Timeline():
                    return _png(_timeline(picture))
                case Columns():
                    return _png(_columns(picture))


def _figure(title: str, height: float) -> "tuple[Figure, Axes]":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, height), dpi=DPI, facecolor=PAPER, layout="constrained")
    axes = figure.add_subplot()
    # Over the whole width: rows with long names leave the axes little.
    title = _said(title, LONGEST_TITLE)
    figure.suptitle(title, x=0.01, ha="left", color=INK, fontsize=12, fontfamily=_fonts(), parse_math=False)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(GRID)
    axes.tick_params(colors=INK, labelsize=10, length=0)
    axes.set_axisbelow(True)
    return figure, axes


def _png(figure: "Figure") -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    out = BytesIO()
    FigureCanvasAgg(figure).print_png(out)  # type: ignore[no-untyped-call]
    return out.getvalue()


def _timeline(picture: Timeline) -> "Figure":
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    figure, axes = _figure(picture.title, AROUND + ROW * max(1, len(picture.bars)))
    first, last = _reach(picture)
    for row, bar in enumerate(picture.bars):
        _bar(axes, row, bar)
    axes.axvline(_number(picture.today), color=NOW, linewidth=1.2, linestyle="--")
    axes.set_xlim(_number(first), _number(last))
    axes.set_ylim(len(picture.bars) - 0.4, -0.8)
    axes.set_yticks(range(len(picture.bars)))
    axes.set_yticklabels(
        [_said(bar.label, LONGEST_LABEL) for bar in picture.bars], fontfamily=_fonts(), parse_math=False
    )
    locator = AutoDateLocator(minticks=4, maxticks=9)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    axes.grid(axis="x", color=GRID, linewidth=0.8)
    told = fill(_said(_legend(picture), 4 * LONGEST_LINE), LONGEST_LINE)
    figure.supxlabel(told, x=0.01, ha="left", color=FAINT, fontsize=9, fontfamily=_fonts(), parse_math=False)
    return figure


def _legend(picture: Timeline) -> str:
    words = list(dict.fromkeys(word for bar in picture.bars for _, word in bar.marks))
    faint = ["grey: may not take place"] if any(bar.faint for bar in picture.bars) else []
    return " · ".join(["┆ today", *faint, *([f"◆ {', '.join(words)}"] if words else [])])


def _reach(picture: Timeline) -> tuple[date, date]:
    days = [picture.today]
    for bar in picture.bars:
        days += [bar.first, bar.last, *(when for when, _ in bar.marks)]
    margin = timedelta(days=max(2, (max(days) - min(days)).days // 40))
    return min(days) - margin, max(days) + margin


def _bar(axes: "Axes", row: int, bar: Bar) -> None:
    start, end = _number(bar.first), _number(bar.last) + 1
    colour = FAINT if bar.faint else COLOURS[0]
    axes.barh(row, end - start, left=start, height=0.55, color=colour, alpha=0.45 if bar.faint else 1, linewidth=0)
    for when, _ in bar.marks:
        axes.plot([_number(when), start], [row, row], color=DUE, linewidth=0.9, alpha=0.6)
        axes.plot([_number(when)], [row], marker="D", color=DUE, markersize=6, linestyle="")


def _columns(picture: Columns) -> "Figure":
    from matplotlib.ticker import MaxNLocator

    figure, axes = _figure(picture.title, 4.2)
    places = range(len(picture.labels))
    below = [0] * len(picture.labels)
    for number, (name, values) in enumerate(picture.series.items()):
        colour = COLOURS[number % len(COLOURS)]
        axes.bar(places, values, bottom=below, color=colour, width=0.7, label=_said(name, 24), linewidth=0)
        below = [before + value for before, value in zip(below, values, strict=True)]
    for place, total in zip(places, below, strict=True):
        if total:
            axes.annotate(f"{total:,}", (place, total), ha="center", va="bottom", fontsize=9, color=INK)
    axes.set_xlim(-0.6, max(len(picture.labels), FEWEST) - 0.4)
    axes.set_ylim(0, max(1, *below, 1) * 1.08)
    _label_columns(axes, picture.labels)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    if len(picture.series) > 1:
        axes.legend(frameon=False, fontsize=10, labelcolor=INK, loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def _label_columns(axes: "Axes", labels: Sequence[str]) -> None:
    step = max(1, -(-len(labels) // 12))
    axes.set_xticks(range(0, len(labels), step))
    axes.set_xticklabels(
        [_said(label, 12) for label in labels[::step]],
        rotation=0 if len(labels) <= UPRIGHT else 35,
        parse_math=False,
    )


def _number(when: date) -> float:
    from matplotlib.dates import date2num

    return float(date2num(when))  # type: ignore[no-untyped-call]


@cache
def _fonts() -> list[str]:
    from matplotlib import font_manager

    installed = {font.name for font in font_manager.fontManager.ttflist}
    return [FONT, *(name for name in OTHERS if name in installed)]


@cache
def _known() -> frozenset[int]:
    """Return the characters that there is a shape for."""
    from matplotlib import font_manager

    found: set[int] = set()
    for name in _fonts():
        path = font_manager.findfont(name, fallback_to_default=False)
        found.update(font_manager.get_font(path).get_charmap())
    return frozenset(found)


def _said(text: str, longest: int) -> str:
    """Return a label on one line; what no font can show is left out, once a run, and nothing is markup."""
    known, line = _known(), " ".join(text.split())
    line = line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"
    runs = groupby(line, lambda letter: ord(letter) in known)
    return "".join("".join(letters) if shown else "…" for shown, letters in runs)
