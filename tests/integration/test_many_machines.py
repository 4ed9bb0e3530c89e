"""Many accounts, many posts, many workers: what a pass costs does not grow with what waits, the accounts take turns, a dead worker's go on."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from bot import publish
from bot.store import accounts, aside, db, leases, models, turns
from bot.store.db import Store
from bot.store.models_waiting import WAITING
from bot.store.states import State
from bot.values import Request
from tests.bench import crowd
from tests.fakes import FakePlatform
from tests.publishing import START, UNKNOWN, Time, World
from tests.rows import at_once

LATER = timedelta(days=1)


def a_fake() -> FakePlatform:
    fake = FakePlatform()
    fake.fingerprint = crowd.FINGERPRINT
    return fake


class Fleet:
    """Workers that share one database and one set of accounts, each account on a fake of its own."""

    def __init__(self, store: Store, many: int, *lots: crowd.Lot) -> None:
        crowd.fill(store, many, *lots, now=START)
        self.store, self.fakes = store, {crowd.name(number): a_fake() for number in range(1, many + 1)}
        self.told: list[str] = []

    def go(self, owner: str = "one", store: Store | None = None, **terms: object) -> list[int]:
        how = publish.Terms(owner=owner, **{"lease_seconds": 60, "segment_pause": 0, **terms})  # type: ignore[arg-type]
        return publish.publish_due(store or self.store, self.fakes, how, lambda where, error: self.told.append(f"{where}: {error}"))

    def taken(self) -> list[int]:
        """How many posts went out, by account."""
        return [len(fake.taken) for fake in self.fakes.values()]


@contextmanager
def statements(store: Store) -> Iterator[list[tuple[str, object]]]:
    """Those that run within the block."""
    found: list[tuple[str, object]] = []

    def heard(_connection: object, _cursor: object, statement: str, parameters: object, _context: object, _many: bool) -> None:
        found.append((statement, parameters))

    event.listen(store._engine, "before_cursor_execute", heard)
    try:
        yield found
    finally:
        event.remove(store._engine, "before_cursor_execute", heard)


# --- what it costs --------------------------------------------------------------------------------


def test_a_post_costs_as_many_statements_however_many_wait_on_however_many_accounts(store: Store, time: Time) -> None:
    """The second time, most of them were deleted; what is left is the account's own next post, and its one of tomorrow."""
    fleet = Fleet(store, 300, crowd.Lot(300), crowd.Lot(3000, due=LATER), crowd.Lot(900, "in_review", None), crowd.Lot(900, "published"))
    assert len(fleet.go(most=1)) == 1  # the fakes' first
    many = one_post(fleet)
    with store.write() as session:
        gone = "(select id from post where account_id > 5 or id > 600)"
        for table, which in (("delivery", "revision_id"), ("revision", "post_id"), ("event", "post_id"), ("post", "id")):
            session.execute(text(f"delete from {table} where {which} in {gone}"))
        session.execute(text("delete from account where id > 5"))
    few = one_post(fleet)
    assert many == few
    assert 20 < len(many) < 100


def one_post(fleet: Fleet) -> list[str]:
    """The statements of a pass that sends one post."""
    with statements(fleet.store) as found:
        assert len(fleet.go(most=1)) == 1
    return [" ".join(one.split())[:60] for one, _ in found if not one.startswith(("BEGIN", "PRAGMA"))]


@pytest.mark.parametrize("many", [5, 300])
def test_an_idle_pass_asks_two_things_of_however_many_accounts(store: Store, time: Time, many: int) -> None:
    fleet = Fleet(store, many, crowd.Lot(10 * many, due=LATER))
    with statements(store) as found:
        assert fleet.go() == []
    assert len([one for one, _ in found if not one.startswith(("BEGIN", "PRAGMA"))]) == 2


QUERIES: dict[str, Callable[[Session, turns.Wanted], object]] = {
    "whose turn": lambda session, wanted: turns.pick(session, wanted, START),
    "nobody's turn": lambda session, wanted: turns.pick(session, wanted, START - LATER),
    "what is due": lambda session, wanted: turns.due(session, 3, START, 1, unread=wanted.unread),
    "what is taken down": lambda session, wanted: turns.leaving(session, 3, START, 1),
    "what is to be read": lambda session, wanted: turns.unread(session, wanted, START, 18),
    "what is odd": lambda session, wanted: aside.odd(session, START),
}


