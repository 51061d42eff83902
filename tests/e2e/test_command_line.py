"""The program as people start it: subprocesses, exit statuses, signals."""

import asyncio
import json
import os
import re
import signal
import sqlite3
import sys
from pathlib import Path

import pytest

from feeds.recording import Recording

ROOT = Path(__file__).parents[2]
FEED = b"""<rss version="2.0"><channel><title>T</title>
<item><guid>1</guid><title>Dahua writes</title><link>https://example.org/1</link></item></channel></rss>"""


async def run(
    *arguments: str, folder: Path, stdin: bytes = b"", environment: dict[str, str] | None = None
) -> tuple[int, str, str]:
    process = await start(*arguments, folder=folder, environment=environment)
    async with asyncio.timeout(60):
        out, err = await process.communicate(stdin)
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def start(*arguments: str, folder: Path, environment: dict[str, str] | None = None) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    given = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(folder), "COLUMNS": "100", **(environment or {})}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments, cwd=folder, env=given, stdin=pipe, stdout=pipe, stderr=pipe
    )


async def test_the_demo_shows_every_scene_and_ends_by_itself(tmp_path: Path) -> None:
    status, out, err = await run("demo", folder=tmp_path)
    assert (status, err) == (0, "")
    transcript = re.sub(r"[\s│┃╭╰─]+", " ", out)
    for expectation in Recording.load().expectations:
        for words in expectation.says:
            assert words in transcript, expectation.scene
        for title in expectation.silent:
            assert title not in transcript, expectation.scene


async def test_sigterm_ends_the_bot_within_five_seconds(tmp_path: Path) -> None:
    config = tmp_path / "rapporteur.toml"
    config.write_text('[catalogue]\nenabled = false\n[http]\nlisten = "127.0.0.1:0"\n[store]\nurl = "sqlite:///x.db"\n')
    process = await start("run", folder=tmp_path)
    assert process.stdout is not None
    async with asyncio.timeout(30):
        while b"Health and metrics" not in await process.stdout.readline():
            pass
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(5):
        assert await process.wait() == 0


async def test_the_greeting_counts_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "rapporteur.toml").write_text(
        '[catalogue]\nenabled = false\n[http]\nlisten = "127.0.0.1:0"\n'
        '[[sources]]\nid = "mine"\nurl = "https://feed.invalid/x"\nformat = "feed"\n'
    )
    process = await start("run", folder=tmp_path)
    assert process.stdout is not None
    async with asyncio.timeout(30):
        greeting = [await process.stdout.readline() for _ in range(2)]
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(5):
        assert await process.wait() == 0
    assert greeting[1] == b"1 source is polled.\n"


async def test_a_second_bot_on_the_same_store_is_refused_in_one_sentence(tmp_path: Path) -> None:
    config = tmp_path / "rapporteur.toml"
    config.write_text('[catalogue]\nenabled = false\n[http]\nlisten = "127.0.0.1:0"\n[store]\nurl = "sqlite:///x.db"\n')
    first = await start("run", folder=tmp_path)
    assert first.stdout is not None
    async with asyncio.timeout(30):
        while b"Health and metrics" not in await first.stdout.readline():
            pass
    status, _, err = await run("run", folder=tmp_path)
    assert status == 1
    assert "Another Rapporteur runs on" in err
    assert "Traceback" not in err
    for upkeep in (("migrate",), ("restore", "copy.db")):
        status, _, err = await run(*upkeep, folder=tmp_path)
        assert (status, err.count("\n")) == (1, 1)
        assert "Another Rapporteur runs on" in err
    first.send_signal(signal.SIGTERM)
    assert await first.wait() == 0


