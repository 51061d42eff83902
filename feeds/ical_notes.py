"""Oddities of a calendar, told to the operator."""


class Notes:
    """Oddities, counted by kind, so that a thousand equal ones are one sentence."""

    def __init__(self) -> None:
        self._seen: dict[str, list[str]] = {}
        self.sentences: list[str] = []
        self.lost = False

    def add(self, what: str, example: str, *, lost: bool = False) -> None:
        """Count an oddity; `lost` says that something of the calendar is missing from the result."""
        self._seen.setdefault(what, []).append(example)
        self.lost = self.lost or lost

    def told(self) -> tuple[str, ...]:
        """Return one sentence for each kind."""
        counted = (
            f"{len(examples)} {what.format(', '.join(dict.fromkeys(examples[:3])))}."
            for what, examples in self._seen.items()
        )
        return (*self.sentences, *counted)
