"""What the rules make of the posts that wait, as far as can be told now: nothing is changed here."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import slots
from bot.slots import Place, Rules, Taken
from bot.store import models
from bot.store.planning import LATE, MOVED, OUT
from bot.store.states import State


@dataclass(frozen=True)
class Coming:
    """A post of an account that is approved, and when it goes out."""

    post: int
    at: datetime | None
    """None: its time is over, it will be missed."""
    slot: datetime | None
    due_at: datetime
    """As it is planned now: past, where the next pass plans it anew."""
    why: str | None
    """Why it is later than it was to be."""


def coming(session: Session, account: models.Account, rules: Rules, now: datetime, begin: datetime | None = None) -> list[Coming]:
    """The approved posts of an account, in order of time. Those whose time is past are worked off from `begin` (or now) on."""
    row, start = models.Post, max(now, begin or now)
    rows = session.execute(
        select(row.id, row.due_at, row.slot_at, row.wanted_at, row.earliest_at, row.expires_at, row.priority)
        .where(row.account_id == account.id, row.state == State.APPROVED, row.due_at.is_not(None))
        .order_by(row.priority.desc(), row.due_at, row.id)
    ).all()
    moments = sorted(due for _, due, *_ in rows if due is not None and due > start)
    sent = select(row.out_at).where(row.account_id == account.id, row.state.in_(OUT), row.out_at > start - max(rules.gap, slots.LONGEST_DAY))
    for moment in session.scalars(sent):
        if moment is not None:
            insort(moments, moment)
    taken = {slot for _, _, slot, *_ in rows if slot is not None and slot >= start}
    whys = dict(_whys(session, [number for number, *_ in rows]))
    found = []
    for number, due, slot, wanted, earliest, expires, priority in rows:
        assert due is not None
        place: Place | None = Place(due, slot)
        if due <= start:
            place = _place(rules, number, slot, due, wanted, priority > 0, max(start, earliest or start), Taken(moments, frozenset(taken)))
            if expires is not None and place.at >= expires:
                place = None
            else:
                insort(moments, place.at)
                taken |= {place.slot} if place.slot is not None else set()
        found.append(Coming(number, place.at if place else None, place.slot if place else None, due, whys.get(number)))
    return sorted(found, key=lambda one: (one.at or one.due_at, one.post))


def _place(
    rules: Rules, number: int, slot: datetime | None, due: datetime, wanted: datetime | None, urgent: bool, start: datetime, taken: Taken
) -> Place:
    """As `planning.may_go` will decide, but for what it can not know yet."""
    if wanted is not None and not slots.missed(rules, wanted, None, start):
        return Place(start)
    late = slot is None or not slots.is_slot(rules, slot) or slots.missed(rules, due, slot, start)
    if not rules.slots or urgent or not late:
        return replace(slots.find(rules, start, number, taken, urgent=True) if urgent else slots.find(replace(rules, slots=()), start, number, taken), slot=slot)
    last = slots.last_slot(rules, start) if rules.late_now else None
    if last is not None and all(moment < last for moment in taken.moments if moment <= start) and slots.bar(rules, start, taken) is None:
        return Place(start, last)
    return slots.find(rules, start, number, taken)


def _whys(session: Session, ids: list[int]) -> Iterator[tuple[int, str]]:
    """What was last said of each post that was moved."""
    event = models.Event
    for at in range(0, len(ids), 500):
        query = select(event.post_id, event.why).where(event.post_id.in_(ids[at:at + 500]), event.what.in_((LATE, MOVED))).order_by(event.id)
        yield from ((number, why) for number, why in session.execute(query) if why)
