"""Which messages were shown, remembered across restarts."""

from hashlib import blake2b
from pathlib import Path

MOST = 20_000
"""Lines at which the journal is cut to its newest half; a line is 17 bytes."""


class Journal:
    """An append-only file of hashed keys, bounded; without a path it lasts as long as the process.

    A message is shown first and recorded after, so a crash between the two shows it twice rather than never.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._keys: dict[str, None] | None = None

    def __contains__(self, key: str) -> bool:
        return _mark(key) in self._loaded()

    def record(self, key: str) -> None:
        """Remember a key; a file that cannot be written is logged and costs only the memory across restarts."""
        keys = self._loaded()
        keys[_mark(key)] = None
        if len(keys) > MOST:
            self._keys = keys = dict.fromkeys(list(keys)[MOST // 2 :])
            self._write("".join(f"{mark}\n" for mark in keys), mode="w")
        else:
            self._write(f"{_mark(key)}\n", mode="a")

    def _loaded(self) -> dict[str, None]:
        if self._keys is None:
            self._keys = {}
            try:
                text = self._path.read_text("ascii", "replace") if self._path is not None else ""
            except FileNotFoundError:
                text = ""
            except OSError as error:
                self._complain("unreadable", error)
                text = ""
            self._keys = dict.fromkeys(text.split()[-MOST:])
            if text and not text.endswith("\n"):  # the last write was cut short
                self._write("\n", mode="a")
        return self._keys

    def _write(self, text: str, *, mode: str) -> None:
        if self._path is None:
            return
        try:
            with self._path.open(mode, encoding="ascii") as file:
                file.write(text)
        except OSError as error:
            self._complain("unwritable", error)

    def _complain(self, how: str, error: OSError) -> None:
        import structlog  # 0.2 s to import, and not needed while all is well

        structlog.get_logger().warning(f"console_journal_{how}", path=str(self._path), error=str(error))


def _mark(key: str) -> str:
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
