"""What names a post to programs: its ids and states, read without what it says, so that a row changed by hand has them too."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String, select, type_coerce
from sqlalchemy.orm import Session

from bot.store import models


def post(session: Session, post_id: int) -> dict[str, Any]:
    """`post`, `account`, `platform`, `kind`, `state`, and `deliveries`: the ids of those of the revision in force."""
    row, account, delivery = models.Post, models.Account, models.Delivery
    query = select(account.name, account.platform, type_coerce(row.kind, String), type_coerce(row.state, String)).join(row, row.account_id == account.id)
    found = session.execute(query.where(row.id == post_id)).one_or_none()
    if found is None:
        return {"post": post_id}
    revision = select(models.Revision.id).join(row, (row.id == models.Revision.post_id) & (row.revision_n == models.Revision.n)).where(row.id == post_id)
    ids = session.scalars(select(delivery.id).where(delivery.revision_id.in_(revision)).order_by(delivery.position)).all()
    return {"post": post_id, **dict(zip(("account", "platform", "kind", "state"), found, strict=True)), "deliveries": list(ids)}
