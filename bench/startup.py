"""B1: what starting costs, each measured in a fresh interpreter of its own.

The baseline is the bare libraries that any such bot needs: aiosqlite, feedparser, aiohttp. Ours is all that is loaded
until the bot polls and listens. What words cards and what is asked for by command alone come with the first of them.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.figures import Figure

ROUNDS = 15
CORE = "import aiosqlite, feedparser, aiohttp"
OURS = """
from bot.cli import loaded
loaded("bot.commandline.running:run")
import bot.wiring.assembly, adapters.console.chat, feeds.source, storage
"""
HELP = """
import contextlib, io
from bot.cli import main
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    main(["--help"])
"""
REPORT = """
import json, sys, time
from pathlib import Path
pages = int(Path("/proc/self/statm").read_text().split()[1]) if Path("/proc/self/statm").exists() else 0
print(json.dumps({"cpu": time.process_time(), "rss": pages * 4096, "aiohttp": "aiohttp" in sys.modules}))
"""


def figures() -> list[Figure]:
    """Measure CPU time and memory of start-up, and that `--help` loads no HTTP client."""
    core, ours, told = _rounds(CORE, OURS, HELP)
    time_ratio = ours["cpu"] / core["cpu"]
    memory_ratio = ours["rss"] / core["rss"] if core["rss"] else 0.0
    return [
        Figure(
            name="B1 import time",
            goal="≤ 1.5 × core imports",
            baseline="import aiosqlite, feedparser, aiohttp",
            baseline_seconds=core["cpu"],
            own_seconds=ours["cpu"],
            ratio=time_ratio,
            holds=time_ratio <= 1.5,
            notes=f"CPU of fresh interpreters, console adapter, medians of {ROUNDS}",
        ),
        Figure(
            name="B1 memory",
            goal="≤ 1.5 × core imports",
            baseline="resident memory after the same imports",
            baseline_seconds=core["cpu"],
            own_seconds=ours["cpu"],
            ratio=memory_ratio,
            holds=memory_ratio <= 1.5,
            notes=f"{ours['rss'] / 2**20:.1f} MB against {core['rss'] / 2**20:.1f} MB",
        ),
        Figure(
            name="B1 --help",
            goal="less CPU than core imports, no aiohttp",
            baseline="import aiosqlite, feedparser, aiohttp",
            baseline_seconds=core["cpu"],
            own_seconds=told["cpu"],
            ratio=told["cpu"] / core["cpu"],
            holds=not told["aiohttp"] and told["cpu"] < core["cpu"],
        ),
    ]


def _rounds(*programs: str) -> list[dict[str, float]]:
    """Run each program in turns, and return the medians of what they report.

    Everything is compiled in a round before the first that counts, as it is on a machine that installed it.
    """
    reports: list[list[dict[str, float]]] = [[] for _ in programs]
    with TemporaryDirectory() as compiled:
        for round_ in range(ROUNDS + 1):
            for program, mine in zip(programs, reports, strict=True):
                report = _report(program, compiled)
                if round_:
                    mine.append(report)
    return [{key: median(report[key] for report in mine) for key in mine[0]} for mine in reports]


def _report(program: str, compiled: str) -> dict[str, float]:
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    ran = subprocess.run(
        [sys.executable, "-c", f"{program}\n{REPORT}"],
        cwd=Path(__file__).parents[1],
        env={**environ, "PYTHONPYCACHEPREFIX": compiled},
        capture_output=True,
        text=True,
        check=True,
    )
    report: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return report
