"""Oddities of a calendar, told to the operator."""

from feeds.text import one_line

_EXAMPLES = 3


class Notes:
    """Oddities, counted by kind, so that a thousand equal ones are one sentence."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[int, list[str]]] = {}
        self.sentences: list[str] = []
        self.lost = False

    def add(self, what: str, example: str, *, lost: bool = False) -> None:
        """Count an oddity; `lost` says that something of the calendar is missing from the result."""
        count, examples = self._seen.get(what, (0, []))
        if len(examples) < _EXAMPLES and example not in examples:
            examples.append(example)
        self._seen[what] = (count + 1, examples)
        self.lost = self.lost or lost

    def told(self) -> tuple[str, ...]:
        """Return one sentence for each kind."""
        counted = (
            f"{what}: {count} ({', '.join(one_line(example, limit=160) for example in examples)})."
            for what, (count, examples) in self._seen.items()
        )
        return (*self.sentences, *counted)
