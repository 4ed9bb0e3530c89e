"""Looking for what may be out: a write without a clear answer is looked up, never sent again blindly."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot import clock
from bot.platforms import Platform
from bot.publish import decide
from bot.publish.decide import Verdict
from bot.publish.outcome import conclude, out, paid
from bot.publish.stored import check
from bot.publish.terms import WORKER, Terms
from bot.store import deliveries, leases, models, posts
from bot.store.db import Store
from bot.store.states import DeliveryState, Move, State
from bot.values import Outcome, OutcomeKind, Sought

_LOST = Outcome(kind=OutcomeKind.UNKNOWN, detail="the program ended while it was being sent", call_ended=False)


def take_over(store: Store, platform: Platform, account_id: int, delivery_id: int, terms: Terms) -> None:
    """A write whose sender died may be out, or still be on its way: it is unknown, and looked for."""
    with store.write() as session:
        if leases.renew(session, session.get_one(models.Account, account_id), terms.owner, terms.lease_seconds):
            delivery = session.get_one(models.Delivery, delivery_id)
            conclude(session, platform, delivery, delivery.started_at, _LOST, clock.now(session))


def look(store: Store, platform: Platform, account_id: int, delivery_id: int, terms: Terms) -> bool:
    """Look for one delivery if it is time to. True: it is still being looked for, and the account waits."""
    with store.read() as session:
        delivery = session.get_one(models.Delivery, delivery_id)
        started_at, look_at = delivery.started_at, delivery.look_at
        if look_at is None or delivery.state != DeliveryState.UNKNOWN:
            return False
        now, ended_at = clock.now(session), delivery.ended_at
        if look_at > now and (ended_at is None or ended_at <= now):
            return True
        check(session, platform, delivery)
        sought = seek(session, delivery)
    if look_at > now:
        return _set_back(store, platform, account_id, delivery_id, terms)
    found = ask(platform, sought)
    with store.write() as session:
        if not leases.renew(session, session.get_one(models.Account, account_id), terms.owner, terms.lease_seconds):
            return True
        delivery = session.get_one(models.Delivery, delivery_id)
        post = posts.get(session, delivery.revision.post_id, lock=True)
        session.refresh(delivery)
        if delivery.state == DeliveryState.UNKNOWN and delivery.started_at == started_at and post.state == State.PUBLISHING:
            _found(session, platform, post, delivery, found, terms, clock.now(session))
        return delivery.look_at is not None


def ask(platform: Platform, sought: Sought) -> Outcome:
    """An adapter never raises; if one does, the platform could not be asked."""
    try:
        return platform.find(sought)
    except Exception as error:
        return Outcome(kind=OutcomeKind.UNKNOWN, detail=f"the program failed while it looked ({type(error).__name__})")


def _set_back(store: Store, platform: Platform, account_id: int, delivery_id: int, terms: Terms) -> bool:
    """The call ended in the future: the clock was set back since. The account does not wait for that time to come again."""
    with store.write() as session:
        if leases.renew(session, session.get_one(models.Account, account_id), terms.owner, terms.lease_seconds):
            delivery, now = session.get_one(models.Delivery, delivery_id), clock.now(session)
            delivery.ended_at = now
            delivery.look_at = delivery.revision.post.due_at = decide.next_look(platform.looks, now, now)
    return True


def seek(session: Session, delivery: models.Delivery) -> Sought:
    """What to look for. `since` is the first intent: an earlier try of the same delivery counts as well."""
    account = delivery.revision.post.account
    since = delivery.fixed_at or delivery.started_at
    assert since is not None
    return Sought(
        request=delivery.request or "", account_id=account.remote_id or "", since=since,
        known=deliveries.known(session, account.id, delivery.id),
    )


def _found(
    session: Session, platform: Platform, post: models.Post, delivery: models.Delivery, found: Outcome, terms: Terms, now: datetime
) -> None:
    """What the look means, and the move that it calls for."""
    ended_at = delivery.ended_at or now
    if found.kind is OutcomeKind.UNKNOWN:
        then = decide.ask_again(found, ended_at, now)
    else:
        delivery.looks += 1
        then = decide.next_look(platform.looks, ended_at, now) or decide.look_missed(platform.looks, delivery.looks, now)
    verdict = decide.after_look(
        found.kind, more=then is not None, repeatable=platform.repeatable, call_ended=delivery.call_ended,
        resends=delivery.resends, may_resend=terms.may_resend and bool(platform.looks),
    )
    paid(session, post.account, found, now)
    if verdict is Verdict.ADOPT:
        out(session, post, delivery, found, "found", now)
        return
    number, said = delivery.position + 1, found.detail or "it is not there"
    posts.note(session, post, WORKER, f"looked for delivery {number}: {verdict}", said, now)
    if verdict is Verdict.LOOK_AGAIN:
        delivery.look_at = post.due_at = then
    elif verdict is Verdict.UNSETTLED:
        delivery.look_at, delivery.detail = None, f"{delivery.detail}; looked: {said}"
        posts.move(session, post, Move.UNSETTLED, WORKER, said, now)
    else:
        deliveries.send_again(delivery, resend=True)
        post.due_at = now if delivery.tries < 2 else now + decide.wait(delivery.tries)
