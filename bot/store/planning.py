"""When the posts of an account go out: planned at approval by the account's rules, and asked again when each is claimed.

Whoever plans holds the account's row, after the post's own: two approvals at once take two slots, and the unique index on
(account, slot) would refuse what went past that. Posts of other accounts are never locked here.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, and_, or_, select, type_coerce
from sqlalchemy.orm import Session

from bot import slots
from bot.errors import StateError
from bot.slots import Bar, Place, Rules, Taken
from bot.store import models, posts, said
from bot.store.states import Move, State

WHO = "planner"
"""Who the history names for a post that was moved."""
MOVED, LATE = "moved", "late"
URGENT = 1
"""The priority of an urgent post."""
OUT = (State.PUBLISHING, State.PUBLISHED, State.STOPPED, State.UNCERTAIN, State.ABANDONED, State.WITHDRAWN)
"""States in which something of a post was sent, or may have been."""
_AT_FIRST = 500
"""Planned posts that are looked at; more where there is no place before the last of them."""


def lock(session: Session, account_id: int) -> None:
    """Nobody else plans for this account until the unit ends."""
    session.execute(select(models.Account.id).where(models.Account.id == account_id).with_for_update())


def find(session: Session, post: models.Post, rules: Rules, now: datetime, earliest: datetime, *, urgent: bool = False) -> Place:
    """Where the post would go: the first place from `earliest` on that no other post has. Urgent: planned ones make way."""
    if rules.free:
        return Place(earliest)
    siblings = _siblings(session, post, rules, now)
    limit = _AT_FIRST
    while True:
        taken, horizon = _taken(session, post, rules, now, earliest, limit, firm=urgent)
        try:
            place = slots.find(rules, earliest, post.id, replace(taken, siblings=siblings), urgent=urgent)
        except ValueError as error:
            raise StateError(f"post {post.id}: {error}. Set more BOT_SLOTS, or name its time: bot schedule {post.id} --at T.") from None
        if horizon is None or place.at < horizon - max(rules.gap, slots.LONGEST_DAY):
            return place
        limit *= 4


def put(session: Session, post: models.Post, place: Place) -> None:
    """Give the post its place."""
    post.due_at, post.slot_at = place.at, place.slot
    session.flush()


def make_way(session: Session, post: models.Post, rules: Rules, now: datetime) -> list[int]:
    """Move the planned posts that an urgent post, or one at a time of a person's own, leaves no room for; returns them."""
    assert post.due_at is not None
    moved: list[tuple[models.Post, datetime]] = []
    for other_id in _displaced(session, post, rules, now):
        other = session.scalar(
            select(models.Post).where(models.Post.id == other_id, models.Post.state == State.APPROVED)
            .with_for_update(skip_locked=True).execution_options(populate_existing=True)
        )
        if other is None or other.due_at is None:  # being claimed just now: the rules are asked again there
            continue
        moved.append((other, other.due_at))
        other.due_at, other.slot_at = now, None  # out of each other's way while they are placed anew, in their order
    session.flush()
    for other, before in moved:
        put(session, other, find(session, other, rules, now, before))
        assert other.due_at is not None
        if other.due_at != before:
            other.expires_at = other.expires_at and other.expires_at + (other.due_at - before)
            posts.note(session, other, WHO, MOVED, f"post {post.id} goes before it; it goes out {_said(other.due_at)}", now)
    return [other.id for other, before in moved if other.due_at != before]


