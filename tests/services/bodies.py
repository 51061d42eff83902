"""A world of standards bodies: pages as their sites write them, read by the real readers, told to real threads."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from xml.sax.saxutils import escape

from adapters.language.stems import snowball
from bot.clock import SteppedClock
from bot.domain.alerts import DeliveryKey
from bot.domain.cadence import parse as parse_cadence
from bot.domain.chat import Conversation, Receipt
from bot.domain.document import Document
from bot.domain.entries import SourceId
from bot.domain.errors import BotError
from bot.domain.ports import Desk
from bot.domain.sources import Memory, Polled, Source, Unchanged
from bot.domain.storing.store import Store
from bot.services.deliver import Deliverer
from bot.services.ingest import Ingest, Standing
from bot.services.remind import Remind
from feeds import formats
from feeds.page import Page
from storage import open_store
from tests.services.heart import Counts

ANNA, BEN = Conversation("page", "anna"), Conversation("page", "ben")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, kw_only=True)
class Said:
    """One message as a chat shows it."""

    at: datetime
    where: str
    verb: str
    message: Receipt
    thread: Receipt | None
    text: str
    echo: bool


@dataclass
class Threads:
    """A chat that remembers who was told what, in which thread."""

    clock: SteppedClock
    said: list[Said] = field(default_factory=list)
    keys: dict[DeliveryKey, Receipt] = field(default_factory=dict)

    async def post(self, to: Conversation, what: Document, *, thread: Receipt | None, key: DeliveryKey) -> Receipt:
        return self._take("reply" if thread else "post", to, what, thread, key)

    async def edit(self, to: Conversation, message: Receipt, what: Document, *, key: DeliveryKey) -> Receipt:
        self._take("edit", to, what, message, key)
        return message

    async def serve(self, desk: Desk) -> None:
        del desk

    def _take(self, verb: str, to: Conversation, what: Document, thread: Receipt | None, key: DeliveryKey) -> Receipt:
        if key not in self.keys:
            self.keys[key] = Receipt(f"m{len(self.keys)}")
            told = Said(
                at=self.clock.now(),
                where=to.id,
                verb=verb,
                message=self.keys[key],
                thread=thread,
                text=what.plain,
                echo=what.echo,
            )
            self.said.append(told)
        return self.keys[key]

    def posts(self, where: Conversation) -> list[Said]:
        return [one for one in self.said if one.where == where.id and one.verb == "post"]

    def replies(self, root: Said) -> list[Said]:
        return [one for one in self.said if one.verb == "reply" and one.thread == root.message]

    def card(self, root: Said) -> str:
        """The card as it stands now."""
        edits = [one.text for one in self.said if one.verb == "edit" and one.thread == root.message]
        return edits[-1] if edits else root.text


Answer = Callable[[], bytes | BotError]


@dataclass
class Site:
    """A Poller that serves what its pages say now, read by the reader of their format."""

    clock: SteppedClock
    pages: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def poll(self, source: Source, memory: Memory) -> Unchanged | Polled:
        self.asked.append(source.url)
        body = self.pages[source.id]()
        if isinstance(body, BotError):
            raise body
        found = blake2b(body, digest_size=16).hexdigest()
        if found == memory.body_hash:
            return Unchanged(memory=memory)
        now = self.clock.now()
        parsed = formats.parse(source.format, Page(body=body, url=source.url, fetched_at=now))
        fresh = replace(memory, body_hash=found, count=parsed.count)
        return Polled(
            entries=parsed.entries,
            count=parsed.count,
            complete=parsed.complete,
            memory=fresh,
            body_hash=found,
            url=source.url,
            fetched_at=now,
        )


@dataclass
class World:
    store: Store
    clock: SteppedClock
    site: Site
    chat: Threads
    ingest: Ingest
    deliverer: Deliverer
    remind: Remind

    async def source(self, id_: str, format_: str, url: str, page: Answer, *, body: str = "ITU-T") -> None:
        self.site.pages[id_] = page
        source = Source(
            id=SourceId(id_), url=url, format=format_, name=id_, body=body, lang="en", interval=timedelta(hours=6)
        )
        await self.store.sources.add(source, now=self.clock.now())

    async def watch(self, where: Conversation, query: str, cadence: str = "") -> None:
        now = self.clock.now()
        await self.store.watches.add(where, query, owner="o", note="", now=now, cadence=parse_cadence(cadence))

    async def pass_to(self, when: datetime) -> None:
        """Let time pass until then; poll what is due, remind, and deliver what follows."""
        await self.clock.advance_to(when)
        lease = timedelta(minutes=5)
        while due := await self.store.sources.claim(now=when, owner="t", lease=lease, limit=100):
            for tracked in due:
                await self.ingest.poll(tracked)
        await self.deliverer.drain()  # a card stands before somebody is reminded below it
        await self.remind.run_once()
        await self.store.outbox.due_digests(now=when)
        await self.deliverer.drain()
        await self.clock.advance_to(when + timedelta(minutes=2))
        await self.deliverer.drain()


@asynccontextmanager
async def living(folder: Path, now: datetime) -> AsyncIterator[World]:
    """Open a store in `folder` with nothing in it, and everything that works on it."""
    clock = SteppedClock(now)
    site, chat, counts = Site(clock), Threads(clock), Counts()
    async with open_store(f"sqlite:///{folder}/bodies.db") as store:
        ingest = Ingest(poller=site, store=store, clock=clock, standing=Standing(snowball()), meter=counts, owner="t")
        deliverer = Deliverer(store=store, chats={"page": chat}, clock=clock, meter=counts, owner="t")
        remind = Remind(store=store, clock=clock)
        yield World(store, clock, site, chat, ingest, deliverer, remind)


# Pages in the shapes of the captured ones (../shared/samples/itu) and of those of which only the columns are known.


@dataclass(kw_only=True)
class Meeting:
    """A meeting as the lists know it."""

    group: str
    starts: date
    days: int = 9
    place: str = "Geneva"
    event: int = 0
    status: str = "Confirmed"
    question: str = ""

    @property
    def ends(self) -> date:
        return self.starts + timedelta(days=self.days - 1)

    @property
    def key(self) -> str:
        return f"T25-{self.group}-{self.starts:%y%m%d}"


@dataclass(kw_only=True)
class Item:
    """A work item, and the record and Recommendation that it becomes."""

    isn: int
    name: str
    title: str
    group: str = "SG17"
    question: str = "Q10/17"
    status: str = "Under study"
    timing: str = "2026-Q4"
    supporters: str = ""
    editors: str = "Jason KIM, Editor"
    summary: str = ""


@dataclass(kw_only=True)
class Paper:
    """A contribution."""

    number: int
    group: str
    meeting: str
    source: str
    question: str
    title: str
    received: date


def catalogue(meetings: Sequence[Meeting]) -> bytes:
    """Write ITU-Sync's catalogue of meetings."""
    rows = "".join(
        f"<ITU-T_Meetings><Meeting_code>ITU-T {one.group.replace('SG', 'SG ')}</Meeting_code>"
        f"<Start_meeting_date>{one.starts}T00:00:00</Start_meeting_date>"
        f"<Meeting_place_date>ITU-T {one.group.replace('SG', 'SG ')}, {one.place}, {_span(one)}</Meeting_place_date>"
        f"<TD_date>{one.starts:%y%m%d}</TD_date>"
        f"<SG_No_Period>ITU-T Study Group {one.group[2:]} (Study Period 2025-2028)</SG_No_Period>"
        "<SG_Title> </SG_Title><SG_Email>x@itu.int</SG_Email></ITU-T_Meetings>"
        for one in meetings
    )
    return f"<?xml version='1.0' encoding='UTF-8'?><dataroot>{rows}</dataroot>".encode()


