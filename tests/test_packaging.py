"""What is shipped: locks, wheel, container files and documents agree with the code."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

from bot.config import SECTIONS, load, variables
from bot.services.commands.registry import names
from feeds.formats import FORMATS

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "adapters", "feeds", "storage")
LOCKS = ("requirements.lock", "requirements-dev.lock")


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def normal(requirement: str) -> str:
    """Return the distribution's name as PEP 503 writes it."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name is not None
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def pins(lock: str) -> dict[str, str]:
    lines = (ROOT / lock).read_text("utf-8").splitlines()
    return {normal(line): line.split()[0].partition("==")[2] for line in lines if re.match(r"[A-Za-z0-9]", line)}


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (ROOT / package).rglob("*.py")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_of_a_lock_has_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert "://" not in text
    assert "index-url" not in text
    blocks = re.split(r"\n(?=[A-Za-z0-9])", re.sub(r"(?m)^#.*\n", "", text))
    assert len(blocks) > 30
    for block in blocks:
        assert re.match(r"[A-Za-z0-9._-]+==\S+", block), block[:60]
        assert "--hash=sha256:" in block, block[:60]


def test_the_locks_pin_what_the_project_asks_for() -> None:
    project = pyproject()
    needed = {normal(row) for row in project["project"]["dependencies"] if "win32" not in row}
    needed |= {normal(row) for row in project["dependency-groups"]["build"]}
    run, dev = pins(LOCKS[0]), pins(LOCKS[1])
    assert needed <= run.keys()
    assert needed | {normal(row) for row in project["dependency-groups"]["dev"]} <= dev.keys()
    assert run.items() <= dev.items()


def test_every_import_is_of_the_standard_library_ours_or_declared() -> None:
    project = pyproject()["project"]
    extras = [row for rows in project.get("optional-dependencies", {}).values() for row in rows]
    declared = {normal(row) for row in (*project["dependencies"], *extras)}
    distributions = packages_distributions()
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            imported = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            imported += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            for name in {module.partition(".")[0] for module in imported} - {*PACKAGES, *sys.stdlib_module_names}:
                assert declared & {normal(row) for row in distributions.get(name, ())}, f"{path}: {name}"


def test_every_folder_of_modules_is_a_package() -> None:
    folders = {path.parent for path in modules()}
    assert not [folder for folder in folders if not (folder / "__init__.py").exists()]


@pytest.mark.slow
def test_the_wheel_holds_every_module_and_all_data(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name in (*PACKAGES, "pyproject.toml", "README.md", "LICENSE"):
        subprocess.run(["cp", "-r", str(ROOT / name), str(source)], check=True)
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--quiet", "--wheel-dir", str(tmp_path), str(source)], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    shipped = {path for path in modules() if "__pycache__" not in path.parts}
    shipped |= {ROOT / "feeds" / "catalogue.toml", *(ROOT / "storage" / "migrations").glob("*.sql")}
    shipped |= {path for path in (ROOT / "feeds" / "recorded").rglob("*") if path.is_file()}
    assert {path.relative_to(ROOT).as_posix() for path in shipped} <= held
    assert not [name for name in held if name.startswith("tests/")]


def test_the_image_gets_every_package_and_the_build_context_too() -> None:
    dockerfile, context = (ROOT / "Dockerfile").read_text("utf-8"), (ROOT / ".dockerignore").read_text("utf-8")
    for package in PACKAGES:
        assert f"COPY {package} {package}\n" in dockerfile
        assert f"!{package}\n" in context
    assert re.search(r"^USER \d+$", dockerfile, re.MULTILINE)


def test_the_example_configuration_loads_and_names_every_setting() -> None:
    example = ROOT / "rapporteur.example.toml"
    assert load(example, {}, formats=FORMATS).fetch.contact == "mailto:team@example.org"
    uncommented = re.sub(r"(?m)^# (?=\[\[|\w+ = )", "", example.read_text("utf-8"))
    written = tomllib.loads(uncommented)
    assert written.keys() == {*SECTIONS, "sources"}
    idle = {"fetch.user_agent"}
    known = {name.removeprefix("RAPPORTEUR_").lower().replace("__", ".") for name in variables()}
    assert {f"{section}.{key}" for section in SECTIONS for key in written[section]} == known - idle


def test_every_value_of_the_example_configuration_is_a_valid_one(tmp_path: Path) -> None:
    example = (ROOT / "rapporteur.example.toml").read_text("utf-8")
    path = tmp_path / "all.toml"
    path.write_text(re.sub(r"(?m)^# (?=\[\[|\w+ = )", "", example), "utf-8")
    assert load(path, {}, formats=FORMATS).sources[0].id == "our-feed"


def test_the_readme_names_every_command_setting_and_make_target() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for name in names():
        assert f"`{name}" in readme, name
    for section in SECTIONS:
        assert f"`[{section}]`" in readme, section
    contributing = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    targets = re.findall(r"^(\w+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert len(targets) == 9
    for target in targets:
        assert f"`make {target}`" in contributing, target


def test_links_between_documents_lead_somewhere() -> None:
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", (ROOT / name).read_text("utf-8")):
            assert (ROOT / target).exists(), f"{name}: {target}"


def test_no_shipped_file_names_a_machine_path_or_a_registry() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    needles = [f"/{folder}/".encode() for folder in ("work", "farm")] + [b"pypi" + b".org", b"python" + b"hosted"]
    for name in filter(None, listed.stdout.decode().split("\0")):
        path = ROOT / name
        body = path.read_bytes() if path.is_file() else b""
        for needle in needles:
            assert not re.search(rb"(?<![\w.])" + re.escape(needle), body), f"{name}: {needle.decode()}"