async def test_a_malformed_configuration_reports_every_problem_and_exits_78(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(
        '[store]\nurl = 3\n[fetch]\nmin_interval = "soon"\n[alerts]\nzone = "Mars/Base"\n'
    )
    status, out, err = await run("check", "--config", "bad.toml", folder=tmp_path)
    assert status == 78
    assert out == ""
    assert len(err.strip().splitlines()) == 3
    for name in ("store.url", "fetch.min_interval", "alerts.zone"):
        assert name in err


async def test_check_says_how_often_sources_are_asked_and_stays_polite_to_itu(tmp_path: Path) -> None:
    status, out, _ = await run("check", folder=tmp_path)
    assert status == 0
    plan = re.search(r"www\.itu\.int: \d+ sources, (\d+) requests a day, one in 1 s at most", out)
    assert plan is not None
    assert int(plan[1]) < 700
    assert re.search(r"itu-item-pages-sg17\s+itu-work-item every 20 min\s", out)
    assert re.search(r"itu-meetings\s+itu-meetings\s+every 6 h\s", out)


@pytest.mark.parametrize("arguments", [(), ("dance",), ("parse",), ("match", "x")])
async def test_wrong_usage_exits_2_with_help(arguments: tuple[str, ...], tmp_path: Path) -> None:
    status, out, err = await run(*arguments, folder=tmp_path)
    assert (status, out) == (2, "")
    assert "usage" in err


async def test_an_unknown_format_exits_2_and_names_those_there_are(tmp_path: Path) -> None:
    status, out, err = await run("parse", "poem", "-", folder=tmp_path)
    assert (status, out) == (2, "")
    assert "feed, ical, itu-meetings" in err


async def test_parse_prints_one_record_an_entry(tmp_path: Path) -> None:
    status, out, _ = await run("parse", "feed", "-", folder=tmp_path, stdin=FEED)
    assert status == 0
    (record,) = [json.loads(line) for line in out.splitlines()]
    assert record["key"] == "1"
    assert record["link"] == "https://example.org/1"


@pytest.mark.parametrize("body", [b"", b"%PDF-1.7", b"<html><title>Access denied</title>", b"\x00\xff" * 500])
async def test_parse_of_something_else_exits_1_with_one_line(body: bytes, tmp_path: Path) -> None:
    status, out, err = await run("parse", "feed", "-", folder=tmp_path, stdin=body)
    assert (status, out) == (1, "")
    assert len(err.strip().splitlines()) == 1


async def test_match_prints_hits_in_order(tmp_path: Path) -> None:
    (tmp_path / "w.jsonl").write_text('{"id": "a", "query": "dahua"}\n{"id": "b", "query": "zte"}\n')
    entries = b'{"id": 1, "title": "Dahua writes", "text": ""}\n{"id": 2, "title": "Nothing"}\n'
    status, out, _ = await run("match", "--watches", "w.jsonl", "-", folder=tmp_path, stdin=entries)
    assert status == 0
    first, second = [json.loads(line) for line in out.splitlines()]
    assert first["matches"] == [{"watch": "a", "hits": [{"field": "title", "start": 0, "end": 5, "term": "@dahua"}]}]
    assert second == {"id": 2, "matches": []}


async def test_a_watch_that_cannot_be_read_is_named_and_the_others_are_matched(tmp_path: Path) -> None:
    (tmp_path / "w.jsonl").write_text('{"id": "a", "query": "x AND"}\n{"id": "b", "query": "zte"}\n{"id": "c"}\n')
    entries = b'{"id": 1, "title": "ZTE writes"}\n' + b"[" * 100_000
    status, out, err = await run("match", "--watches", "w.jsonl", "-", folder=tmp_path, stdin=entries)
    assert status == 1
    assert [match["watch"] for match in json.loads(out)["matches"]] == ["b"]
    assert "Watch 'a': AND needs something after it." in err
    assert "Watch 'c': The query holds no words." in err
    assert "nested too deep" in err
    assert "Traceback" not in err


async def test_a_known_term_matches_in_every_language_unless_it_is_quoted(tmp_path: Path) -> None:
    queries = ["facial recognition", '"facial recognition"', '="facial recognition"']
    watches = "".join(json.dumps({"id": number, "query": query}) + "\n" for number, query in enumerate(queries))
    (tmp_path / "w.jsonl").write_text(watches)
    titles = ["机场启用人脸识别系统", "La reconnaissance faciale", "Facial-recognition systems", "facial recognition"]
    entries = "".join(json.dumps({"id": title, "title": title}) + "\n" for title in titles)
    status, out, _ = await run("match", "--watches", "w.jsonl", "-", folder=tmp_path, stdin=entries.encode())
    assert status == 0
    found = [[match["watch"] for match in json.loads(line)["matches"]] for line in out.splitlines()]
    assert found == [[0], [0], [0, 1], [0, 1, 2]]


async def test_watches_are_carried_from_one_store_to_another(tmp_path: Path) -> None:
    one, other = ({"RAPPORTEUR_STORE__URL": f"sqlite:///{name}.db"} for name in ("one", "other"))
    (tmp_path / "w.toml").write_text(
        '[[watch]]\nconversation = "console:local"\nquery = "zte OR 中兴"\nowner = "ann"\n'
    )
    assert (await run("watches", "import", "w.toml", folder=tmp_path, environment=one))[0::2] == (
        0,
        "Added 1 watch and 0 wordings.\n",
    )
    assert (await run("watches", "export", "all.toml", folder=tmp_path, environment=one))[0] == 0
    exported = (tmp_path / "all.toml").read_text("utf-8")
    assert 'query = "zte, 中兴"' in exported
    assert (await run("watches", "import", "-", folder=tmp_path, environment=other, stdin=exported.encode()))[0] == 0
    assert await run("watches", "export", folder=tmp_path, environment=other) == (0, exported, "")
    status, out, err = await run(
        "watches", "import", "-", folder=tmp_path, environment=other, stdin=b"[[watch]]\nx = 1"
    )
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert (await run("watches", folder=tmp_path))[0] == 2


async def test_a_store_is_migrated_backed_up_and_restored(tmp_path: Path) -> None:
    environment = {"RAPPORTEUR_STORE__URL": "sqlite:///x.db"}
    assert (await run("migrate", folder=tmp_path, environment=environment))[0] == 0
    assert (await run("backup", "copy.db", folder=tmp_path, environment=environment))[0] == 0
    with sqlite3.connect(tmp_path / "x.db") as connection:
        connection.execute("INSERT INTO schema_version VALUES (99)")
    connection.close()
    status, _, err = await run("migrate", folder=tmp_path, environment=environment)
    assert status == 1
    assert "newer" in err
    assert (await run("restore", "copy.db", folder=tmp_path, environment=environment))[0] == 0
    assert (await run("migrate", folder=tmp_path, environment=environment))[0] == 0


@pytest.mark.parametrize(
    ("arguments", "status"),
    [(("parse", "feed", "-"), 1), (("match", "--watches", "w.jsonl", "-"), 0), (("check",), 0), (("demo",), 0)],
)
async def test_closed_streams_are_no_reason_to_break(arguments: tuple[str, ...], status: int, tmp_path: Path) -> None:
    (tmp_path / "w.jsonl").write_text('{"id": 1, "query": "a"}\n')
    assert await redirected("<&- >&-", *arguments, folder=tmp_path) == status
    assert len((tmp_path / "err.txt").read_text().splitlines()) == status


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
async def test_a_full_disk_below_the_output_is_told_in_one_sentence(tmp_path: Path) -> None:
    assert await redirected(">/dev/full", "check", folder=tmp_path) == 1
    assert (tmp_path / "err.txt").read_text() == "The system refuses to go on: No space left on device.\n"


async def redirected(how: str, *arguments: str, folder: Path) -> int:
    """Run with streams as a shell redirects them; what is complained goes into err.txt."""
    shell = f'exec "$0" -m bot "$@" {how} 2>err.txt'
    given = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(folder)}
    process = await asyncio.create_subprocess_exec("sh", "-c", shell, sys.executable, *arguments, cwd=folder, env=given)
    async with asyncio.timeout(60):
        return await process.wait()


