"""The rules of the house, as tests: floors, types, style, file sizes, and nothing that names where packages came from."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
TOOLS = Path(sys.executable).parent


def _complaints(tool: str, *options: str) -> str:
    """What the tool has to say against the code; nothing when it passes."""
    done = subprocess.run([TOOLS / tool, *options], cwd=ROOT, capture_output=True, text=True, timeout=300)
    return f"{tool}: {done.stdout}{done.stderr}" if done.returncode else ""


def test_imports_point_downward() -> None:
    assert _complaints("lint-imports", "--no-cache") == ""


def test_ruff_has_nothing_to_say() -> None:
    assert _complaints("ruff", "check", "--no-cache", "bot", "tests") == ""


def test_types_are_strict() -> None:
    assert _complaints("mypy") == ""


@pytest.mark.parametrize("path", sorted(ROOT.glob("bot/**/*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_a_room_one_can_look_over(path: Path) -> None:
    lines = path.read_text().splitlines()
    assert len(lines) <= 300
    assert lines[0].startswith('"""'), "its first line says what it does"


def test_lock_files_do_not_say_where_packages_came_from() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        assert "--hash=sha256:" in text
        assert not re.search(r"https?://|index-url|find-links", text)
    for lock in ROOT.glob("tests/servers/*/package-lock.json"):
        assert '"resolved": "http' not in lock.read_text()


def test_the_locked_packages_are_those_of_the_project() -> None:
    """Every dependency that pyproject.toml names is locked, for users and for tests."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    name = re.compile(r"^[A-Za-z0-9-]+")

    def names(requirements: list[str]) -> set[str]:
        return {found.group().lower() for line in requirements if (found := name.match(line))}

    locked = names((ROOT / "requirements.txt").read_text().splitlines())
    locked_dev = names((ROOT / "requirements-dev.txt").read_text().splitlines())
    assert names(project["project"]["dependencies"]) <= locked <= locked_dev
    assert names(project["dependency-groups"]["dev"]) <= locked_dev
