"""Before an account's first write: whose it is, and what it said before this database. What is not known keeps it from publishing."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from bot import clock
from bot.deadline import Left
from bot.errors import BotError, ConfigError
from bot.platforms import Platform
from bot.publish.terms import UNREADABLE, WORKER, Terms
from bot.store import accounts, earlier, leases, models, posts, spending
from bot.store.db import Store
from bot.values import Outcome, OutcomeKind, Recent

_ASK_AGAIN = timedelta(minutes=5)


def known(store: Store, account_id: int, platform: Platform, terms: Terms) -> bool:
    """Find out what is not known of the account; False when another worker has it by now. Raises BotError, the account paused.

    The caller holds the account's lease.
    """
    with store.read() as session:
        account = session.get_one(models.Account, account_id)
        asked = account.remote_id is not None and account.credentials == platform.fingerprint
    if not asked:
        _identify(store, account_id, platform)
    return _read_earlier(store, account_id, platform, terms)


def _identify(store: Store, account_id: int, platform: Platform) -> None:
    """Know whose account it is before the first write under these credentials. Refused or another's, they pause it."""
    try:
        who = platform.verify()
    except ConfigError as error:
        with store.write() as session:
            accounts.pause(session.get_one(models.Account, account_id), str(error), None, clock.now(session))
        raise
    except BotError as error:  # asked at every pass, a server in trouble would use up the day's logins
        with store.write() as session:
            now = clock.now(session)
            accounts.pause(session.get_one(models.Account, account_id), str(error), now + _ASK_AGAIN, now)
        raise
    with store.write() as session:
        row, now = session.get_one(models.Account, account_id), clock.now(session)
        spending.book(session, row.platform, "verify", who.cost_micros, now)
        if row.remote_id in (None, who.remote_id):
            accounts.identify(row, who, platform.fingerprint)
            return
        reason = (
            f"the credentials belong to @{who.handle} now, and until now it was {'@' + row.handle if row.handle else row.remote_id}; "
            f"if that is meant: bot accounts verify {row.name}"
        )
        accounts.pause(row, reason, None, now)
    raise ConfigError(f"{reason}, then bot unpause {row.name}.")


def _read_earlier(store: Store, account_id: int, platform: Platform, terms: Terms) -> bool:
    """Read the account's newest posts, once for a database: a host that wipes its disk makes the program forget what it said.

    What can not be read pauses the account: for a while when asking again may help, else until a person decides.
    """
    with store.read() as session:
        if session.get_one(models.Account, account_id).said_read_at is not None:
            return True
    with store.write() as session:  # the lease must outlive the reading, which is up to two calls
        row = session.get_one(models.Account, account_id)
        if not leases.renew(session, row, terms.owner, terms.lease_seconds):
            return False
        name, remote_id = row.name, row.remote_id or ""
    recent = _ask(platform, remote_id)
    with store.write() as session:
        row, now = session.get_one(models.Account, account_id), clock.now(session)
        spending.book(session, row.platform, "read", recent.cost_micros, now)
        if not leases.renew(session, row, terms.owner, terms.lease_seconds):
            return False
        if recent.failed is None:
            earlier.keep(session, row, recent.posted, now, ignore=terms.endings.get(name, ()))
        else:
            failed = recent.failed
            final = failed.kind is OutcomeKind.REFUSED or (failed.pause is not None and failed.pause_until is None)
            until = None if final else max(now + _ASK_AGAIN, failed.retry_at or now, failed.pause_until or now)
            reason = f"what it said before could not be read ({failed.detail}); without that: bot unpause {name} --unread"
            accounts.pause(row, reason, until, now)
    if recent.failed is not None:
        raise BotError(f"{reason}.")
    _check_again(store, account_id, terms)
    return True


def _ask(platform: Platform, remote_id: str) -> Recent:
    """An adapter never raises; if one does, the platform could not be asked."""
    try:
        return platform.recent(remote_id)
    except Left:
        raise
    except Exception as error:
        return Recent(failed=Outcome(kind=OutcomeKind.UNKNOWN, detail=f"the program failed while it read ({type(error).__name__})"))


def _check_again(store: Store, account_id: int, terms: Terms) -> None:
    """Hold the posts that wait and repeat what is known now. One at a time; claiming looks again at what was approved before."""
    with store.read() as session:
        name, waiting = session.get_one(models.Account, account_id).name, earlier.waiting(session, account_id)
    for post_id in waiting:
        with suppress(*UNREADABLE), store.write() as session:  # one that can not be read is set aside when it is due
            post = posts.get(session, post_id, lock=True)
            if post.state in earlier.WAITING:
                posts.recheck(session, post, who=WORKER, now=clock.now(session), ignore=terms.endings.get(name, ()))
