"""Rows for tests of the store, whole except for what a test says; and work that starts at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bot.store.models import Article, Post, Revision
from bot.store.states import ArticleState, State
from bot.values import Content, Kind, Segment

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


def an_article(**other: Any) -> Article:
    row = {
        "fingerprint": "f1", "title": "T", "dek": "", "body": "B", "hidden": "", "faq": (), "image_alt": "", "tail_cut": False,
        "notes": (), "state": ArticleState.QUEUED, "created_at": NOW,
    }
    return Article(**{**row, **other})


def a_post(**other: Any) -> Post:
    row = {
        "kind": Kind.SHORT, "state": State.IN_REVIEW, "revision_n": 1, "holds": (), "warnings": (), "duplicates": (), "overrides": (),
        "created_at": NOW,
    }
    return Post(**{**row, **other})


def a_revision(**other: Any) -> Revision:
    content = Content(segments=(Segment(text="naïve 🙂", length=8, limit=280, has_url=False),))
    return Revision(**{"n": 1, "by": "me", "content": content, "approval_hash": "a", "said_key": "s", "created_at": NOW, **other})


def at_once(*works: Callable[[], None]) -> None:
    """Run them on threads that start together; a failure of one is the test's."""
    gate, failures = threading.Barrier(len(works)), []

    def run(work: Callable[[], None]) -> None:
        gate.wait(10)
        try:
            work()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures, failures
