"""Leases under any order of acts and any walk of the clock, against a model of a few lines."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from bot import clock
from bot.store import db
from bot.store.models import Account
from tests import leasing


class Leasing(RuleBasedStateMachine):
    """Workers claim, renew and release in any order while time passes: what a simple model of a lease says, the table says."""

    owners = st.sampled_from(["a", "b", "c"])
    lengths = st.sampled_from([1, 10, 60])
    met: ClassVar[set[tuple[str, bool]]] = set()
    """What was tried, and whether it was granted."""

    @initialize()
    def open(self) -> None:
        self.clock = leasing.Clock()
        clock.replace(self.clock)
        self.store = db.open_store("sqlite://")
        self.row = Account(id=1, name="x", platform="x")
        with self.store.write() as session:
            session.add(self.row)
        self.owner: str | None = None
        self.until = leasing.START

    def teardown(self) -> None:
        clock.replace(None)
        if hasattr(self, "store"):
            self.store.close()

    @property
    def runs(self) -> bool:
        return self.owner is not None and self.until > self.clock.time

    @rule(owner=owners, seconds=lengths)
    def claim(self, owner: str, seconds: int) -> None:
        won = not self.runs
        self.met.add(("claim", won))
        assert leasing.claim(self.store, self.row, owner, seconds) is won
        if won:
            self.owner, self.until = owner, self.clock.time + timedelta(seconds=seconds)

    @rule(owner=owners, seconds=lengths)
    def renew(self, owner: str, seconds: int) -> None:
        may = self.runs and owner == self.owner
        self.met.add(("renew", may))
        assert leasing.renew(self.store, self.row, owner, seconds) is may
        if may:
            self.until = self.clock.time + timedelta(seconds=seconds)

    @rule(owner=owners)
    def release(self, owner: str) -> None:
        self.met.add(("release", owner == self.owner))
        assert leasing.release(self.store, self.row, owner) is (owner == self.owner)
        if owner == self.owner:
            self.owner = None

    @rule(seconds=st.integers(-30, 61))
    def time_passes(self, seconds: int) -> None:
        self.clock.pass_by(seconds)

    @invariant()
    def at_most_the_owner_holds(self) -> None:
        if hasattr(self, "store"):
            holders = [owner for owner in ("a", "b", "c") if leasing.holds(self.store, self.row, owner)]
            assert holders == ([self.owner] if self.runs else [])


def test_leases_do_what_a_simple_model_says() -> None:
    run_state_machine_as_test(Leasing, settings=settings(max_examples=25, stateful_step_count=25, deadline=None))
    assert Leasing.met == set(product(("claim", "renew", "release"), (True, False))), "the walks came past every case"
