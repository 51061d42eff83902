"""What a reply tells people to type next, as buttons: in a channel a bare word reaches nobody."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from bot.domain.document import Action, Block, Document, Paragraph, Style, Text

SAVES: Mapping[str, Action] = {
    "save": Action("Save", "💾", "save"),
    "save --daily": Action("Save as a daily digest", "📅", "save --daily"),
    "save --weekly": Action("Save as a weekly digest", "📅", "save --weekly"),
}


def offering(document: Document) -> Document:
    """Return a message with a button for each way to save what it shows."""
    offered = {name: SAVES[name] for block in document for name in _saves(block)}
    known = {action.command for action in document.actions}
    more = tuple(action for name, action in offered.items() if name not in known)
    return replace(document, actions=(*document.actions, *more)) if more else document


def without_offers(document: Document) -> Document:
    """Return a message for a form, whose own button saves."""
    return replace(document, blocks=tuple(block for block in document if not any(_saves(block))))


def _saves(block: Block) -> Iterator[str]:
    if isinstance(block, Paragraph):
        for span in block.line:
            if isinstance(span, Text) and span.style is Style.CODE and span.text in SAVES:
                yield span.text
