"""What it costs to take an account's turn and claim its next post, by how many posts wait, are due later, or are out."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path

from bot import clock
from bot.publish.claim import claim
from bot.publish.terms import Terms
from bot.store import aside, db, leases, models, turns
from bot.store.db import Store
from tests.bench import crowd
from tests.fakes import FakePlatform

HEAD = ("database", "posts", "of these", "whose turn", "95 %", "what is due", "95 %", "claim", "95 %", "once a pass: odd rows", "nothing due")
LOTS = {
    "all due": lambda n: [crowd.Lot(n)],
    "1,000 due, the rest later": lambda n: [crowd.Lot(min(n, 1000)), crowd.Lot(n - min(n, 1000), due=timedelta(days=1))],
    "1,000 due, the rest out": lambda n: [crowd.Lot(min(n, 1000)), crowd.Lot(n - min(n, 1000), state="published")],
}
_TIMES = 60


def rows(postgres: Callable[[], AbstractContextManager[tuple[str, int]]], accounts: int, sizes: Sequence[int]) -> Iterator[list[str]]:
    for make in (postgres, _sqlite):
        for size in sizes:
            for what, lots in LOTS.items():
                if size == min(sizes) and what != "all due":
                    continue
                with make() as (url, _):
                    db.upgrade(url)
                    with db.open_store(url) as store:
                        crowd.fill(store, accounts, *(lot for lot in lots(size) if lot.posts))
                        yield [store.dialect, f"{size:,}", what, *_measured(store, accounts)]


@contextmanager
def _sqlite() -> Iterator[tuple[str, int]]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{Path(folder) / 'bot.db'}", 0


def _measured(store: Store, accounts: int) -> list[str]:
    platform = FakePlatform()
    platform.fingerprint = crowd.FINGERPRINT
    terms = Terms(owner="bench", lease_seconds=60, segment_pause=0)
    wanted = turns.Wanted({crowd.name(number) for number in range(1, accounts + 1)})
    turn, due, claimed, odd, idle = ([] for _ in range(5))
    for at in range(_TIMES):
        began = time.perf_counter()
        with store.write() as session:
            found = turns.pick(session, wanted, clock.now(session))
            assert found is not None
            assert leases.claim(session, models.Account, found[0], terms.owner, terms.lease_seconds)
            turns.served(session, found[0], clock.now(session))
        turn.append(time.perf_counter() - began)
        began = time.perf_counter()
        with store.read() as session:
            (post,) = turns.due(session, found[0], clock.now(session), 1)
        due.append(time.perf_counter() - began)
        began = time.perf_counter()
        assert claim(store, platform, found[0], post, terms) is not None
        claimed.append(time.perf_counter() - began)
        if at % 10 == 0:
            for times, act in ((odd, aside.odd), (idle, lambda session, now: turns.waits(session, wanted, now - timedelta(days=400)))):
                with store.read() as session:
                    now, began = clock.now(session), time.perf_counter()
                    act(session, now)
                    times.append(time.perf_counter() - began)
    skipped = slice(5, None)  # statements are compiled, pages are read for the first time
    told = [one for times in (turn, due, claimed) for one in (statistics.median(times[skipped]), sorted(times[skipped])[-3])]
    return [f"{1000 * one:.1f} ms" for one in (*told, statistics.median(odd), statistics.median(idle))]
