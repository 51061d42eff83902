"""Files at a terminal: saved where the line says, never outside the folder, never over another."""

from pathlib import Path

import pytest

from adapters.console.parcels import Shelf
from bot.domain.document import Attachment, Document, says


def parcel(name: str = "meetings.ics", data: bytes = b"BEGIN:VCALENDAR") -> Document:
    return Document(says("Two meetings.").blocks, files=(Attachment(name, "text/calendar", data, "Two meetings."),))


def listed(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_a_file_is_saved_and_its_place_is_said(tmp_path: Path) -> None:
    said = (await Shelf(folder=tmp_path / "files").with_places(parcel())).plain
    path = tmp_path / "files" / "meetings.ics"
    assert path.read_bytes() == b"BEGIN:VCALENDAR"
    assert said == f"Two meetings.\n[meetings.ics, 1 KB] {path} Two meetings."


async def test_a_second_file_of_a_name_stands_beside_the_first(tmp_path: Path) -> None:
    shelf = Shelf(folder=tmp_path)
    for data in (b"first", b"second"):
        await shelf.with_places(parcel(data=data))
    assert (tmp_path / "meetings.ics").read_bytes() == b"first"
    assert (tmp_path / "meetings-2.ics").read_bytes() == b"second"


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..", "", "a\0b", ".hidden", "x" * 300])
async def test_whatever_it_is_called_a_file_stays_in_its_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "files"
    await Shelf(folder=folder).with_places(parcel(name))
    assert len(listed(folder)) == 1
    assert listed(tmp_path) == ["files"]


async def test_without_a_folder_only_what_the_file_shows_is_said() -> None:
    said = (await Shelf().with_places(parcel())).plain
    assert said == "Two meetings.\n[meetings.ics, 1 KB; not saved here] Two meetings."


async def test_a_folder_that_cannot_be_written_is_said_and_the_answer_stands(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("a file where the folder should be")
    said = (await Shelf(folder=tmp_path / "files").with_places(parcel())).plain
    assert said.startswith("Two meetings.\n[meetings.ics, 1 KB; cannot be saved: ")


async def test_a_message_without_files_is_left_alone() -> None:
    what = says("Nothing with it.")
    assert await Shelf().with_places(what) is what
