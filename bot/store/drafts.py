"""Drafts in the store, with what they cost."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.store import models
from bot.values import Drafting, Kind


def save(session: Session, article_id: int, drafting: Drafting, now: datetime) -> dict[Kind, models.Draft]:
    """Store one drafting: a row per kind; its usage is counted once, on the first."""
    rows: dict[Kind, models.Draft] = {}
    for draft in drafting.drafts:
        usage = drafting.usage if not rows else None
        rows[draft.kind] = models.Draft(
            article_id=article_id, kind=draft.kind, variants=draft.variants, drafter=drafting.drafter,
            model=drafting.model, prompt=drafting.prompt, prompt_hash=drafting.prompt_hash,
            calls=usage.calls if usage else 0,
            input_tokens=usage.input_tokens if usage else 0, output_tokens=usage.output_tokens if usage else 0,
            cost_micros=usage.cost_micros if usage else 0, finish_reason=drafting.finish_reason,
            problem=drafting.problem, created_at=now,
        )
        session.add(rows[draft.kind])
    session.flush()
    if rows and drafting.paid is not None:
        session.get_one(models.Spend, drafting.paid).draft_id = next(iter(rows.values())).id
    return rows


def latest(session: Session, article_id: int) -> list[models.Draft]:
    """The drafts of an article, newest first."""
    return list(
        session.scalars(select(models.Draft).where(models.Draft.article_id == article_id).order_by(models.Draft.id.desc()))
    )
