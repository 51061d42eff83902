"""`settings`: how this conversation is spoken to, and who may change it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches
from zoneinfo import available_timezones

from bot.domain.document import Document, Facts, Line, Paragraph, Style, Text
from bot.domain.errors import CommandError
from bot.domain.preferences import EVERYONE, MODERATORS, Echo, Preferences, person
from bot.domain.quiet import clock_time, quiet_hours
from bot.services.commands.arguments import clipped
from bot.services.commands.context import CommandSpec, Group, Request
from bot.services.commands.paging import counted

OFF = frozenset({"off", "none", "no", "never", "-"})
ON = frozenset({"on", "yes", "weekly"})
EXAMPLES: Mapping[str, str] = {
    "zone": "settings zone Europe/Zurich",
    "quiet": "settings quiet 22:00-07:00",
    "digest": "settings digest 08:30",
    "echo": "settings echo moved,cancelled",
    "language": "settings language fr",
    "changes": "settings changes moderators",
    "recap": "settings recap off",
}
_LONGEST_TAG, _MOST_PEOPLE = 35, 50


async def settings(request: Request) -> Document:
    """Show how this conversation is spoken to, or change one thing about it."""
    name, _, value = request.rest.strip().partition(" ")
    if not name:
        return Document((Paragraph((Text("In this conversation:"),)), Facts(tuple(_rows(request))), _hint()))
    name = name.casefold()
    if name not in CHOICES:
        near = get_close_matches(name, CHOICES, n=1)
        meant = f"Did you mean {near[0]}?" if near else f"There are {', '.join(CHOICES)}."
        usage = EXAMPLES[near[0] if near else "zone"]
        raise CommandError(f"There is no setting “{clipped(name, 40)}”. {meant}", usage=usage)
    if not value.strip():
        return Document((Facts(tuple(row for row in _rows(request) if row[0] == LABELS[name])), _hint(name)))
    request.must_be_allowed()
    chosen = CHOICES[name](request, value.strip())
    store, where = request.context.store, request.command.conversation
    await store.preferences.keep(where, chosen)
    followed = await _follow(request, chosen) if name == "digest" else ""
    await store.outbox.wake(where, now=request.context.clock.now())
    await request.context.watches_changed()
    changed = replace(request, wanted=chosen)
    told: Line = next(line for label, line in _rows(changed) if label == LABELS[name])
    return await request.changed(Document((Paragraph((Text(f"{LABELS[name]}: "), *told, Text(f".{followed}"))),)))


def _rows(request: Request) -> list[tuple[str, Line]]:
    wanted, now = request.wanted, request.context.clock.now()
    recap = "each Monday, at the hour of digests" if wanted.recap else "off"
    language = wanted.language or "as the source wrote it"
    return [
        (LABELS["zone"], (Text(wanted.zone), Text(f" (now {now.astimezone(wanted.clock):%H:%M})", Style.QUIET))),
        (LABELS["quiet"], (Text(_quiet(wanted, now)),)),
        (LABELS["digest"], (Text(f"{wanted.digest_at:%H:%M}"),)),
        (LABELS["echo"], (Text(", ".join(one for one in Echo if one in wanted.echo) or "nothing"),)),
        (LABELS["language"], (Text(language),)),
        (LABELS["recap"], (Text(recap),)),
        (LABELS["changes"], (Text(wanted.who),)),
    ]


def _quiet(wanted: Preferences, now: datetime) -> str:
    if wanted.quiet is None:
        return "none"
    until = wanted.quiet_until(now)
    standing = f"; it is quiet now, until {until.astimezone(wanted.clock):%H:%M}" if until else ""
    return f"{wanted.quiet}, but for what is cancelled or due within 72 hours{standing}"


def _hint(name: str = "") -> Paragraph:
    return Paragraph((Text("To change: ", Style.QUIET), Text(EXAMPLES[name or "quiet"], Style.CODE)))


def _zone(request: Request, value: str) -> Preferences:
    known = {name.casefold(): name for name in available_timezones()}
    wanted = value.replace(" ", "_").casefold()
    found = known.get(wanted) or next((name for key, name in known.items() if key.endswith(f"/{wanted}")), None)
    if found is None:
        near = get_close_matches(wanted, known, n=1) or get_close_matches(f"europe/{wanted}", known, n=1)
        usage = f"settings zone {known[near[0]]}" if near else EXAMPLES["zone"]
        raise CommandError(f"I know no time zone “{clipped(value, 40)}”; name its continent and city.", usage=usage)
    return replace(request.wanted, zone=found)


def _quiet_hours(request: Request, value: str) -> Preferences:
    if value.casefold() in OFF:
        return replace(request.wanted, quiet=None)
    try:
        return replace(request.wanted, quiet=quiet_hours(value))
    except ValueError:
        message = (
            f"“{clipped(value, 40)}” is not from one time of day to another; “settings quiet off” ends quiet hours."
        )
        raise CommandError(message, usage=EXAMPLES["quiet"]) from None


def _digest(request: Request, value: str) -> Preferences:
    at = clock_time(value)
    if at is None:
        raise CommandError(f"“{clipped(value, 40)}” is not a time of day.", usage=EXAMPLES["digest"])
    return replace(request.wanted, digest_at=at)


def _echo(request: Request, value: str) -> Preferences:
    words = [word.casefold() for word in value.replace(",", " ").split()]
    if set(words) <= OFF:
        return replace(request.wanted, echo=frozenset())
    if words in (["all"], ["everything"]):
        return replace(request.wanted, echo=frozenset(Echo))
    for word in words:
        if word not in set(Echo):
            kinds = ", ".join(Echo)
            message = (
                f"“{clipped(word, 40)}” is nothing that is said in the channel too; choose among {kinds}, or none."
            )
            raise CommandError(message, usage=EXAMPLES["echo"])
    return replace(request.wanted, echo=frozenset(map(Echo, words)))


def _language(request: Request, value: str) -> Preferences:
    tag = value.casefold()
    if tag in OFF or tag in {"original", "source"}:
        return replace(request.wanted, language="")
    primary, *rest = tag.split("-")
    sound = len(primary) in {2, 3} and tag.isascii() and all(part.isalnum() for part in (primary, *rest))
    if not sound or not primary.isalpha() or len(tag) > _LONGEST_TAG:
        message = f"“{clipped(value, 40)}” is no language tag; “settings language none” leaves texts as they are."
        raise CommandError(message, usage=EXAMPLES["language"])
    return replace(request.wanted, language=tag)


def _recap(request: Request, value: str) -> Preferences:
    if value.casefold() not in OFF | ON:
        raise CommandError("Say on or off.", usage=EXAMPLES["recap"])
    return replace(request.wanted, recap=value.casefold() in ON)


def _changes(request: Request, value: str) -> Preferences:
    """Nobody locks themselves out: who says it must be among those who may from then on."""
    who = value.casefold()
    if who == EVERYONE:
        return replace(request.wanted, changes=EVERYONE)
    if who == MODERATORS:
        if request.command.moderator is None:
            message = "This platform does not tell me who moderates here; name people instead."
            raise CommandError(message, usage=f"settings changes @{request.command.user.removeprefix('@')}")
        named = MODERATORS
    else:
        people = list(dict.fromkeys(map(person, value.replace(",", " ").split())))
        if not any(part.startswith(("@", "<@")) for part in value.replace(",", " ").split()):
            message = f"Say everyone, moderators, or name people with @; “{clipped(value, 40)}” is neither."
            raise CommandError(message, usage=EXAMPLES["changes"])
        if len(people) > _MOST_PEOPLE:
            raise CommandError(f"That is more than {_MOST_PEOPLE} people; say moderators.", usage=EXAMPLES["changes"])
        named = " ".join(people)
    chosen = replace(request.wanted, changes=named)
    if not chosen.may_change(request.command):
        message = "You could not change it back: name yourself too, or ask somebody who is among them."
        raise CommandError(message, usage=f"settings changes @{person(request.command.user)}")
    return chosen


async def _follow(request: Request, chosen: Preferences) -> str:
    """Let the digests that came at the hour of digests come at the new one."""
    was, watches = request.wanted.digest_at, request.context.store.watches
    _, every = await watches.all()
    moved = 0
    for watch in every:
        cadence = watch.cadence
        if watch.conversation != request.command.conversation or cadence is None:
            continue
        if (cadence.hour, cadence.minute) == (was.hour, was.minute):
            hour = chosen.digest_at
            await watches.pace(watch.id, replace(cadence, hour=hour.hour, minute=hour.minute))
            moved += 1
    return f" {counted(moved, 'watch follows', 'watches follow')}." if moved else ""


LABELS: Mapping[str, str] = {
    "zone": "Zone",
    "quiet": "Quiet hours",
    "digest": "Hour of digests",
    "echo": "Said in the channel too",
    "language": "Language of summaries",
    "recap": "What was found in a week",
    "changes": "Who may change this and the watches",
}
CHOICES: Mapping[str, Callable[[Request, str], Preferences]] = {
    "zone": _zone,
    "quiet": _quiet_hours,
    "digest": _digest,
    "echo": _echo,
    "language": _language,
    "recap": _recap,
    "changes": _changes,
}

SETTINGS = CommandSpec(
    name="settings",
    usage="settings [zone|quiet|digest|echo|language|recap|changes VALUE]",
    summary="Zone, quiet hours, hour of digests, who may change things here.",
    handler=settings,
    group=Group.BOT,
    examples=("settings", *EXAMPLES.values()),
)
