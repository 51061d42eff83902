"""What the help pages say, made from the commands' own declarations."""

from collections.abc import Sequence

from bot.domain.document import Block, Bullets, Document, Heading, Line, Paragraph, Style, Text, says
from bot.domain.errors import CommandError
from bot.domain.suggest import did_you_mean
from bot.services.commands.arguments import clipped
from bot.services.commands.context import CommandSpec, Group


def overview(specs: Sequence[CommandSpec]) -> Document:
    """List every command, grouped, one line each."""
    blocks: list[Block] = []
    for group in Group:
        lines = tuple(_line(spec) for spec in specs if spec.group is group)
        if lines:
            blocks += [Heading((Text(group, Style.STRONG),)), Bullets(lines)]
    more = (Text("Examples: ", Style.QUIET), Text("help watch", Style.CODE))
    return Document((*blocks, Paragraph(more)))


def _line(spec: CommandSpec) -> Line:
    return (Text(spec.usage, Style.CODE), Text(f" — {spec.summary}"))


def page(specs: Sequence[CommandSpec], typed: str) -> Document:
    """Explain one command with examples, or those that begin with the same word; CommandError for none."""
    name = " ".join(typed.casefold().split()).lstrip("/!")
    found = [spec for spec in specs if name in {spec.name, *spec.aliases}]
    found = found or [spec for spec in specs if spec.name.startswith(f"{name} ")]
    if not found:
        near = did_you_mean(name, [spec.name for spec in specs])
        meant = f" Did you mean {' or '.join(near)}?" if near else ""
        raise CommandError(f"There is no command “{clipped(typed, 40)}”.{meant}", usage="help")
    if len(found) > 1:
        return says(Bullets(tuple(_line(spec) for spec in found)))
    spec = found[0]
    blocks: list[Block] = [Paragraph((Text(spec.usage, Style.CODE),)), Paragraph((Text(spec.summary),))]
    if spec.aliases:
        blocks.append(Paragraph((Text(f"Also: {', '.join(spec.aliases)}", Style.QUIET),)))
    examples = Bullets(tuple((Text(example, Style.CODE),) for example in spec.examples))
    return Document((*blocks, *((examples,) if spec.examples else ())))
