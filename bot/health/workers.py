"""Checks of the workers: is one there, did one die or stand still, and what did a dead one leave behind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import exists, or_, select

from bot.health.finding import Finding, Level, Look, at, counted, span
from bot.store import models, workers
from bot.store.states import ArticleState, State

BEAT = 30.0
"""Seconds between the beats of a worker."""
SILENT = timedelta(seconds=3 * BEAT + 10)
"""After that it is dead, or its machine is."""
STILL = timedelta(minutes=15)
"""A pass that does not get on for so long hangs: every single call ends far sooner."""
REPLACED = timedelta(days=1)
"""So long is told that one of several died."""
PATIENCE = timedelta(minutes=1)
"""How long after its end a lease may wait for somebody who takes it over."""


def alive(look: Look) -> Iterator[Finding]:
    """Somebody works, and gets on."""
    rows = [row for row in workers.listed(look.session) if row.stopped_at is None]
    there = [row for row in rows if row.beat_at > look.now - SILENT]
    still = [row for row in there if row.moved_at is not None and row.moved_at < look.now - STILL]
    for row in still:
        told = f"the worker on {row.host} (process {row.pid}) is in a pass that does not get on since {at(row.moved_at or look.now)}"
        yield Finding("worker", Level.RED, told, "restart it; nothing is lost or doubled by that")
    if there:
        # One that was started again on its host is no news.
        dead = [row for row in rows if row not in there and row.beat_at > look.now - REPLACED and not any(one.host == row.host for one in there)]
        if dead:
            told = f"{counted(len(dead), 'worker')} died ({dead[0].host}, silent since {at(dead[0].beat_at)}); {counted(len(there), 'other works', 'others work')} on"
            yield Finding("worker", Level.YELLOW, told, "start it again, or take that machine for gone")
    elif rows:
        last = rows[0]
        told = f"no worker is alive: the one on {last.host} (process {last.pid}) is silent for {span(look.now - last.beat_at)}"
        yield Finding("worker", Level.RED, told, "start it again: bot worker")
    elif _wanted(look):
        yield Finding("worker", Level.YELLOW, "no worker runs, and there is work for one", "bot worker (or bot run, from cron)")


def _wanted(look: Look) -> bool:
    post, article, source = models.Post, models.Article, models.Source
    approved = exists(select(post.id).where(or_(post.state.in_([State.APPROVED, State.PUBLISHING]), post.unwind_at.is_not(None))))
    queued = exists(select(article.id).where(article.state == ArticleState.QUEUED))
    polled = exists(select(source.id).where(~source.off))
    return bool(look.session.scalar(select(or_(approved, queued, polled))))


def leases_stale(look: Look) -> Iterator[Finding]:
    """Leases that a dead worker left, and those from before the clock was set back."""
    found = workers.stale_leases(look.session, look.now, PATIENCE)
    ahead = [one for one in found if one.until > look.now]
    ended = [one for one in found if one.until <= look.now]
    if ended:
        one = ended[0]
        told = f"{counted(len(ended), 'lease')} of a dead worker: {one.what} {one.row}, left by {one.owner} at {at(one.until)}"
        yield Finding("leases", Level.RED, told, "a running worker takes them over: bot worker")
    if ahead:
        one = ahead[0]
        told = f"{one.what} {one.row} is taken by {one.owner} until {at(one.until)}; was the clock set back?"
        remedy = "if no worker is at it: bot unpause ACCOUNT" if one.what == "account" else "it is free then"
        yield Finding("leases", Level.RED, told, remedy)
