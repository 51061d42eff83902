"""`calendar`: the secret address of a conversation's calendar, for programs that subscribe to it."""

from bot.domain.document import Document, Paragraph, Style, Text
from bot.domain.errors import CommandError
from bot.services.agendas import hashed, new_secret
from bot.services.commands.arguments import clipped
from bot.services.commands.context import CommandSpec, Group, Request
from bot.services.commands.paging import counted

USAGE = "calendar [renew|stop]"
MOST_ADDRESSES = 20
HOLDS = "meetings and deadlines of what is watched here; all meetings while nothing is"


async def calendar(request: Request) -> Document:
    """Give a new address, after ending all others if asked to (`renew`), or end them all (`stop`)."""
    asked = request.rest.strip().casefold()
    if asked not in {"", "renew", "stop"}:
        raise CommandError(f"I do not know “{clipped(asked, 40)}”.", usage=USAGE)
    if asked:
        request.must_be_allowed()
    calendars, where = request.context.store.calendars, request.command.conversation
    ended = await calendars.close(where) if asked else 0
    if asked == "stop":
        none = (
            "There was no address."
            if not ended
            else f"{counted(ended, 'address leads', 'addresses lead')} nowhere now."
        )
        return Document((Paragraph((Text(none),)),))
    standing = await calendars.count(where)
    if standing >= MOST_ADDRESSES:
        raise CommandError(f"{standing} addresses stand here; renew ends them and gives one.", usage="calendar renew")
    secret = new_secret()
    await calendars.open(hashed(secret), where, owner=request.command.user, now=request.context.clock.now())
    return _given(request, secret, standing, ended)


def _given(request: Request, secret: str, standing: int, ended: int) -> Document:
    base = request.context.address
    address = Text(f"{base}/calendar/{secret}.ics", Style.CODE)
    head = Paragraph((Text("Subscribe to this address in your calendar program: "), address))
    about = f"It holds the {HOLDS}. Whoever has it can read it; I keep only its hash and cannot show it again."
    others = f" {counted(standing, 'older address works', 'older addresses work')} as before." if standing else ""
    others = f" {counted(ended, 'older address leads', 'older addresses lead')} nowhere now." if ended else others
    undo = (Text(f"{about}{others} ", Style.QUIET), Text("calendar renew", Style.CODE), Text(" ends all others."))
    local = "Only this machine can reach it so far: the operator sets http.public_url."
    unreached = (Paragraph((Text(local, Style.STRONG),)),) if _is_local(base) else ()
    return Document((head, *unreached, Paragraph(undo)), audience=request.command.user)


def _is_local(base: str) -> bool:
    return not base or "//127." in base or "//localhost" in base or "//[::1]" in base


CALENDAR = CommandSpec(
    name="calendar",
    usage=USAGE,
    summary="A secret address under which calendar programs find what is watched here.",
    handler=calendar,
    group=Group.LOOKING,
    examples=("calendar", "calendar renew", "calendar stop"),
)