@pytest.mark.parametrize("subcommand", ["check", "demo"])
async def test_a_reader_who_leaves_is_no_error(subcommand: str, tmp_path: Path) -> None:
    process = await start(subcommand, folder=tmp_path)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout._transport.close()  # type: ignore[attr-defined]  # as head does
    async with asyncio.timeout(60):
        assert await process.stderr.read() == b""
        assert await process.wait() == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("parse", "feed", "-", "--header", "x"),
        ("parse", "ical", "-", "--from", "2026-13-01"),
        ("meetings", "x", "--now", "today"),
        ("meetings", "x", "--now", "2026-01-01"),
    ],
)
async def test_a_mistyped_value_exits_2_and_shows_how_to_write_it(arguments: tuple[str, ...], tmp_path: Path) -> None:
    status, _, err = await run(*arguments, folder=tmp_path)
    assert status == 2
    assert re.search("; write (it as|one such as)", err)


@pytest.mark.parametrize("name", ["w.jsonl", "-"])
async def test_records_that_are_not_utf_8_exit_1_in_one_sentence(name: str, tmp_path: Path) -> None:
    (tmp_path / "w.jsonl").write_bytes(b"\xff\xfe\n" if name != "-" else b'{"id": 1, "query": "a"}\n')
    status, _, err = await run("match", "--watches", "w.jsonl", "-", folder=tmp_path, stdin=b"\xff\xfe\n")
    assert (status, err) == (1, f"{name} is not UTF-8 text; save it as UTF-8.\n")


