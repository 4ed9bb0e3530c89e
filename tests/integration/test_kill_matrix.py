"""SIGKILL at every commit, around every socket operation and every call of an adapter, on both databases: nothing doubled, nothing lost.

The points are those that a run passes which nothing kills; a process dies at each of them, and another goes on with what it left.
The table is printed when all cells are done: read it with `-n 0 -s`, or among the dots.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.killing import databases
from tests.killing.child import Shift
from tests.killing.forge import Forge, forge
from tests.killing.matrix import SCENARIOS, Cell, Scenario, Tally
from tests.killing.table import Table
from tests.killing.worlds import BlueskyWorld, World, XWorld
from tests.servers.x import XServer

PARTS = 3
"""Tests per cell, so that the test processes share the work."""
SIDE_BY_SIDE = {"x": 1, "bluesky": 4}
"""Bluesky's server lets each login wait for a third of a second; the stand-in for X has one clock, which is moved."""
ON_POSTGRESQL = re.compile(r" (commit|send|sendall) ")
"""Of its points only these: what else a process does between two commits, the database does not see."""

CELLS = [
    pytest.param(database, scenario, id=f"{database}-{scenario.name.replace(',', '').replace(' ', '-')}", marks=[
        *([pytest.mark.postgres] if database == "postgresql" else []), *([pytest.mark.pds] if scenario.platform == "bluesky" else []),
    ])
    for scenario in SCENARIOS for database in scenario.databases
]


@pytest.fixture(scope="module")
def workshop() -> Iterator[Forge]:
    with forge() as running:
        yield running


@pytest.fixture(scope="module")
def x() -> Iterator[XServer]:
    with XServer() as server:
        yield server


@pytest.fixture
def quick_folder() -> Iterator[Path]:
    """In memory where there is such a place: processes die in these tests, the machine does not."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="bot-killing-", dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize(("database", "scenario"), CELLS)
def test_wherever_it_is_killed_nothing_is_doubled_or_lost(
    request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str], workshop: Forge, quick_folder: Path,
    scenario: Scenario, database: str, part: int,
) -> None:
    tally = Tally(scenario.name, database)
    server = request.getfixturevalue("x" if scenario.platform == "x" else "pds")

    def world(shift: Shift) -> World:
        return XWorld(server, shift, scenario.lag) if scenario.platform == "x" else BlueskyWorld(server, shift)

    with _databases(request, quick_folder, scenario, database) as copies:
        cell = Cell(scenario, database, copies, workshop, world, quick_folder)
        names = [name for name in cell.names() if database == "sqlite" or ON_POSTGRESQL.search(name)]
        with ThreadPoolExecutor(SIDE_BY_SIDE[scenario.platform]) as lanes:
            for _ in lanes.map(lambda name: cell.kill_at(name, tally), names[part::PARTS]):
                pass
    cells = [item for item in request.session.items if item.path == request.node.path]
    table = Table(len(cells)).add(tally)
    if table:
        with capsys.disabled():
            print(table, file=sys.stderr)
    assert tally.points == len(names[part::PARTS]) > 0
    assert not tally.stories, "\n".join(tally.stories)
    assert not scenario.lag or tally.uncertain > 0, "what does not show is for a person"
    assert scenario.platform == "x" or tally.uncertain == 0, "on Bluesky looking settles everything"


def _databases(
    request: pytest.FixtureRequest, folder: Path, scenario: Scenario, database: str
) -> AbstractContextManager[databases.Databases]:
    if database == "sqlite":
        empty = request.getfixturevalue("sqlite_template")
        return databases.files(folder, empty, scenario.platform, scenario.texts, card=scenario.card, new=scenario.new)
    running, template = request.getfixturevalue("postgres_server"), request.getfixturevalue("postgres_template")
    return databases.postgres(running, template, scenario.platform, scenario.texts, card=scenario.card, new=scenario.new)
