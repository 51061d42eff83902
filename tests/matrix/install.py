"""Puts Synapse, a real homeserver, into a cache folder: `make synapse`, and the fixture of tests/matrix.

Prints the Python that runs it. What is there already is not installed again; another lock or Python is another folder.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

PATIENT = ("--retries", "10", "--timeout", "60")
LOCK = Path(__file__).parents[2] / "requirements-synapse.lock"


def folder() -> Path:
    """Return where this lock's homeserver is, or will be."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    made_of = LOCK.read_bytes() + sys.version.encode()
    return cache / "rapporteur" / f"synapse-{hashlib.sha256(made_of).hexdigest()[:12]}"


def installed() -> Path:
    """Return the Python of the installed homeserver; raise CalledProcessError or OSError if it cannot be installed."""
    here = folder()
    python = here / "bin" / "python"
    here.parent.mkdir(parents=True, exist_ok=True)
    with here.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several test processes may come at once
        if not ((here / "complete").exists() and python.exists()):  # cut short, or its Python was removed
            shutil.rmtree(here, ignore_errors=True)
            venv.create(here, with_pip=True)
            pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", *PATIENT]
            wanted = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--requirement", str(LOCK)]
            subprocess.run([*pip, *wanted], check=True, stdout=subprocess.DEVNULL)
            (here / "complete").touch()
    return python


if __name__ == "__main__":
    sys.stdout.write(f"{installed()}\n")
