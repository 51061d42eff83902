"""`meetings`: look meetings up by group, place, topic and time, in the words that people use."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.changes import Known
from bot.domain.diff import called_off
from bot.domain.document import Attachment, Block, Bullets, Document, Heading, Line, Paragraph, Span, Style, Text
from bot.domain.entries import Entry, day
from bot.domain.errors import CommandError
from bot.domain.picture import Bar, Timeline
from bot.domain.ports import Period
from bot.domain.storing.entries import MOST_COUNTED
from bot.domain.successions import succession
from bot.services import dating
from bot.services.agendas import dated
from bot.services.commands.arguments import split_options
from bot.services.commands.calendars import calendar
from bot.services.commands.context import CommandSpec, Group, Request
from bot.services.commands.listing import titled
from bot.services.commands.paging import PAGE, counted, page_asked
from bot.services.duties import duties
from bot.services.lookup import Understood, coming, find, understand

USAGE = "meetings [WORDS] [GROUP] [PLACE] [WHEN] [--ics] [--chart] [--calendar] [page N]"
NEAREST = 3
MOST_IN_FILE, MOST_BARS = 500, 25
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_AS_PLANNED = frozenset({None, "", "confirmed", "planned", "scheduled"})


async def meetings(request: Request) -> Document:
    """Answer with one page of the meetings that fit, or with the next ones if none does."""
    text, options = split_options(request.rest, takes={"ics": False, "chart": False, "calendar": False}, usage=USAGE)
    if "calendar" in options:
        return await calendar(replace(request, rest=""))
    text, page = page_asked(text)
    context, offset = request.context, (page - 1) * PAGE
    understood = await asyncio.to_thread(understand, text, context.calendar, context.clock.now(), request.zone)
    entries = context.store.entries
    total, found = await find(entries, understood, offset=offset, limit=PAGE)
    if total and not found:
        pages = -(-total // PAGE)
        has = "fewer pages" if total > MOST_COUNTED else counted(pages, "page")
        raise CommandError(f"There is no page {page}: this list has {has}.", usage=_line(text, pages))
    nearest = () if found else await coming(entries, understood, limit=NEAREST)
    document = answer_meetings(understood, total, found, request.zone, offset=offset, nearest=nearest)
    if not found or not options:
        return document
    _, several = await find(entries, understood, offset=0, limit=MOST_IN_FILE)
    files = [await calendar_file(request, understood, several)] if "ics" in options else []
    files += [await timeline(request, understood, several)] if "chart" in options else []
    return Document(document.blocks, files=tuple(files))


async def calendar_file(request: Request, understood: Understood, found: Sequence[Known]) -> Attachment:
    """Return meetings and their deadlines as an iCalendar file."""
    context, said = request.context, understood_as(understood)
    rows = await dated(context.store, found, context.clock.now())
    last = [known.entry.starts for known in found if known.entry.starts is not None]
    until = f", from {dating.one_day(day(last[0]))} to {dating.one_day(day(last[-1]))}" if last else ""
    about = f"{said}: {counted(len(found), 'meeting')} with deadlines{until}."
    return Attachment("meetings.ics", "text/calendar", await context.written(said, rows), about)


async def timeline(request: Request, understood: Understood, found: Sequence[Known]) -> Attachment:
    """Return the next meetings as a picture, their deadlines marked."""
    bars = [bar for known in found[:MOST_BARS] if (bar := _bar(known, request.zone)) is not None]
    title = understood_as(understood)
    data = await request.context.drawn(Timeline(title=title, bars=bars, today=understood.today))
    told = "; ".join(f"{bar.label}, {dating.days(bar.first, bar.last)}" for bar in bars)
    return Attachment("meetings.png", "image/png", data, f"{title}, as a timeline. {told}")


def _bar(known: Known, zone: str) -> Bar | None:
    entry, seen = known.entry, ZoneInfo(zone)
    if entry.starts is None:
        return None
    first = day(entry.starts, seen)
    last = first if entry.ends is None else max(first, day(entry.ends, seen))
    marks = tuple((rung.due, rung.rule.what) for rung in duties(entry))
    where = f", {entry.place.partition(',')[0]}" if entry.place else ""
    name = f"{entry.group}{where}" if entry.group else entry.title
    return Bar(label=name, first=first, last=last, marks=marks, faint=known.gone or called_off(entry))


def _line(text: str, page: int) -> str:
    return " ".join(part for part in ("meetings", text, f"page {page}" if page > 1 else "") if part)


def answer_meetings(
    understood: Understood,
    total: int,
    meetings: Sequence[Known],
    zone: str,
    *,
    offset: int = 0,
    nearest: Sequence[Known] = (),
) -> Document:
    """Write one page: how the question was understood, the meetings numbered, how many there are in all.

    `zone` is the IANA name of the reader's zone; `nearest` are shown when nothing fits.
    """
    heading: tuple[Block, ...] = (Heading((Text(understood_as(understood), Style.STRONG),)), *_going_on(understood))
    if not meetings:
        return Document((*heading, *_nothing(understood, nearest, zone)))
    rows = Bullets(tuple(_row(known, understood.today, zone) for known in meetings), numbered=True, start=offset + 1)
    return Document((*heading, rows, _footer(understood, total, offset + len(meetings))))


def _going_on(understood: Understood) -> Iterator[Paragraph]:
    """Say what became of a group or Question that was asked for by its former name."""
    named = filter(None, map(succession, (understood.group or "", *understood.words)))
    return (Paragraph((Text(f"{one}.", Style.QUIET),)) for one in named)


def understood_as(understood: Understood) -> str:
    """Say a lookup in plain words: "Meetings from 3 to 7 March 2026 · SG17 · Geneva"."""
    time = period_in_words(understood.period)
    about = f"“{' '.join(understood.words)}”" if understood.words else None
    parts = (f"Meetings {time}" if time else "Upcoming meetings", understood.group, understood.place, about)
    return " · ".join(part for part in parts if part)


def period_in_words(period: Period | None) -> str:
    """Say a period: "in March 2026", "from 3 to 7 March 2026", "until 31 May 2026"; nothing for no period."""
    first, last = (None, None) if period is None else (period.first, period.last)
    if first is None or last is None:
        if last is not None:
            return f"until {_long(last)}"
        return "" if first is None else f"from {_long(first)}"
    if first == last:
        return f"on {_long(first)}"
    return _whole(first, last) or _from_to(first, last)


def _long(when: date) -> str:
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def _whole(first: date, last: date) -> str:
    """Say whole months and years as such."""
    if first.day != 1 or (last + timedelta(days=1)).day != 1 or first.year != last.year:
        return ""
    if (first.month, last.month) == (1, 12):
        return f"in {first.year}"
    return f"in {_MONTHS[first.month - 1]} {first.year}" if first.month == last.month else ""


def _from_to(first: date, last: date) -> str:
    if (first.year, first.month) == (last.year, last.month):
        return f"from {first.day} to {_long(last)}"
    if first.year == last.year:
        return f"from {first.day} {_MONTHS[first.month - 1]} to {_long(last)}"
    return f"from {_long(first)} to {_long(last)}"


def _row(known: Known, today: date, zone: str) -> Line:
    entry = known.entry
    line: list[Span] = [Text(f"{_days(entry, zone)}: "), titled(known)]
    if entry.place and entry.place.casefold() not in entry.title.casefold():
        line.append(Text(f" · {entry.place}"))
    if entry.status not in _AS_PLANNED:
        line += [Text(" · "), Text(str(entry.status), Style.STRONG)]
    if known.gone:
        line += [Text(" · "), Text("no longer listed by its source", Style.STRONG)]
    due = [rung.due for rung in duties(entry) if rung.rule.name == "contributions" and rung.due >= today]
    line += [Text(f" · contributions by {dating.one_day(one)}", Style.QUIET) for one in due]
    return tuple(line)


def _days(entry: Entry, zone: str) -> str:
    """Write the days of a meeting as seen in the zone; an end at midnight ends the day before."""
    if entry.starts is None:
        return "no date"
    starts, ends = entry.starts, entry.ends
    if isinstance(starts, datetime) and isinstance(ends, datetime):
        ends = _later(starts, ends)
    seen = ZoneInfo(zone)
    return dating.days(day(starts, seen), None if ends is None else day(ends, seen))


def _later(starts: datetime, ends: datetime) -> datetime:
    return ends - timedelta(microseconds=1) if ends.replace(tzinfo=None) > starts.replace(tzinfo=None) else ends


def _footer(understood: Understood, total: int, shown: int) -> Paragraph:
    """Say how many there are and how to go on; `shown` counts those of earlier pages too."""
    many = total > MOST_COUNTED
    if not many and shown >= total:
        return Paragraph((Text(f"{counted(total, 'meeting')}.", Style.QUIET),))
    said = f"more than {MOST_COUNTED:,} meetings" if many else f"{counted(total, 'meeting')}, {total - shown} more"
    following = _line(understood.text, shown // PAGE + 1)
    return Paragraph((Text(f"{said}: ", Style.QUIET), Text(following, Style.CODE)))


def _nothing(understood: Understood, nearest: Sequence[Known], zone: str) -> tuple[Block, ...]:
    if not nearest:
        nothing = "No meeting fits, and none is coming up in what is stored; see which sources are read: "
        return (Paragraph((Text(nothing), Text("sources", Style.CODE))),)
    rows = Bullets(tuple(_row(known, understood.today, zone) for known in nearest), numbered=True)
    wider = Paragraph((Text("Or ask for less: ", Style.QUIET), Text(_wider(understood), Style.CODE)))
    return Paragraph((Text("No meeting fits. The next ones, whatever was asked:"),)), rows, wider


def _wider(understood: Understood) -> str:
    """Suggest the same question with its narrowest condition left out."""
    if understood.words or understood.place:
        understood = replace(understood, words=(), place=None if not understood.words else understood.place)
    elif understood.period is not None:
        understood = replace(understood, period=None)
    else:
        understood = replace(understood, group=None)
    place = f"in {understood.place}" if understood.place else None
    parts = ("meetings", understood.group, place, _typed(understood.period))
    asked = " ".join(part for part in parts if part)
    return asked if asked != "meetings" else "meetings next year"


def _typed(period: Period | None) -> str:
    """Write a period as a person may type it."""
    words = period_in_words(period)
    return words.removeprefix("on ")


MEETINGS = CommandSpec(
    name="meetings",
    usage=USAGE,
    summary="Meetings by group, place, topic and time, in your own language.",
    handler=meetings,
    group=Group.LOOKING,
    examples=(
        "meetings SG17 in Geneva before summer",
        "meetings 3-7 Nov 2026",
        "meetings SG21 la semaine prochaine --ics",
        "meetings SG17 next year --chart",
    ),
)