def _span(one: Meeting) -> str:
    first, last = one.starts, one.ends
    return f"{first.day} {MONTHS[first.month - 1]} - {last.day} {MONTHS[last.month - 1]} {last.year}"


def calendar(meetings: Sequence[Meeting]) -> bytes:
    """Write the calendar of events: nine cells a row."""
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td class='ms-vb'>{cell}</td>"
            for cell in (
                f"<a href='/en/events/Pages/Event-Details.aspx?eventid={one.event}'>{one.event}</a>",
                "<a href='/x.ics'>ics</a>",
                one.starts,
                one.ends,
                "ITU-T",
                one.group,
                f"{one.question} rapporteur group meeting" if one.question else f"ITU-T {one.group} meeting",
                f"{one.place}, Switzerland" if one.place == "Geneva" else one.place,
                one.status,
            )
        )
        + "</tr>"
        for one in meetings
    )
    return f"<html><body><table>{rows}</table></body></html>".encode()


def rapporteurs(meetings: Sequence[Meeting], number: int) -> bytes:
    """Write the list of rapporteur group meetings of a study group."""
    rows = "".join(
        f"<tr><td>1/{number}</td><td>{one.question}</td><td>{_span(one)}</td><td>{one.place}</td>"
        "<td>Progress drafts</td><td>-</td></tr>"
        for one in meetings
    )
    heads = "".join(
        f"<th>{name}</th>" for name in ("WP", "Question", "Date (time)", "Place/Host", "Terms of reference", "Contact")
    )
    table = f"<table><tr>{heads}</tr>{rows}</table>"
    return f"<html><body><p>No meetings are planned but these</p>{table}</body></html>".encode()


