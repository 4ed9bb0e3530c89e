"""What is stored of a delivery, held against what its approved post makes: only the equal is sent, or looked for."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from bot.platforms import Platform
from bot.publish.claim import images
from bot.publish.terms import MismatchError
from bot.store import deliveries, models
from bot.store.states import DeliveryState
from bot.values import Content, Fixed, Hold, HoldCode, Image, Request

OLDER = Hold(code=HoldCode.REQUEST_MISMATCH, detail="its stored request is of another version of the program: edit it or draft it again")
OTHER = Hold(code=HoldCode.REQUEST_MISMATCH, detail="its stored request is not what the approved post makes: edit it or draft it again")


MOVED = Hold(code=HoldCode.ACCOUNT, detail="part of it was sent, or may be out, as another account than the credentials are for now")


def made(platform: Platform, delivery: models.Delivery, content: Content, pictures: Mapping[str, Image]) -> tuple[Request, Hold | None]:
    """The request of the delivery (whose `fixed_at` is set), and the hold when what is stored of it is another one.

    Raises MismatchError when the deliveries are not those of the post at all.
    """
    assert delivery.fixed_at is not None
    post, rows = delivery.revision.post, delivery.revision.deliveries
    fixed = Fixed(
        account_id=post.account.remote_id, post=post.id, created_at=delivery.fixed_at,
        sent=tuple(remote.id for row in rows for remote in row.remote if row.state == DeliveryState.SENT),
    )
    requests = platform.deliveries(content, pictures, fixed)
    if [(one.position, one.segments) for one in requests] != [(row.position, row.segments) for row in rows]:
        raise MismatchError("its stored deliveries are not those that the approved post makes")
    request = requests[delivery.position]
    if any(row.sender not in (None, post.account.remote_id) for row in rows):
        return request, MOVED
    if delivery.format != deliveries.FORMAT:
        return request, OLDER
    return request, OTHER if delivery.request not in (None, request.body) else None


def check(session: Session, platform: Platform, delivery: models.Delivery) -> None:
    """Raises MismatchError when what would be looked for is not what was sent: what a look finds, or not, would mean nothing."""
    content = delivery.revision.content
    if delivery.request is None or delivery.fixed_at is None:
        raise MismatchError("the request that was sent is gone")
    hold = made(platform, delivery, content, images(session, delivery.revision))[1]
    if hold is not None:
        raise MismatchError(hold.detail)