@pytest.mark.parametrize("unread", [timedelta(0), timedelta(minutes=10)], ids=["", "pages are read again"])
@pytest.mark.parametrize("what", list(QUERIES))
def test_nothing_walks_over_all_posts_or_articles(store: Store, time: Time, what: str, unread: timedelta) -> None:
    """As the database itself plans it, where most posts are out or due later, and again where all are due."""
    Fleet(store, 20, crowd.Lot(4000), crowd.Lot(4000, due=LATER), crowd.Lot(4000, "published"))
    wanted = turns.Wanted({crowd.name(number) for number in range(1, 21)}, unread=unread)
    with store.write() as session:
        with statements(store) as found:
            QUERIES[what](session, wanted)
        for statement, parameters in found:
            if statement.lstrip().lower().startswith("select") and "clock_timestamp" not in statement:
                walks = planned(session, statement, parameters)
                assert not [line for line in walks if walk(line)], (statement, walks)


def planned(session: Session, statement: str, parameters: object) -> list[str]:
    if session.get_bind().dialect.name == "sqlite":
        return [str(row[-1]) for row in session.connection().exec_driver_sql(f"explain query plan {statement}", parameters)]  # type: ignore[arg-type]
    return [str(row[0]) for row in session.connection().exec_driver_sql(f"explain {statement}", parameters)]  # type: ignore[arg-type]


def walk(line: str) -> bool:
    """Does this step read a table that grows as a whole, or an index that holds all its rows, without saying where?"""
    if "Seq Scan on" in line:
        return any(f"Seq Scan on {table}" in line for table in ("post", "article", "revision"))
    if line.startswith("SCAN "):
        return line.split()[1] in ("post", "article", "revision") and not any(f"ix_post_{name}" in line for name in WAITING)
    return False


def test_names_beyond_what_a_statement_takes_are_no_matter(store: Store, time: Time) -> None:
    fleet = Fleet(store, 3, crowd.Lot(3))
    wanted = turns.Wanted({f"other{number}" for number in range(70_000)} | set(fleet.fakes))
    with store.read() as session:
        assert turns.waits(session, wanted, START)


# --- whose turn it is -----------------------------------------------------------------------------


def test_accounts_take_turns_so_that_a_long_backlog_keeps_nobody_waiting(store: Store, time: Time) -> None:
    fleet = Fleet(store, 4, crowd.Lot(400))
    for taken in ([8, 0, 0, 0], [8, 8, 0, 0], [8, 8, 8, 0], [8, 8, 8, 8], [16, 8, 8, 8]):
        fleet.go(most=5)
        assert fleet.taken() == taken, "the one that waited longest is next, after a turn's worth"
        time.pass_(1)
    assert fleet.told == []


def test_an_unbounded_pass_sends_all_in_the_order_of_each_account(store: Store, time: Time) -> None:
    fleet = Fleet(store, 3, crowd.Lot(60))
    sent: dict[str, list[int]] = {name: [] for name in fleet.fakes}
    done = fleet.go()
    for post in done:
        sent[crowd.name((post - 1) % 3 + 1)].append(post)
    assert sorted(done) == list(range(1, 61))
    assert all(ids == sorted(ids) for ids in sent.values())
    assert fleet.taken() == [20, 20, 20]


def test_what_is_urgent_goes_before_what_is_due_for_longer(store: Store, time: Time) -> None:
    fleet = Fleet(store, 1, crowd.Lot(20))
    with store.write() as session:
        session.execute(text("update post set priority = 1 where id in (15, 12)"))
        session.execute(text("update post set priority = -1 where id = 1"))
        assert turns.due(session, 1, START, 4) == [12, 15, 2, 3]
        assert turns.due(session, 1, START, 50) == [12, 15, *range(2, 12), 13, 14, *range(16, 21), 1]
    assert fleet.go(most=1)[:3] == [12, 15, 2]


def test_posts_that_can_not_be_tried_keep_no_other_from_its_turn(store: Store, time: Time) -> None:
    """Thirty that stay due, whatever is tried, stand before the one that can go."""
    fleet = Fleet(store, 1, crowd.Lot(31))
    with store.write() as session:
        for number in range(1, 31):
            session.execute(
                text("insert into delivery (revision_id, position, segments, format, state, call_ended, looks, resends, tries, remote) "
                     "values (:n, 0, '[0]', 1, 'unknown', true, 0, 0, 0, '[]')"), {"n": number},
            )
    assert fleet.go() == [31]
    assert fleet.go() == []


