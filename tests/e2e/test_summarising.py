"""`rapporteur summarise` as people start it."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


async def summarise(*arguments: str, stdin: bytes, folder: Path) -> tuple[int, str, str]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "summarise", *arguments),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(folder)},
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate(stdin)
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def test_each_text_is_answered_in_order_with_its_own_sentences(tmp_path: Path) -> None:
    text = (
        "The council met. Rain fell all day. A gait-recognition trial begins.\nThe end is near. Nobody came, it seems."
    )
    given = [
        {"id": "a", "lang": "en", "title": "Council", "text": text, "terms": ["gait recognition", "absent"]},
        {"id": 2, "text": "", "terms": []},
        {
            "id": None,
            "title": None,
            "text": "机场启用系统。今天下雨。人脸识别系统很多。明天",
            "terms": ["facial recognition"],
        },
    ]
    stdin = "\n".join(json.dumps(one) for one in given).encode()
    status, out, err = await summarise("--sentences", "1", "--chars", "60", stdin=stdin, folder=tmp_path)
    assert (status, err) == (0, "")
    assert [json.loads(line) for line in out.splitlines()] == [
        {"id": "a", "sentences": ["A gait-recognition trial begins."]},
        {"id": 2, "sentences": []},
        {"id": None, "sentences": ["人脸识别系统很多。"]},
    ]


@pytest.mark.parametrize(
    ("stdin", "said"),
    [(b"nonsense", "-, line 1: not JSON"), (b'{"id": 7, "text": 3}', "Text 7"), (b'{"id": 7, "terms": "x"}', "Text 7")],
)
async def test_a_record_that_is_none_ends_it_in_one_sentence(stdin: bytes, said: str, tmp_path: Path) -> None:
    status, out, err = await summarise(stdin=stdin, folder=tmp_path)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert said in err


@pytest.mark.parametrize("number", ["0", "-1", "many", "9999999"])
async def test_a_number_that_is_none_exits_2_and_shows_how_to_write_it(number: str, tmp_path: Path) -> None:
    status, _, err = await summarise("--sentences", number, stdin=b"", folder=tmp_path)
    assert status == 2
    assert "write one such as 3" in err
