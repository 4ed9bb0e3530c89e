"""Rows that can not be read or used any more, mostly because somebody changed them by hand: found, and set aside for a person, unread.

Nothing here sends or deletes, and no lease is needed: what is being sent meanwhile ends as a late answer to a row that is settled.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Update, bindparam, delete, text, update
from sqlalchemy.orm import Session

from bot.store import leases, models, models_waiting
from bot.store.columns import Moment
from bot.store.states import DeliveryState, State
from bot.values import Hold, HoldCode

_HOLDS = TypeAdapter(tuple[Hold, ...])
_MANY = 200
"""So many odd rows are told of in one pass; the rest in the next."""
_ODD = """
select 'post' what, account_id, id from (select account_id, id from post where {strange} order by id limit {many}) posts
union all
select 'lost', account_id, id from (
  with recursive one(account) as (
    select min(account_id) from post where {going}
    union all select (select min(account_id) from post where {going} and account_id > one.account) from one where one.account is not null
  )
  select account account_id, (select min(id) from post where account_id = one.account and {going} and due_at <= :now) id
  from one where account is not null and not exists (select 1 from account whose where whose.id = one.account) limit {many}
) lost where id is not null
union all
select 'account', id, null from account
where (paused_until is not null and ({paused})) or (lease_until is not null and (({leased}) or lease_until > :latest))
"""


@dataclass(frozen=True)
class Odd:
    """Rows that the search for due work does not find, or that can not be worked on."""

    posts: dict[int, list[int]] = field(default_factory=dict)
    """By account id: of a state nobody knows, or without a time, so that they are never due."""
    lost: list[int] = field(default_factory=list)
    """A due post of each account that is not there."""
    accounts: list[int] = field(default_factory=list)
    """With times that nobody can read, or a lease from before the clock was set back."""


def odd(session: Session, now: datetime, only: Collection[int] | None = None) -> Odd:
    """What somebody changed by hand so that it would never be met; cheap, because there is nothing of it as a rule. `only`: these posts."""
    dialect = session.get_bind().dialect.name
    no_time = models_waiting.NO_TIME[dialect]
    query = _ODD.format(
        strange=models_waiting.STRANGE[dialect], going=models_waiting.GOING, many=_MANY, paused=no_time.format(column="paused_until"), leased=no_time.format(column="lease_until"),
    )
    times = [bindparam(name, value, Moment) for name, value in (("now", now), ("latest", now + leases.LONGEST))]
    found = Odd()
    for what, account, post in session.execute(text(query).bindparams(*times)):
        if what == "account":
            found.accounts.append(account)
        elif only is None or post in only:
            found.lost.append(post) if what == "lost" else found.posts.setdefault(account, []).append(post)
    return found


def post(session: Session, post_id: int, why: str, now: datetime, code: HoldCode = HoldCode.REQUEST_MISMATCH) -> None:
    """Hold a post without reading what it says: somebody changed it by hand, and it can not be read.

    What may be out (a delivery of a state nobody knows may be, too) stays for a person to look for, and is not looked for any
    more; what is partly out stops.
    """
    query = text("select d.id, d.state from delivery d join revision r on r.id = d.revision_id where r.post_id = :post")
    states = {int(row[0]): str(row[1]) for row in session.execute(query, {"post": post_id})}
    settled = {str(state) for state in DeliveryState} - {str(DeliveryState.SENDING), str(DeliveryState.UNKNOWN)}
    open_ = [delivery for delivery, state in states.items() if state not in settled]
    change: dict[str, object] = {"holds": (*_kept(session, post_id, code), Hold(code=code, detail=why)), "overrides": (), "due_at": None, "expires_at": None, "slot_at": None}
    if open_:
        change["state"] = State.UNCERTAIN
        _in_bulk(session, update(models.Delivery).where(models.Delivery.id.in_(open_)).values(state=DeliveryState.UNKNOWN, look_at=None))
    elif DeliveryState.SENT in states.values():
        change["state"] = State.STOPPED
    else:
        change |= {"state": State.IN_REVIEW, "approved_hash": None, "approved_by": None, "approved_at": None}
        session.execute(delete(models.Said).where(models.Said.post_id == post_id))
    _in_bulk(session, update(models.Post).where(models.Post.id == post_id).values(change))
    session.add(models.Event(post_id=post_id, at=now, who="publisher", what="set aside", why=why))


def posts_of(session: Session, account_id: int, why: str, now: datetime, code: HoldCode) -> None:
    """Hold all posts of an account that may still go out."""
    waiting = text("select id from post where account_id = :account and state in ('in_review', 'approved', 'missed', 'failed', 'publishing')")
    for number in session.scalars(waiting, {"account": account_id}).all():
        post(session, number, why, now, code)


def leave_up(session: Session, post_id: int, why: str, now: datetime) -> None:
    """End the taking down of a post without reading it."""
    _in_bulk(session, update(models.Post).where(models.Post.id == post_id).values(unwind_at=None))
    session.add(models.Event(post_id=post_id, at=now, who="publisher", what="unwind ended", why=why))


def account(session: Session, account_id: int, why: str) -> None:
    """Pause an account until a person unpauses it, without reading it. Its lease ends: nobody can renew what can not be read."""
    change = {"paused_reason": why, "paused_until": None, "lease_owner": None, "lease_until": None, "served_at": models.NEVER}
    _in_bulk(session, update(models.Account).where(models.Account.id == account_id).values(change))


def _kept(session: Session, post_id: int, but: HoldCode) -> tuple[Hold, ...]:
    """The holds it has, of other codes; none when they can not be read."""
    with suppress(ValidationError):
        stored = session.scalar(text("select holds from post where id = :post"), {"post": post_id})
        return tuple(hold for hold in _HOLDS.validate_json(stored or "") if hold.code is not but)
    return ()


def _in_bulk(session: Session, change: Update) -> None:
    """Rows that were read before are not brought up to date: reading them is what can not be done."""
    session.execute(change.execution_options(synchronize_session=False))