def test_an_account_that_only_waits_has_no_turn(world: World) -> None:
    """While something is looked for, or while it is paused; it costs nothing then, and has its turn when that is over."""
    world.platform(looks=(15.0,)).visible = False
    world.ready("one")
    world.ready("two")
    world.fake.answers = [UNKNOWN]
    world.go()
    wanted = turns.Wanted({"fake"})
    with world.store.read() as session:
        assert not turns.waits(session, wanted, world.time.now)
        assert turns.waits(session, wanted, world.time.now + timedelta(seconds=15))
    world.pause("tired", world.time.now + timedelta(hours=1))
    with world.store.read() as session:
        assert not turns.waits(session, wanted, world.time.now + timedelta(seconds=15))
        assert turns.waits(session, wanted, world.time.now + timedelta(hours=1))


# --- many workers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [2, 4])
def test_workers_share_the_accounts_and_none_is_starved(database_url: str, store: Store, time: Time, workers: int) -> None:
    fleet = Fleet(store, 12, crowd.Lot(240))
    served: Counter[str] = Counter()
    stores = [db.open_store(database_url) for _ in range(workers)]

    def work(owner: str, own: Store) -> None:
        for _ in range(3):
            served[owner] += len(fleet.go(owner, own, most=8))

    at_once(*(lambda owner=f"w{number}", own=own: work(owner, own) for number, own in enumerate(stores)))  # type: ignore[misc]
    for own in stores:
        own.close()
    assert fleet.told == []
    assert sum(served.values()) == sum(fleet.taken()) == 24 * workers
    assert set(served.values()) == {24}, "each worker found work at each pass"
    assert len([count for count in fleet.taken() if count]) >= min(12, 3 * workers) - 2, "they did not all sit on the first accounts"
    left = fleet.go()
    assert len(left) == 240 - 24 * workers
    assert fleet.taken() == [20] * 12


@pytest.mark.postgres
def test_two_workers_that_ask_at_the_same_moment_are_given_two_accounts(postgres: str, time: Time) -> None:
    with db.open_store(postgres, upgrade=True) as one, db.open_store(postgres) as other:
        fleet = Fleet(one, 3, crowd.Lot(9))
        wanted = turns.Wanted(set(fleet.fakes))
        with one.write() as session:
            first = turns.pick(session, wanted, START)
            found: list[object] = []

            def ask() -> None:
                with other.write() as session:
                    found.append(turns.pick(session, wanted, START))

            at_once(ask)
        assert (first, found) == ((1, "a0001"), [(2, "a0002")])


def test_a_dead_worker_s_account_comes_first_when_its_lease_has_ended(store: Store, time: Time) -> None:
    fleet = Fleet(store, 5, crowd.Lot(50))

    def dies(request: Request) -> None:
        raise KeyboardInterrupt

    fleet.fakes["a0002"].before_send = dies
    with pytest.raises(KeyboardInterrupt):
        fleet.go("dead", most=10)
    with store.write() as session:  # what its end gave back was never given back
        assert leases.claim(session, models.Account, 2, "dead", 60)
    fleet.fakes["a0002"].before_send = lambda request: None
    time.pass_(59)
    fleet.go("other", most=1)
    assert fleet.taken() == [8, 0, 8, 0, 0]
    time.pass_(2)
    with store.write() as session:
        assert turns.pick(session, turns.Wanted(set(fleet.fakes)), time.now) == (2, "a0002")
    fleet.go("other", most=1)
    with store.read() as session:
        row = accounts.get(session, "a0002")
        taken_over = session.get_one(models.Post, 2)
        assert (row.lease_owner, taken_over.state) == (None, State.UNCERTAIN)


def test_the_posts_of_an_account_stay_in_order_whoever_sends_them(database_url: str, store: Store, time: Time) -> None:
    fleet = Fleet(store, 2, crowd.Lot(80))
    order: dict[str, list[int]] = {name: [] for name in fleet.fakes}
    for name, fake in fleet.fakes.items():
        fake.deliveries = numbered(fake)  # type: ignore[method-assign]
        fake.before_send = lambda request, name=name: order[name].append(json.loads(request.body)["post"])  # type: ignore[misc]
    with db.open_store(database_url) as other:
        at_once(*(lambda owner=owner, own=own: [fleet.go(owner, own) for _ in range(3)] for owner, own in (("one", store), ("two", other))))  # type: ignore[misc,arg-type]
    fleet.go()
    assert order == {"a0001": list(range(1, 80, 2)), "a0002": list(range(2, 81, 2))}


def numbered(fake: FakePlatform) -> Callable[..., tuple[Request, ...]]:
    """Requests that say which post they are of."""
    def deliveries(content: object, images: object, fixed: object) -> tuple[Request, ...]:
        return (Request(position=0, segments=(0,), body=json.dumps({"post": getattr(fixed, "post", 0)})),)

    return deliveries
