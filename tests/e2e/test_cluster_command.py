"""`rapporteur cluster` as people start it."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOLD = [
    {"id": "a", "title": "ZTE tables facial recognition standard in Geneva", "published": "2026-11-02T09:00:00Z"},
    {"id": 2, "title": "Elephants tell human languages apart", "published": "2026-11-02T09:05:00Z", "lang": "en"},
    {"id": 3, "title": "中兴在日内瓦提交人脸识别标准草案", "published": "2026-11-02T10:00:00+00:00"},
    {"id": 4, "title": "Elephants can tell languages apart", "text": ""},
]


async def cluster(*arguments: str, stdin: str, folder: Path, seed: str = "0") -> tuple[int, str, str]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "cluster", *arguments),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(folder), "PYTHONHASHSEED": seed},
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate(stdin.encode())
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def test_each_entry_is_answered_in_order_with_its_story_whatever_the_hash_seed(tmp_path: Path) -> None:
    lines = "\n".join(json.dumps(one) for one in TOLD)
    status, out, err = await cluster("-", stdin=lines, folder=tmp_path)
    assert (status, err) == (0, "")
    answers = [json.loads(line) for line in out.splitlines()]
    assert [answer["id"] for answer in answers] == ["a", 2, 3, 4]
    assert [answer["story"] for answer in answers] == [0, 1, 0, 1]
    (tmp_path / "told.jsonl").write_text(lines, "utf-8")
    assert await cluster("told.jsonl", stdin="", folder=tmp_path, seed="7") == (0, out, "")


@pytest.mark.parametrize(("line", "said"), [("[]", "line 1"), ('{"id": 1, "published": "soon"}', "Entry 1")])
async def test_an_entry_that_is_none_ends_it_in_one_sentence(line: str, said: str, tmp_path: Path) -> None:
    status, out, err = await cluster("-", stdin=line, folder=tmp_path)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert said in err
