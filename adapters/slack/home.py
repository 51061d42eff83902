"""The App Home: what is watched in the reader's channels, what comes next, how the sources do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.api import asked
from adapters.slack.dialogs import EDIT, NEW
from adapters.slack.mrkdwn import in_line
from adapters.slack.people import People
from adapters.slack.reading import team_in
from adapters.slack.render import LONGEST_LABEL, Json, blocks, clip, note, title
from adapters.slack.settings import channel_of, conversation, is_direct, team_of
from adapters.slack.teams import Teams
from bot.domain.chat import Command, Conversation
from bot.domain.errors import ChatError
from bot.domain.ports import Desk
from bot.domain.storing.watches import Watches
from bot.domain.watches import Watch

MOST_BLOCKS, MOST_WATCHES, MOST_SHOWN = 100, 60, 14
PAGES = 5
EMPTY = "Nothing is watched in your channels yet. Press the button, or type /watch in a channel."
log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class Home:
    """Publishes everybody's own home tab."""

    teams: Teams
    people: People
    watches: Watches
    desk: Callable[[], Desk]

    def register(self, app: AsyncApp) -> None:
        """Tell Bolt which event comes here."""
        app.event("app_home_opened")(self.opened)

    async def opened(self, body: Mapping[str, Any], event: Mapping[str, Any]) -> None:
        """Show the home tab to whoever opened it."""
        user, team = str(event.get("user") or ""), team_in(body)
        if event.get("tab", "home") != "home" or not user:
            return
        direct = str(event.get("channel") or user)
        try:
            client = await self.teams.client(team)
            view = await self._view(client, conversation(team, direct), user)
            await asked(client.views_publish, user_id=user, view=view)
        except ChatError as error:
            log.warning("slack.home_not_published", why=str(error))

    async def _view(self, client: AsyncWebClient, direct: Conversation, user: str) -> Json:
        team = team_of(direct)
        _, every = await self.watches.all()
        theirs = await channels(client, user)
        mine = [
            one
            for one in every
            if team_of(one.conversation) == team
            and (one.conversation == direct or channel_of(one.conversation) in (theirs or ()))
        ]
        who = await self.people.profile(client, team, user)

        async def answer(text: str) -> list[Json]:
            command = Command(conversation=direct, user=user, text=text, zone=who.zone)
            found = blocks(await self.desk().answer(command), most=MOST_SHOWN)
            # The tab has headlines of its own.
            return found[1:] if found and found[0]["type"] == "header" else found

        shown = [*watched(mine), *([] if theirs is not None else [note("Slack did not say which channels are yours.")])]
        return view(shown, meetings=await answer("meetings"), health=await answer("status"))


async def channels(client: AsyncWebClient, user: str) -> frozenset[str] | None:
    """Return the channels of a person that the bot may know of; None if Slack does not say."""
    found: set[str] = set()
    cursor: str | None = None
    try:
        for _ in range(PAGES):
            said = await asked(
                client.users_conversations,
                user=user,
                types="public_channel,private_channel,mpim",
                exclude_archived=True,
                limit=200,
                cursor=cursor,
            )
            found |= {str(one.get("id")) for one in said.get("channels") or ()}
            cursor = (said.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
    except ChatError as error:
        log.info("slack.channels_unknown", why=str(error))
        return None
    return frozenset(found)


def view(shown: Sequence[Json], *, meetings: Sequence[Json], health: Sequence[Json]) -> Json:
    """Put a home tab together."""
    new = {"type": "button", "action_id": NEW, "text": _plain("New watch"), "value": NEW, "style": "primary"}
    made: list[Json] = [
        title("Watches in your channels"),
        {"type": "actions", "elements": [new]},
        *shown,
        {"type": "divider"},
        title("Next meetings and deadlines"),
        *meetings,
        {"type": "divider"},
        title("How the sources do"),
        *health,
    ]
    return {"type": "home", "blocks": made[:MOST_BLOCKS]}


def watched(mine: Sequence[Watch]) -> list[Json]:
    """List watches by conversation, each with a button that edits it."""
    if not mine:
        return [note(EMPTY)]
    made: list[Json] = []
    before: Conversation | None = None
    for one in sorted(mine, key=lambda watch: (watch.conversation, watch.id))[:MOST_WATCHES]:
        if one.conversation != before:
            before = one.conversation
            name = "Here, in direct messages" if is_direct(before) else f"<#{channel_of(before)}>"
            made.append({"type": "section", "text": {"type": "mrkdwn", "text": name}})
        made.append(_row(one))
    if len(mine) > MOST_WATCHES:
        made.append(note(f"and {len(mine) - MOST_WATCHES} more: type watches in the channel"))
    return made[: MOST_BLOCKS - 2 * MOST_SHOWN - 8]


def _row(one: Watch) -> Json:
    said = f"{one.id}. {one.query}{f' — {one.note}' if one.note else ''}"
    if one.cadence is not None:
        said += f" · {one.cadence.words}"
    button = {
        "type": "button",
        "action_id": f"{EDIT}{one.id}",
        "text": _plain("Edit"),
        "value": str(one.id),
        "accessibility_label": clip(in_line(f"Edit watch {one.id}: {one.query}"), LONGEST_LABEL),
    }
    return {"type": "section", "text": _plain(clip(in_line(said), 600)), "accessory": button}


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": False}