def may_go(session: Session, post: models.Post, rules: Rules, now: datetime) -> bool:
    """Asked when an approved post of which nothing is out is claimed: may it go now, by what really went out on the account?

    Else it has another time, or is missed, when this is called; the history says why, unless it is a matter of minutes.
    """
    if rules.free and post.wanted_at is None:
        return True
    if post.wanted_at is not None:
        if not slots.missed(rules, post.wanted_at, None, now):
            return True
        post.wanted_at = None
        return _late(session, post, rules, now, "the time that was named for it")
    out = _out(session, post, rules, now)
    if post.priority > 0:
        barred = slots.bar(rules, now, out, urgent=True)
        return barred is None or _again(session, post, rules, now, f"{barred[0]} would not be kept")
    if not rules.slots:
        barred = slots.bar(rules, now, out)
        return barred is None or _again(session, post, rules, now, f"{barred[0]} would not be kept")
    if post.slot_at is None or not slots.is_slot(rules, post.slot_at):
        return _late(session, post, rules, now, "the account's slots are others now" if post.slot_at else "it had no slot")
    assert post.due_at is not None
    due = max(post.slot_at, min(post.due_at, post.slot_at + slots.TOLERANCE)) if post.attempts else post.due_at
    if slots.missed(rules, due, post.slot_at, now):
        return _late(session, post, rules, now, f"its slot, {_said(post.slot_at)}, was missed")
    barred = slots.bar(rules, now, out)
    if barred is None:
        return True
    if barred[0] in (Bar.GAP, Bar.SPREAD) and not slots.missed(rules, due, post.slot_at, barred[1]):
        post.due_at = barred[1]
        return False
    return _again(session, post, rules, now, f"{barred[0]} would not be kept")


def _late(session: Session, post: models.Post, rules: Rules, now: datetime, why: str) -> bool:
    """By the policy. One that was late once already goes as with `now`, so that whoever runs a pass an hour loses no post."""
    before = select(models.Event.id).where(models.Event.post_id == post.id, models.Event.what == LATE, models.Event.at >= (post.approved_at or now))
    if rules.slots and (rules.late_now or session.scalar(before.limit(1)) is not None):
        last = slots.last_slot(rules, now)
        if last is not None and not _used(session, post, last, now) and slots.bar(rules, now, _out(session, post, rules, now)) is None:
            put(session, post, Place(now, last))
            return True
    elif not rules.slots and slots.bar(rules, now, _out(session, post, rules, now)) is None:
        return True
    return _again(session, post, rules, now, why, LATE)


def _again(session: Session, post: models.Post, rules: Rules, now: datetime, why: str, what: str = MOVED) -> bool:
    """Another place, or none where that would come too late; True in the rare case that the place is now."""
    urgent, before = post.priority > 0, post.due_at
    post.slot_at = None
    session.flush()
    place = find(session, post, rules, now, max(now, post.earliest_at or now), urgent=urgent)
    if post.expires_at is not None and place.at >= post.expires_at:
        posts.move(session, post, Move.MISS, WHO, f"{why}, and its time ends {_said(post.expires_at)}, before the next", now)
        said.release(session, post)
        return False
    put(session, post, place)
    if what == LATE or before is None or place.at - before > slots.TOLERANCE:
        posts.note(session, post, WHO, what, f"{why}; it goes out {_said(place.at)}", now)
    return place.at <= now


