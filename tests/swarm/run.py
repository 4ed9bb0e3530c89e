"""One run of the swarm, from the making of its posts to the count of what stands: the platforms and the conductor are this process."""

from __future__ import annotations

import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import func, select
from tqdm import tqdm

from bot import clock
from bot.accounts import Account
from bot.config import load
from bot.context import Bot
from bot.errors import StoreError
from bot.store import accounts, db, models, posts
from bot.store.db import Store
from bot.store.states import State
from tests.servers.pds import Pds
from tests.swarm.person import Person
from tests.swarm.plan import LEASE, LOOKS, PAUSE, TIMEOUT, Plan, SharedClock
from tests.swarm.platforms import SwarmProxy, SwarmX, Watch, World
from tests.swarm.recovery import LONGEST, Recovery
from tests.swarm.troubles import FORGE, Troubles
from tests.swarm.truth import Message, Verdict, compare, make, on_bluesky

SETTLED_WITHIN = 600.0
"""Seconds that the workers get at the end, in calm, for what is left."""
ARRIVED = 3.5
"""Seconds after which nothing is on its way any more: what a worker that goes on had begun ends within its timeout, and the
platforms decide within 2 s."""
PATIENCE = 1
"""Seconds the conductor waits for a lock in the store: it may be a stopped worker's, and that goes on only by the conductor's hand."""
_OVER = (State.PUBLISHED, State.UNCERTAIN)


@dataclass(frozen=True)
class Size:
    """How much of everything."""

    seed: int
    accounts: int
    posts: int
    workers: int
    seconds: float
    """The troubles last until all posts are published or uncertain, and at most for so long."""
    pace: float = 1.0
    """Factor of the spans between two troubles."""


@dataclass
class Result:
    """What a run came to."""

    lines: list[str]
    wrong: list[str]
    """What must not be."""


def run(size: Size, url: str, pds: Pds | None) -> Result:
    """A whole run against an up-to-date, empty database. No process of it is left when this returns or raises."""
    began = time.monotonic()
    FORGE.set_forkserver_preload(["tests.swarm.worker"])
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="swarm-")))
        watch, world, shared = Watch(size.seed), World(), SharedClock(folder / "clock")
        servers = [stack.enter_context(SwarmX(world, watch, slot)) for slot in range(size.workers)]
        proxy = stack.enter_context(SwarmProxy(pds.url, watch)) if pds else None
        of_slots, ids = _accounts(size, servers, pds, proxy.url if proxy else "")
        settings = load(
            lease_seconds=LEASE, http_timeout=TIMEOUT, segment_pause=PAUSE, x_readback=LOOKS, grace_seconds=0, user="swarm", database_url=url,
        )
        plan = Plan(url, folder / "clock", folder / "log", settings, of_slots)
        clock.replace(shared.now)
        stack.callback(clock.replace, None)
        store = stack.enter_context(db.open_store(url, patience=PATIENCE))
        with store.write() as session:
            for name, account in of_slots[0].items():
                accounts.ensure(session, name=name, platform=account.platform, handle=account.handle)
        bot = Bot(settings, store, of_slots[0], {}, owner="person")
        made = make(bot, random.Random(size.seed), size.posts)

        def messages(name: str) -> list[Message]:
            if pds is not None and of_slots[0][name].platform == "bluesky":
                return on_bluesky(pds, ids[name])
            return [Message(tweet.id, tweet.text, tweet.in_reply_to) for tweet in world.tweets(ids[name])]

        recovery, person = Recovery(store), Person(bot)
        troubles = Troubles(plan, size.workers, watch, shared, random.Random(size.seed + 1), size.pace, recovery.bereft)
        stack.callback(troubles.end)
        with tqdm(total=size.posts, desc="published", unit="posts", disable=None, leave=False) as bar:
            storm = _storm(size, store, troubles, recovery, person, bar)
            recovery.finish()
            troubles.calm()
            watch.stormy = False
            left = _settle(store, troubles, person, shared, messages, bar)
        troubles.end()
        verdict = Verdict()
        published, stored = _stored(store)
        compare(made, published, stored, messages, verdict)
        faults = [line for line in plan.log.read_text().splitlines() if "fault of the program" in line] if plan.log.exists() else []
        return _report(size, store, made, watch, troubles, recovery, person, verdict, faults, storm, left, time.monotonic() - began)


def _accounts(
    size: Size, servers: list[SwarmX], pds: Pds | None, bluesky: str
) -> tuple[tuple[dict[str, Account], ...], dict[str, str]]:
    """Half on X, half on Bluesky; for each worker the same, but for the address of X. And the accounts' ids there."""
    of_slots: tuple[dict[str, Account], ...] = tuple({} for _ in servers)
    ids = {}
    for n in range(size.accounts):
        if pds is not None and n % 2:
            login, name = pds.create_account(), f"bluesky{n:02}"
            account = Account(
                name=name, platform="bluesky", handle=login.handle, service=bluesky, secrets={"app_password": SecretStr(login.password)})
            ids[name] = login.did
            copies = [account for _ in servers]
        else:
            user, name = servers[0].create_account(), f"x{n:02}"
            account = servers[0].account(user, name=name)
            ids[name] = user.user_id
            copies = [account.model_copy(update={"service": server.url}) for server in servers]
        for accounts_of, copy in zip(of_slots, copies, strict=True):
            # Costly by design, and of the credentials: worked out once, for all addresses.
            copy.__dict__["fingerprint"] = account.fingerprint
            accounts_of[name] = copy
    return of_slots, ids


