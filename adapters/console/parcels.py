"""Files that go with a message: a terminal shows none, so they are saved beside the store, and their place is said."""

import asyncio
import re
from pathlib import Path

from bot.domain.document import Attachment, Document, Line, Paragraph, Style, Text, says
from bot.domain.values import by_value

_UNSAFE = re.compile(r"[^\w.-]+")
LONGEST_NAME = 80


@by_value
class Shelf:
    """Where files are saved; None: they are not, and only what they show is said."""

    folder: Path | None = None

    async def with_places(self, what: Document) -> Document:
        """Return the document with a line for each of its files, which are saved by then."""
        if not what.files:
            return what
        notes = [Paragraph(await asyncio.to_thread(self._kept, file)) for file in what.files]
        return says(*what.blocks, *notes)

    def _kept(self, file: Attachment) -> Line:
        size = f"{max(1, round(len(file.data) / 1024))} KB"
        about: Line = (Text(f" {file.about}", Style.QUIET),) if file.about else ()
        if self.folder is None:
            return (Text(f"[{file.name}, {size}; not saved here]"), *about)
        try:
            path = _saved(self.folder, file)
        except OSError as error:
            return (Text(f"[{file.name}, {size}; cannot be saved: {error.strerror or error}]"), *about)
        return (Text(f"[{file.name}, {size}] "), Text(str(path), Style.CODE), *about)


def _saved(folder: Path, file: Attachment) -> Path:
    """Write a file under a name that none has yet; whatever it is called, it stays in the folder."""
    name = Path(_UNSAFE.sub("-", file.name).strip(".-")[-LONGEST_NAME:] or "file")
    folder.mkdir(parents=True, exist_ok=True)
    number = 1
    while True:
        path = folder / (name if number == 1 else f"{name.stem}-{number}{name.suffix}")
        try:
            with path.open("xb") as out:
                out.write(file.data)
        except FileExistsError:
            number += 1
        else:
            return path
