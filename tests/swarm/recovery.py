"""How long accounts stay without a worker after theirs was killed or stopped; read from the lease columns, from outside.

Counted from the kill or stop until another worker has the account's lease. Not counted, and told apart: what had nothing to send
by then; what the clock jumped in; and what met a stop in the middle of a transaction: until that process goes on or is killed,
others must wait for its lock (on SQLite everybody; on PostgreSQL whoever needs the same row).
"""

from __future__ import annotations

import statistics
import time
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bot import clock
from bot.errors import StoreError
from bot.store import models
from bot.store.db import Store
from bot.store.states import State
from tests.swarm.plan import LEASE

LONGEST = LEASE + 2.0
"""Seconds within which somebody else must have taken over."""


@dataclass
class _Waiting:
    owner: str
    since: float


class Recovery:
    """Watches the accounts whose worker is gone."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: dict[int, _Waiting] = {}
        self.took: list[float] = []
        self.uncounted: Counter[str] = Counter()

    def bereft(self, owner: str, stopped: bool) -> bool:
        """This worker is gone, or stopped past its lease. True: it was stopped in a transaction."""
        now = time.monotonic()
        with self._store.read() as session:
            moment = clock.now(session)
            rows = session.execute(
                select(models.Account.id).where(models.Account.lease_owner == owner, models.Account.lease_until > moment)
            ).all()
        for (account,) in rows:
            self._waiting[account] = _Waiting(owner, now)
        return stopped and self._locked(rows[0][0] if rows else 0)

    def poll(self, jumped_at: float, locked: bool) -> None:
        """See who has been taken over."""
        if not self._waiting:
            return
        with self._store.read() as session:
            now = time.monotonic()
            moment = clock.now(session)
            owners = dict(session.execute(select(models.Account.id, models.Account.lease_owner)).all())
            due = set(session.scalars(
                select(models.Post.account_id).where(
                    models.Post.state.in_([State.APPROVED, State.PUBLISHING]), models.Post.due_at <= moment)
            ))
            locked = locked or self._stands(session)
        for account, waiting in list(self._waiting.items()):
            if jumped_at >= waiting.since:
                self._over(account, "the clock jumped")
            elif locked:
                self._over(account, "a worker was stopped in a transaction")
            elif owners[account] not in (waiting.owner, None):
                self.took.append(now - waiting.since)
                del self._waiting[account]
            elif owners[account] is None:
                self._over(account, "released")
            elif account not in due:
                self._over(account, "nothing due")

    def finish(self) -> None:
        """What nobody took over until now."""
        now = time.monotonic()
        for account, waiting in list(self._waiting.items()):
            if now - waiting.since > LONGEST:
                self.took.append(now - waiting.since)
            else:
                self.uncounted["the run ended"] += 1
            del self._waiting[account]

    @property
    def worst(self) -> float:
        return max(self.took, default=0.0)

    def __str__(self) -> str:
        left_out = ", ".join(f"{why} {n}" for why, n in sorted(self.uncounted.items()))
        return self._times() + (f"; not counted: {left_out}" if left_out else "")

    def _times(self) -> str:
        if not self.took:
            return "none to be measured"
        times = sorted(self.took)
        ninety_fifth = times[min(int(len(times) * 0.95), len(times) - 1)]
        return (
            f"median {statistics.median(times):.2f} s, 95th percentile {ninety_fifth:.2f} s, longest {times[-1]:.2f} s "
            f"of {len(times)} (allowed: {LONGEST:g} s)"
        )

    def _over(self, account: int, why: str) -> None:
        self.uncounted[why] += 1
        del self._waiting[account]

    def _stands(self, session: Session) -> bool:
        """Does a transaction on PostgreSQL stand still? A worker that goes on waits for no other within one."""
        idle = (
            "select count(*) from pg_stat_activity where datname = current_database() and state = 'idle in transaction' "
            "and state_change < clock_timestamp() - interval '0.5 s'"
        )
        return self._store.dialect == "postgresql" and bool(session.scalar(text(idle)))

    def _locked(self, account: int) -> bool:
        """Does the stopped process hold what everybody needs: SQLite's only writer's place, or the account's row?"""
        try:
            with self._store.write() as session:
                session.execute(select(models.Account.id).where(models.Account.id == account).with_for_update())
                return False
        except StoreError:
            return True