async def test_records_are_utf_8_whatever_the_locale(tmp_path: Path) -> None:
    locale = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    feed = FEED.replace(b"Dahua", "‘大华’".encode())
    status, out, _ = await run("parse", "feed", "-", folder=tmp_path, stdin=feed, environment=locale)
    assert (status, json.loads(out)["title"]) == (0, "‘大华’ writes")


async def test_without_a_store_a_lookup_says_so_and_a_copy_can_be_put_in_place(tmp_path: Path) -> None:
    made = {"RAPPORTEUR_STORE__URL": f"sqlite:///{tmp_path}/a/b/store.db"}
    status, out, err = await run("meetings", "next", "month", "--json", folder=tmp_path, environment=made)
    assert (status, out.count("\n"), err.count("\n")) == (0, 1, 1)
    assert "start the bot first" in err
    assert not (tmp_path / "a").exists()
    assert (await run("meetings", "31 February", folder=tmp_path, environment=made))[0] == 1
    assert (await run("migrate", folder=tmp_path, environment=made))[0] == 0
    assert (await run("backup", "copy.db", folder=tmp_path, environment=made))[0] == 0
    elsewhere = {"RAPPORTEUR_STORE__URL": f"sqlite:///{tmp_path}/c/d/store.db"}
    assert (await run("restore", "copy.db", folder=tmp_path, environment=elsewhere))[0] == 0
    status, out, _ = await run("meetings", "next", "month", folder=tmp_path, environment=elsewhere)
    assert (status, out) == (0, "0 meetings\n")


async def test_a_bot_without_a_chat_logs_its_start_and_end_as_json(tmp_path: Path) -> None:
    given = {
        "RAPPORTEUR_CONSOLE__ENABLED": "false",
        "RAPPORTEUR_CATALOGUE__ENABLED": "false",
        "RAPPORTEUR_HTTP__LISTEN": "127.0.0.1:0",
        "RAPPORTEUR_FETCH__CONTACT": "mailto:somebody@example.org",
    }
    process = await start("run", folder=tmp_path, environment=given)
    assert process.stderr is not None
    async with asyncio.timeout(30):
        first = json.loads(await process.stderr.readline())
    assert (first["event"], first["sources"]) == ("bot.started", 0)
    assert first["address"].startswith("http://127.0.0.1:")
    assert first["version"]
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(5):
        rest = [json.loads(line)["event"] for line in (await process.stderr.read()).splitlines()]
        assert await process.wait() == 0
    assert rest == ["bot.stopping", "bot.stopped"]