def _said(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


# --- what is taken -------------------------------------------------------------------------------


def _others(post: models.Post) -> tuple[ColumnElement[bool], ...]:
    return models.Post.account_id == post.account_id, models.Post.id != post.id


def _went_out(since: datetime) -> ColumnElement[bool]:
    return and_(models.Post.state.in_(OUT), models.Post.out_at > since)


def _sent(session: Session, post: models.Post, rules: Rules, since: datetime) -> list[datetime]:
    """When the account's other posts went out, as far as gap or cap look back."""
    back = max(rules.gap, slots.LONGEST_DAY if rules.cap is not None else timedelta())
    if not back:
        return []
    return _moments(session.scalars(select(_raw(models.Post.out_at)).where(*_others(post), _went_out(since - back))).all())


def _out(session: Session, post: models.Post, rules: Rules, now: datetime) -> Taken:
    """What really went out."""
    siblings = []
    if rules.spread:
        same = select(_raw(models.Post.out_at)).where(models.Post.article_id == post.article_id, models.Post.id != post.id, _went_out(now - rules.spread))
        siblings = _moments(session.scalars(same).all())
    return Taken(sorted(_sent(session, post, rules, now)), frozenset(), sorted(siblings))


def _siblings(session: Session, post: models.Post, rules: Rules, now: datetime) -> list[datetime]:
    """The times of the article's other posts."""
    if not rules.spread:
        return []
    row = models.Post
    same = row.article_id == post.article_id, row.id != post.id
    planned = _moments(session.scalars(select(_raw(row.due_at)).where(*same, row.state == State.APPROVED)).all())
    out = _moments(session.scalars(select(_raw(row.out_at)).where(*same, row.state.in_(OUT))).all())
    return sorted(moment for moment in (*planned, *out) if moment > now - rules.spread)


def _taken(
    session: Session, post: models.Post, rules: Rules, now: datetime, earliest: datetime, limit: int, *, firm: bool
) -> tuple[Taken, datetime | None]:
    """What is out and planned on the account, and up to when all of that is known; None: all. `firm`: only what does not make way."""
    if not rules.bounded:
        return Taken(), None
    row = models.Post
    planned = select(_raw(row.due_at)).where(*_others(post), row.state == State.APPROVED, row.due_at > max(now, earliest - max(rules.gap, slots.LONGEST_DAY)))
    if firm:
        planned = planned.where(or_(row.priority > 0, row.wanted_at.is_not(None)))
    times = _moments(session.scalars(planned.order_by(row.due_at).limit(limit)).all())
    slotted: Sequence[object] = ()
    if rules.slots and not firm:
        query = select(_raw(row.slot_at)).where(*_others(post), row.slot_at >= earliest).order_by(row.slot_at).limit(limit)
        slotted = session.scalars(query).all()
    known = [found[-1] for found in (times, _moments(slotted)) if len(found) == limit]
    moments = sorted([*_sent(session, post, rules, earliest), *times])
    return Taken(moments, frozenset(_moments(slotted))), min(known, default=None)


def _raw(column: Any) -> Any:
    """The column as the driver gives it: a row that somebody changed by hand keeps no other from its place."""
    return type_coerce(column, String)


def _moments(found: Sequence[object]) -> list[datetime]:
    """The times among these; what is none, because somebody changed it by hand, is left out."""
    read = []
    for stored in found:
        with suppress(ValueError):
            moment = stored if isinstance(stored, datetime) else datetime.fromisoformat(str(stored))
            read.append(moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC))
    return read


def _used(session: Session, post: models.Post, slot: datetime, now: datetime) -> bool:
    """Did a post go out since this slot, or is one to?"""
    row = models.Post
    taken = select(row.id).where(*_others(post), or_(row.slot_at == slot, and_(row.state.in_(OUT), row.out_at >= slot)))
    return session.scalar(taken.limit(1)) is not None


def _displaced(session: Session, post: models.Post, rules: Rules, now: datetime) -> list[int]:
    """Which planned posts have to make way, in order of time."""
    at, row = post.due_at, models.Post
    assert at is not None
    span = max(rules.gap, slots.LONGEST_DAY if rules.cap is not None else timedelta())
    if not span:
        return []
    rows = session.execute(
        select(row.id, row.due_at, row.priority, row.wanted_at, row.attempts)
        .where(*_others(post), row.state == State.APPROVED, row.due_at > max(now, at - span), row.due_at < at + span).order_by(row.due_at)
    ).all()
    planned = [(number, due, priority > 0 or wanted is not None or tries > 0) for number, due, priority, wanted, tries in rows if due is not None]
    near = {number for number, due, stands in planned if not stands and abs(due - at) < rules.gap}
    last: list[int] = []
    if rules.cap is not None:
        staying = [*_sent(session, post, rules, at), *(due for number, due, _ in planned if number not in near), at]
        over = slots.on_day(rules, sorted(staying), at) - rules.cap
        that_day = [number for number, due, stands in planned if not stands and number not in near and slots.same_day(rules, due, at)]
        last = that_day[-over:] if over > 0 else []
    return [number for number, *_ in planned if number in near or number in last]


def passed_over(session: Session, post: models.Post, rules: Rules, now: datetime, at: datetime) -> tuple[str, ...]:
    """What of the rules a post that goes out then passes over: the planned posts that make way do not count."""
    taken, _ = _taken(session, post, rules, now, at, _AT_FIRST, firm=True)
    taken = replace(taken, siblings=_siblings(session, post, rules, now))
    alone = (Rules(zone=rules.zone, quiet=rules.quiet), Rules(gap=rules.gap), Rules(spread=rules.spread), Rules(zone=rules.zone, cap=rules.cap))
    found = [barred[0] for rule in alone if (barred := slots.bar(rule, at, taken)) is not None]
    return (*(["the slots"] if rules.slots and not slots.is_slot(rules, at) else []), *map(str, found))
