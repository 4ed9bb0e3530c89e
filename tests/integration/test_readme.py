"""The README's tour is a real transcript: every command in it is run, and its output compared."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
BEGIN, END = "<!-- tour: checked against the program by tests/integration/test_readme.py -->", "<!-- end of tour -->"
KEYS = {"bot review": "q\n"}
"""What the reader types at a prompt."""

CHANGING = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC|[A-Z][a-z]{2} \d\d:\d\d UTC|\(in \d+ [^)]*\)|[A-Z][a-z]+(?= so far)")
"""Times: they are another's when the reader runs it."""


def _run(command: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-P", "-m", *shlex.split(command)], cwd=folder, input=KEYS.get(command, ""), text=True, timeout=60,
        env={"PATH": os.defpath, "HOME": str(folder), "PYTHONPATH": str(ROOT), "BOT_USER": "ana"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )
    assert "Traceback" not in done.stdout
    return done.stdout


def _tour() -> str:
    return README.read_text().partition(BEGIN)[2].partition(END)[0]


def test_the_tour_is_what_the_program_says(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "bot" / "data", tmp_path / "bot" / "data")
    tour = _tour()
    commands = re.findall(r"^    \$ (.+)$", tour, re.MULTILINE)
    assert len(commands) >= 6
    made = tour
    for block in re.findall(r"(?:^    .*\n|^\n(?=    ))+", tour, re.MULTILINE):
        if "    $ " not in block:
            continue
        lines = []
        for command in re.findall(r"^    \$ (.+)$", block, re.MULTILINE):
            lines += [f"$ {command}", *_run(command, tmp_path).rstrip("\n").splitlines(), ""]
        fresh = "\n".join(f"    {line}".rstrip() for line in lines).strip("\n") + "\n"
        made = made.replace(block.strip("\n"), fresh.strip("\n"), 1)
    if os.environ.get("BOT_UPDATE_DOCS") == "1":
        README.write_text(README.read_text().replace(tour, made))
        tour = made
    assert CHANGING.sub("…", made) == CHANGING.sub("…", tour)


def test_the_readme_s_two_commands_are_those_of_ci() -> None:
    commands = re.findall(r"^    (python3 -m venv .+)$", README.read_text(), re.MULTILINE)
    assert len(commands) == 2
    assert commands[1] in (ROOT / ".ci" / "run").read_text().splitlines()
    assert commands[0].endswith("-m bot run --dry-run")
