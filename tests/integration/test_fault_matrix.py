"""Every call of both platforms, failed in every way: nothing doubled, nothing lost, and each time the state that it should be.

Judged by what really stands on the servers. The table of all cases is shown at the end of the run.
"""

from __future__ import annotations

import math
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

import pytest

from bot.store import db
from tests.matrix import cases, expected, table
from tests.matrix.cases import Case
from tests.matrix.moved import clocks
from tests.matrix.run import Berth, run
from tests.matrix.table import Row
from tests.matrix.world import Verdict
from tests.servers.pds import Pds
from tests.servers.postgres import Server
from tests.servers.proxy import Proxy
from tests.servers.x import XServer

THREADS = 3
"""Cases at a time in one process: many of them wait for a timeout."""
Done = list[tuple[Case, Verdict]]
Play = Callable[..., Done]

TOGETHER = 30
"""Cases in one test, about: the test processes share the tests."""
X = (cases.x_create, cases.x_create_otherwise, cases.x_create_twice, cases.x_timeline, cases.x_me, cases.x_delete)
BLUESKY = (cases.bluesky_write, cases.bluesky_write_twice, cases.bluesky_look, cases.bluesky_delete, cases.bluesky_rest)


def parts(makers: Iterable[Callable[[], Iterator[Case]]]) -> list[object]:
    """Test parameters: every so many-th case, beginning with one of the first, so that slow neighbours part."""
    counted = [(make, math.ceil(len(list(make())) / TOGETHER)) for make in makers]
    return [
        pytest.param(make, part, count, id=f"{make.__name__} {part + 1} of {count}") for make, count in counted for part in range(count)
    ]


@pytest.fixture
def play(tmp_path: Path, sqlite_template: Path, request: pytest.FixtureRequest) -> Iterator[Play]:
    """Runs cases on some threads, and leaves their rows to the table. `databases`: their URLs, one a thread; else fresh SQLite files."""

    def sqlite(number: int) -> str:
        return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / f'{number}.db')}"

    def played(chosen: Iterable[Case], pds: Pds | None = None, database: Callable[[int], str] = sqlite) -> Done:
        done, lock, waiting = [], threading.Lock(), iter(list(chosen))
        failures: list[BaseException] = []

        def next_case() -> Case | None:
            with lock:
                return None if failures else next(waiting, None)

        def work(url: str) -> None:
            try:
                with ExitStack() as stack:
                    proxy = stack.enter_context(Proxy(pds.url)) if pds else None
                    berth = Berth(stack.enter_context(db.open_store(url)), stack.enter_context(XServer()), pds, proxy)
                    while (case := next_case()) is not None:
                        done.append((case, run(case, berth)))
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=work, args=(database(number),)) for number in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]
        rows: list[Row] = [
            (case.row, expected.named(case.meetings[-1].fault), 1, len(found.duplicates), len(found.lost), len(found.wrong)) for case, found in done
        ]
        request.node.user_properties.append((table.PROPERTY, table.summed(rows)))
        return done

    with clocks():
        yield played


def troubles(done: Done) -> list[str]:
    assert done, "no case was run"
    return [line for _, found in done for line in (*found.duplicates, *found.lost, *found.wrong)]


@pytest.mark.parametrize(("make", "part", "count"), parts(X))
def test_on_x_once_whatever_fails(make: Callable[[], Iterator[Case]], part: int, count: int, play: Play) -> None:
    assert troubles(play(islice(make(), part, None, count))) == []


@pytest.mark.pds
@pytest.mark.parametrize(("make", "part", "count"), parts(BLUESKY))
def test_on_bluesky_once_whatever_fails(make: Callable[[], Iterator[Case]], part: int, count: int, play: Play, pds: Pds) -> None:
    from bot.platforms import bluesky_client

    bluesky_client.load()
    assert troubles(play(islice(make(), part, None, count), pds)) == []


@pytest.mark.pds
@pytest.mark.postgres
def test_on_postgresql_once_whatever_fails(play: Play, pds: Pds, postgres_server: Server, postgres_template: str) -> None:
    with ExitStack() as stack:
        urls = [stack.enter_context(postgres_server.database(postgres_template)) for _ in range(THREADS)]
        assert troubles(play(cases.on_postgresql(), pds, urls.__getitem__)) == []


def test_what_x_does_not_show_in_any_look_is_doubled_by_the_resend_as_documented(play: Play) -> None:
    for case, found in play(cases.x_limit()):
        assert (len(found.duplicates), found.lost, found.wrong) == (1, [], []), case.shown
