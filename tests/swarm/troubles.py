"""What happens to the workers: they are killed, stopped past their lease, told to end, and the clock jumps. A seed draws it."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.process import BaseProcess

from tests.swarm.plan import LEASE, Plan, SharedClock
from tests.swarm.platforms import Watch
from tests.swarm.worker import work

FORGE = multiprocessing.get_context("forkserver")
EVERY = {"kill": 3.0, "stop": 8.0, "restart": 8.0, "jump": 9.0}
"""Seconds between two of a kind, on average. One worker that is well is always left, else nobody could take over."""
STOPPED = (LEASE + 2.5, LEASE + 4.0)
"""Seconds a stop lasts: until after the last moment at which somebody else should have taken over."""
STOPPED_LOCKED = LEASE + 0.5
"""The same for a stop in the middle of a transaction, that nobody can take over from before it ends."""
FAR, NEAR = range(-12, 13, 2), 5.0
"""Where the clock may jump: so many hours and up to so many seconds from the true time. So a jump is of up to a day."""
_BORN = 1.0
"""Seconds after which a new worker works."""
_ENDS = 15.0
"""Seconds a worker gets to end by itself."""


@dataclass
class Worker:
    """A running worker process."""

    slot: int
    owner: str
    process: BaseProcess
    born: float
    stopped_until: float | None = None
    ending_until: float | None = None
    locks: bool = False
    """It was stopped in a transaction."""


class Troubles:
    """The workers, and what is done to them. Whoever it is done to is named to `bereft` (its lease is not served any more)."""

    def __init__(
        self, plan: Plan, workers: int, watch: Watch, shared: SharedClock, chance: random.Random, pace: float,
        bereft: Callable[[str, bool], bool],
    ) -> None:
        self.plan, self.watch, self.shared, self._chance, self._pace, self._bereft = plan, watch, shared, chance, pace, bereft
        self.done: Counter[str] = Counter()
        self.fallen: list[str] = []
        """Workers that ended by themselves."""
        self.jumped_at = 0.0
        self._born = 0
        self._absent: dict[int, float] = dict.fromkeys(range(workers), 0.0)
        self.running: dict[int, Worker] = {}
        self._next = {kind: time.monotonic() + self._wait(kind) for kind in EVERY}

    def owners(self) -> set[str]:
        """The workers that are there, stopped ones included."""
        return {worker.owner for worker in self.running.values()}

    def locked(self) -> bool:
        """Is a worker stopped in a transaction? Others may have to wait for it."""
        return any(worker.locks for worker in self.running.values())

    def tick(self, stormy: bool) -> None:
        """Do what it is time for."""
        now = time.monotonic()
        for worker in list(self.running.values()):
            if not worker.process.is_alive():
                self._gone(worker)
            elif worker.stopped_until is not None and now >= worker.stopped_until:
                self._go_on(worker)
            elif worker.ending_until is not None and now >= worker.ending_until:
                self.fallen.append(f"{worker.owner} did not end within {_ENDS:g} s of SIGTERM")
                worker.process.kill()
        for slot, when in list(self._absent.items()):
            if now >= when:
                self._start(slot)
        for kind, when in self._next.items() if stormy else ():
            if now >= when and self._happens(kind):
                self._next[kind] = now + self._wait(kind)

    def calm(self) -> None:
        """No more troubles: stopped workers go on, and the clock is true."""
        for worker in self.running.values():
            if worker.stopped_until is not None:
                self._go_on(worker)
        self.shared.put(timedelta(0))

    def end(self) -> None:
        """End all workers, whatever state they are in; none is left when this returns."""
        for worker in self.running.values():
            if worker.process.is_alive() and worker.stopped_until is None:
                worker.process.terminate()
        until = time.monotonic() + 5
        for worker in self.running.values():
            worker.process.join(max(until - time.monotonic(), 0))
            worker.process.kill()
            worker.process.join(10)
        self.running.clear()

    def _wait(self, kind: str) -> float:
        return self._pace * EVERY[kind] * self._chance.uniform(0.5, 1.5)

    def _start(self, slot: int) -> None:
        self._born += 1
        owner = f"worker-{slot}-{self._born}"
        process = FORGE.Process(target=work, args=(self.plan, slot, owner), name=owner, daemon=True)
        process.start()
        del self._absent[slot]
        self.running[slot] = Worker(slot, owner, process, time.monotonic())

    def _gone(self, worker: Worker) -> None:
        if worker.ending_until is None:
            self.fallen.append(f"{worker.owner} ended by itself ({worker.process.exitcode})")
        elif worker.process.exitcode not in (0, -signal.SIGTERM):  # the signal itself: it came before the worker listened
            self.fallen.append(f"{worker.owner} ended with {worker.process.exitcode} after SIGTERM")
        self._remove(worker)

    def _remove(self, worker: Worker) -> None:
        worker.process.join(10)
        del self.running[worker.slot]
        self._absent[worker.slot] = time.monotonic() + self._chance.uniform(0.1, 1.0)

    def _go_on(self, worker: Worker) -> None:
        assert worker.process.pid is not None
        self.watch.resumed(worker.slot)
        worker.stopped_until, worker.locks = None, False
        os.kill(worker.process.pid, signal.SIGCONT)

    def _happens(self, kind: str) -> bool:
        if kind == "jump":
            self.shared.put(timedelta(hours=self._chance.choice(FAR), seconds=self._chance.uniform(-NEAR, NEAR)))
            self.jumped_at = time.monotonic()
            self.done[kind] += 1
            return True
        well = [worker for worker in self.running.values() if worker.ending_until is None and worker.stopped_until is None]
        if sum(time.monotonic() - worker.born > _BORN for worker in well) < 2:
            return False
        worker = self._chance.choice(well)
        assert worker.process.pid is not None
        self.done[kind] += 1
        if kind == "kill":
            worker.process.kill()
            self._bereft(worker.owner, False)
            self._remove(worker)
        elif kind == "stop":
            os.kill(worker.process.pid, signal.SIGSTOP)
            span, stopped_at = self._chance.uniform(*STOPPED), time.monotonic()
            worker.locks = self._bereft(worker.owner, True)
            worker.stopped_until = stopped_at + (STOPPED_LOCKED if worker.locks else span)
        else:
            worker.process.terminate()
            worker.ending_until = time.monotonic() + _ENDS
        return True
