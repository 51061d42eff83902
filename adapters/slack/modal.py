"""The form for a watch, as a modal: pure."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from adapters.slack.mrkdwn import in_line, typed
from adapters.slack.render import Json, clip, note
from adapters.slack.settings import SLACK
from bot.domain.chat import Conversation
from bot.domain.errors import QueryError
from bot.domain.query_parser import parse
from bot.domain.terms import FUNCTION_WORDS
from bot.domain.values import by_value
from bot.domain.watches import Watch

FORM = "watch"
QUERY, PACE, NOTE, WHERE = "query", "pace", "note", "where"
LONGEST_QUERY, LONGEST_NOTE, LONGEST_ERROR = 2_000, 200, 150
PACES: Mapping[str, str] = {"now": "As it comes", "daily": "As a daily digest", "weekly": "As a weekly digest"}
PREVIEWED = 60
PROPOSED_WORDS, SHORTEST_WORD = 4, 4
LOOKING_BACK = "Looking back over what is stored …"
_WORD = re.compile(r"[^\W_][\w./’'-]*")
_LINK = re.compile(r"https?://\S+")


@by_value
class Subject:
    """What a form is about, carried in its private metadata.

    Attributes:
        where: None if the form asks.
        watch: number of the watch that is edited, 0 for a new one.
        query, pace, note: as they were.

    """

    where: Conversation | None
    watch: int = 0
    query: str = ""
    pace: str = "now"
    note: str = ""

    @property
    def written(self) -> str:
        """Return what `subject` reads; the query is cut to what Slack keeps, and then counts as changed."""
        place = self.where.id if self.where else ""
        return json.dumps([place, self.watch, self.query[:1_500], self.pace, self.note], ensure_ascii=False)


def subject(text: str) -> Subject:
    """Read a form's private metadata."""
    place, watch, query, pace, said = json.loads(text)
    where = Conversation(SLACK, place) if place else None
    return Subject(where=where, watch=int(watch), query=query, pace=pace, note=said)


def about(watch: Watch) -> Subject:
    """Return the subject of a form that edits a watch."""
    pace = str(watch.cadence).partition(" ")[0] if watch.cadence else "now"
    return Subject(where=watch.conversation, watch=watch.id, query=watch.query, pace=pace, note=watch.note)


def form(what: Subject, preview: Sequence[Json] = ()) -> Json:
    """Return the form, with what a replay says below it."""
    return {
        "type": "modal",
        "callback_id": FORM,
        "title": _plain(f"Edit watch {what.watch}"[:24] if what.watch else "New watch"),
        "submit": _plain("Save"),
        "close": _plain("Cancel"),
        "private_metadata": what.written,
        "blocks": [
            _query(what.query),
            *([] if what.where else [_where()]),
            _pace(what.pace),
            _note(what.note),
            {"type": "divider"},
            *(preview or [note("Write what to watch for; what it would have posted is shown here.")]),
        ],
    }


def _query(query: str) -> Json:
    element: Json = {
        "type": "plain_text_input",
        "action_id": QUERY,
        "multiline": True,
        "max_length": LONGEST_QUERY,
        "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]},
        "placeholder": _plain("facial recognition, video surveillance"),
    }
    if query:
        element["initial_value"] = query[:LONGEST_QUERY]
    return {
        "type": "input",
        "block_id": QUERY,
        "dispatch_action": True,
        "label": _plain("What to watch for"),
        "hint": _plain("Words in any language; commas for alternatives, quotes for exact words, NOT to leave out."),
        "element": element,
    }


def _where() -> Json:
    element = {
        "type": "conversations_select",
        "action_id": WHERE,
        "default_to_current_conversation": True,
        "filter": {"include": ["public", "private", "im", "mpim"], "exclude_bot_users": False},
    }
    return {"type": "input", "block_id": WHERE, "label": _plain("Where to post"), "element": element}


def _pace(pace: str) -> Json:
    options = [{"text": _plain(label), "value": value} for value, label in PACES.items()]
    initial = options[list(PACES).index(pace) if pace in PACES else 0]
    element = {"type": "static_select", "action_id": PACE, "options": options, "initial_option": initial}
    return {"type": "input", "block_id": PACE, "label": _plain("When to hear of it"), "element": element}


def _note(text: str) -> Json:
    element: Json = {"type": "plain_text_input", "action_id": NOTE, "max_length": LONGEST_NOTE}
    if text:
        element["initial_value"] = text[:LONGEST_NOTE]
    return {"type": "input", "block_id": NOTE, "optional": True, "label": _plain("Note for others"), "element": element}


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": False}


@by_value
class Filled:
    """What somebody wrote into the form."""

    query: str
    pace: str
    note: str
    channel: str | None


def filled(view: Mapping[str, Any]) -> Filled:
    """Read the state of a form; what is missing is empty."""
    values = (view.get("state") or {}).get("values") or {}

    def value(name: str) -> Mapping[str, Any]:
        return (values.get(name) or {}).get(name) or {}

    return Filled(
        query=str(value(QUERY).get("value") or "").strip(),
        pace=str((value(PACE).get("selected_option") or {}).get("value") or "now"),
        note=in_line(str(value(NOTE).get("value") or "")).strip(),
        channel=value(WHERE).get("selected_conversation"),
    )


def wrong(found: Filled) -> dict[str, str]:
    """Return what is wrong with the fields, by block; nothing if they can be saved."""
    if not found.query:
        return {QUERY: "Say what to watch for."}
    try:
        parse(found.query)
    except QueryError as error:
        said = f"{error.args[0]} {error.remedy}".strip()
        return {QUERY: clip(said, LONGEST_ERROR)}
    return {}


def lines(what: Subject, found: Filled) -> Sequence[str]:
    """Return the commands that saving the form amounts to."""
    query = str(parse(found.query))
    if not what.watch:
        pace = f" --{found.pace}" if found.pace != "now" else ""
        said = f' --note "{_unquoted(found.note)}"' if found.note else ""
        return [f"watch {query} --yes{pace}{said}"]
    made = []
    if query != what.query:
        made.append(f"edit {what.watch} {query} --yes")
    if found.pace != what.pace:
        made.append(f"edit {what.watch} --{found.pace}")
    if found.note != what.note:
        made.append(f"note {what.watch} {found.note}".strip())
    return made


def _unquoted(text: str) -> str:
    return text.replace('"', "'")


def proposal(text: str) -> str:
    """Return a query for a message: its first words that say something."""
    plain = _LINK.sub(" ", typed(text))[:600]
    words = [
        word.strip("./'’-")
        for word in _WORD.findall(plain)
        if word.casefold() not in FUNCTION_WORDS and (len(word) >= SHORTEST_WORD or word.isupper())
    ]
    return " ".join(list(dict.fromkeys(words))[:PROPOSED_WORDS])