def _storm(size: Size, store: Store, troubles: Troubles, recovery: Recovery, person: Person, bar: tqdm[None]) -> float:
    """Troubles, until all that can be published in them is; returns the seconds they lasted."""
    began = time.monotonic()
    looked = 0.0
    while time.monotonic() - began < size.seconds:
        troubles.tick(stormy=True)
        recovery.poll(troubles.jumped_at, troubles.locked())
        if time.monotonic() - looked > 0.7:
            looked = time.monotonic()
            with suppress(StoreError):  # a stopped worker has the lock
                person.look_after(troubles.owners())
            states = _states(store)
            bar.update(states[State.PUBLISHED] - bar.n)
            if sum(states[state] for state in _OVER) == size.posts:
                break
        time.sleep(0.02)
    return time.monotonic() - began


def _settle(
    store: Store, troubles: Troubles, person: Person, shared: SharedClock, messages: Callable[[str], list[Message]], bar: tqdm[None]
) -> Counter[str]:
    """Calm: the person says what became of the uncertain, time passes for what is due later. Returns the states before."""
    until = time.monotonic() + ARRIVED
    while time.monotonic() < until:  # whatever was on its way has arrived
        troubles.tick(stormy=False)
        time.sleep(0.05)
    before, until = _states(store), time.monotonic() + SETTLED_WITHIN
    while time.monotonic() < until:
        troubles.tick(stormy=False)
        person.look_after(troubles.owners())
        person.settle(messages)
        states = _states(store)
        bar.update(states[State.PUBLISHED] - bar.n)
        if states[State.PUBLISHED] == states.total():
            break
        later = person.next_moment()
        if later is not None:
            shared.put(shared.offset + max(later - shared.now(), timedelta(0)))
        time.sleep(0.3)
    return before


def _states(store: Store) -> Counter[str]:
    with store.read() as session:
        return Counter(dict(session.execute(select(models.Post.state, func.count()).group_by(models.Post.state)).all()))


def _stored(store: Store) -> tuple[set[int], dict[int, list[str]]]:
    """The published posts, and under which ids the store has the messages of each."""
    with store.read() as session:
        stored = {row.id: [remote.id for delivery in row.revision.deliveries for remote in delivery.remote] for row in session.scalars(select(models.Post))}
        return {row for row in stored if posts.get(session, row).state == State.PUBLISHED}, stored


def _report(
    size: Size, store: Store, made: dict[int, tuple[str, list[str]]], watch: Watch, troubles: Troubles, recovery: Recovery, person: Person,
    verdict: Verdict, faults: list[str], storm: float, before: Counter[str], whole: float,
) -> Result:
    with store.read() as session:
        what = Counter(dict(session.execute(select(models.Event.what, func.count()).group_by(models.Event.what)).all()))
        resends = session.scalar(select(func.sum(models.Delivery.resends))) or 0
    uncertain = what["unknown, not to be settled by looking"]
    x = sum(account.platform == "x" for account in troubles.plan.accounts[0].values())
    done, told = troubles.done, ", ".join(f"{did} {n}" for did, n in sorted(person.did.items())) or "nothing"
    lines = [
        f"swarm: seed {size.seed}, {store.dialect}, {size.workers} workers, {size.accounts} accounts ({x} X, {size.accounts - x} Bluesky), "
        f"lease {LEASE} s; {storm:.0f} s of troubles, {whole:.0f} s in all",
        f"posts {len(made)}, segments {sum(len(texts) for _, texts in made.values())}",
        f"kills {done['kill']}, stops past the lease {done['stop']}, clock jumps {done['jump']}, restarts {done['restart']}, "
        f"faults of the platforms {watch.faults.total()} of {len(watch.faults)} kinds",
        f"uncertain {uncertain}, resent after looking {resends}; left when the troubles ended: "
        + (", ".join(f"{state} {n}" for state, n in sorted(before.items()) if state != State.PUBLISHED) or "nothing"),
        f"a person: {told}",
        f"duplicates {verdict.duplicates}, lost {verdict.lost}, threads out of order {verdict.disordered}, messages of no post {verdict.unknown}",
        f"most live deliveries of one account: {watch.most}; met by a write of a worker that had just gone on: {watch.late}",
        f"recovery: {recovery}",
    ]
    wrong = [*verdict.notes, *watch.meetings, *troubles.fallen, *faults]
    if recovery.worst > LONGEST:
        wrong.append(f"an account waited {recovery.worst:.2f} s for another worker")
    if verdict.unknown:
        wrong.append("there are messages of no post")
    return Result(lines, wrong)