def programme(items: Sequence[Item], *, drifted: bool = False) -> bytes:
    """Write the tabular view of the work programme; `drifted` is a layout that lost what the reader relies on."""
    names = ("Work item", "Question", "Subject/Title", "Status", "Timing", "Approval process", "Editor(s)")
    heads = "".join(f"<th>{'Kolumne ' if drifted else ''}{name}</th>" for name in names)
    rows = "".join(
        f"<tr><td><a href='wp_item.aspx?isn={one.isn}'>{escape(one.name)}</a></td><td>{one.question}</td>"
        f"<td>{escape(one.title)}</td><td>{one.status}</td><td>{one.timing}</td><td>AAP</td>"
        f"<td><a>{one.editors.partition(',')[0]}</a></td></tr>"
        for one in items
    )
    table = f"<table id='x'><tr>{heads}</tr>{rows}</table>"
    return f"<html><body><form action='./wp_search.aspx'>{table}</form></body></html>".encode()


def item_page(one: Item) -> bytes:
    """Write the page of a work item, in the layout with ids."""
    at = "ctl00_ContentPlaceHolder1_rpt_main_ctl00_"
    fields = {
        "lbl_full_path": f"[2025-2028] : [{one.group}] : [{one.question}]",
        "lbl_status": escape(one.name),
        "lbl_subject": escape(one.title),
        "Label4": one.status,
        "lbl_approval_process": "AAP",
        "Label1": "New",
        "lbl_timing": one.timing,
        "Label6": one.supporters or "-",
        "lbl_summary": escape(one.summary) or "-",
        "gd_editor_ctl02": one.editors,
    }
    spans = "".join(f"<tr><td><span id='{at}{name}'>{text}</span></td></tr>" for name, text in fields.items())
    return f"<html><body><form action='wp_item.aspx?isn={one.isn}'><table>{spans}</table></form></body></html>".encode()


def aap(*rows: tuple[int, str, str, str, str, str]) -> bytes:
    """Write the list of the approval process: record, name, title, status, first and last day."""
    listed = "".join(
        f"<tr><td><a href='/t/aap/recdetails/{number}'>{name}</a></td><td>{title}</td><td>{status}</td><td>SG17</td>"
        f"<td>Q10/17</td><td>{first}</td><td>{last}</td></tr>"
        for number, name, title, status, first, last in rows
    )
    names = ("Recommendation", "Title", "Status", "Study Group", "Question", "LC Start", "LC End")
    heads = "".join(f"<th>{name}</th>" for name in names)
    return f"<html><body><table><tr>{heads}</tr>{listed}</table></body></html>".encode()


def index(papers: Sequence[Paper], group: str) -> bytes:
    """Write the index of a group's contributions, newest first."""
    folders = "".join(
        f"<folder><object_name>T25-{group}-C-{one.number:04d}</object_name><doc_number>{one.number:04d}</doc_number>"
        f"<main_source>{escape(one.source)}</main_source><reception_date>{one.received}</reception_date>"
        f"<meeting_name>{one.meeting}</meeting_name><ltitle_e>{escape(one.title)}</ltitle_e>"
        f"<study_questions><rvalue>{one.question}</rvalue></study_questions></folder>"
        for one in reversed(papers)
    )
    return (
        f"<?xml version='1.0' encoding='utf-8'?><page_content><page_param><group>T25-{group}</group></page_param>"
        f"<folder_list>{folders}</folder_list></page_content>"
    ).encode()


def editions(*rows: tuple[int, str, str, str, str]) -> bytes:
    """Write the list of Recommendations: id, name, title, day of approval, status."""
    listed = ",".join(
        f'{{"idrec":{idrec},"rec_name":"{name}","title":"{title}","approval_date":"{day}","status":"{status}"}}'
        for idrec, name, title, day, status in rows
    )
    return f'{{"Total":{len(rows)},"Data":[{listed}]}}'.encode()


BLOCKED = (
    b"<!DOCTYPE html><html><head><title>Request Rejected</title></head>"
    b"<body>The requested URL was rejected.</body></html>"
)
