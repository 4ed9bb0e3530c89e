"""The publish stage: each approved post goes out once. The order of steps is what makes that true.

    take over  what a dead sender left is unknown: it may be out
    look       unknown is looked for, never sent again blindly; the account waits until that is over
    claim      under the account's lease: approved, due, unchanged since approval → publishing, deliveries written
    upload     images, before anything is promised
    intend     one transaction: lease still ours, exact request stored, `sending`. Commit. Only then the socket opens
    send       once, by the adapter, which never retries
    conclude   one transaction: the outcome, and the move it calls for. Whatever is not a clear answer is `unknown`
    unwind     what a person wants taken down, newest message first

Only what is proven not sent is tried again; a short wait is sat out here, a longer one is written down (`due_at`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace

from bot import clock
from bot.deadline import Left
from bot.errors import StoreError, Tell, told
from bot.platforms import Platform
from bot.publish.known import known
from bot.publish.leaving import leavable
from bot.publish.look import take_over
from bot.publish.odd import or_aside, readable, stranded, without_account
from bot.publish.terms import UNREADABLE, Budget, Terms, never
from bot.publish.turn import Turn
from bot.store import accounts, aside, deliveries, earlier, leases, models, turns
from bot.store.db import Store

__all__ = ["Budget", "Terms", "prepare", "publish_due"]


def publish_due(
    store: Store, platforms: Mapping[str, Platform], terms: Terms, tell: Tell, only: Collection[int] | None = None
) -> list[int]:
    """Publish what is approved and due (or of that only some posts), the accounts in turn, and take down what is to be.

    All of it, unless `terms` bound the pass. Returns the ids of the posts it worked on; `tell` is told of each account or post
    that could not be served. Accounts without a platform here (preview-only, or gone from the configuration) and paused ones
    keep their posts as they are.
    """
    done: dict[int, None] = {}
    terms = replace(terms, tell=tell)
    with store.read() as session:
        now = clock.now(session)
        odd = aside.odd(session, now, only)
        wanted = turns.Wanted(set(platforms), only, terms.unread, also=list(odd.posts))
        waits = turns.waits(session, wanted, now)
        strange = accounts.names(session, odd.accounts)
    for account_id, name in strange.items():
        if name is not None and name in platforms and readable(store, account_id, name, tell):
            with told(tell, name, passing=()):
                stranded(store, account_id, only)
    without_account(store, odd.lost, tell)
    names, tried = set(platforms), defaultdict[int, tuple[set[int], set[int]]](lambda: (set(), set()))
    ends = clock.monotonic() + terms.longest
    while waits and not terms.stopping() and len(done) < terms.most and clock.monotonic() < ends:
        found = _take(store, replace(wanted, names=names), terms, tell)
        if found is None:
            break
        account_id, name = found
        names.discard(name)
        with leases.given_back(store, models.Account, account_id, terms.owner), told(tell, name, passing=()):
            platform = _leavable(platforms[name], terms)
            if not readable(store, account_id, name, tell) or not _ready(store, account_id, platform, terms, tell):
                continue
            turn = Turn(store, platform, account_id, terms, tell, only, done, *tried[account_id])
            if turn.run(odd.posts.pop(account_id, ())):
                names.add(name)  # it has more to do, after the others
    return list(done)


def prepare(store: Store, platforms: Mapping[str, Platform], terms: Terms, tell: Tell) -> None:
    """Have what each of these accounts said before this database read now, if it was not, so that review can show what repeats it.

    `tell` is told of each account that does not answer; publishing asks again before its first post.
    """
    terms = replace(terms, tell=tell)
    with store.read() as session:
        unread = earlier.unread(session, platforms, clock.now(session))
    for account_id, name in unread.items():
        if not terms.stopping() and readable(store, account_id, name, tell):
            with leases.held(store, models.Account, account_id, terms.owner, terms.lease_seconds) as ours, told(tell, name, passing=()):
                if ours:
                    _ready(store, account_id, _leavable(platforms[name], terms), terms, tell)


def _take(store: Store, wanted: turns.Wanted, terms: Terms, tell: Tell) -> tuple[int, str] | None:
    """The account whose turn it is, its lease taken; None when no account that can be had has anything to do."""
    names = set(wanted.names)
    while True:
        found = None
        try:
            with store.write() as session:
                found = turns.pick(session, replace(wanted, names=names), clock.now(session))
                if found is None:
                    return None
                if leases.claim(session, models.Account, found[0], terms.owner, terms.lease_seconds):
                    turns.served(session, found[0], clock.now(session))
                    return found
        except UNREADABLE:
            if found is None or readable(store, *found, tell):
                raise
        names.discard(found[1])


def _ready(store: Store, account_id: int, platform: Platform, terms: Terms, tell: Tell) -> bool:
    """Take over what a dead sender left; then: may this account publish now, and whose is it?"""
    with store.read() as session:
        orphans = deliveries.orphans(session, account_id)
    for delivery_id, post_id in orphans:
        with told(tell, f"post {post_id}", passing=StoreError), or_aside(store, post_id):
            take_over(store, platform, account_id, delivery_id, terms)
    with store.read() as session:
        account = session.get_one(models.Account, account_id)
        if accounts.paused(account, clock.now(session)):
            return False
    try:
        return known(store, account_id, platform, terms)
    except Left:
        return False


def _leavable(platform: Platform, terms: Terms) -> Platform:
    return platform if terms.stopping is never else leavable(platform, terms.stopping)
