"""Only what was approved is sent, and what is stored must still say so: else it is held with the reason, never sent, never deleted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot import clock, rescue
from bot.errors import HoldError
from bot.store import posts
from bot.store.states import State
from bot.values import Hold, HoldCode
from tests.fakes import sent
from tests.publishing import GRACE, NOT_SENT, UNKNOWN, World


def waiting(world: World, *texts: str, out: int = 0) -> int:
    """A post whose next delivery was tried, proven not sent, and is due again; so many of its segments are out."""
    post = world.ready(*texts)
    later = NOT_SENT.model_copy(update={"retry_at": world.time.now + timedelta(minutes=10)})
    world.fake.answers = [*(sent(n + 1) for n in range(out)), later]
    world.go()
    world.time.pass_(600)
    return post


def test_a_hold_that_came_after_approval_stops_it(world: World) -> None:
    post = world.ready("one")
    with world.store.write() as session:
        reason = Hold(code=HoldCode.ARTICLE_CHANGED, detail="the headline changed")
        posts.hold(session, posts.get(session, post), reason, who="test", now=clock.now(session))
    world.go()
    assert (world.fake.called, world.state(post)) == ([], State.IN_REVIEW)
    with pytest.raises(HoldError):
        world.approve(post)


def test_a_text_that_is_not_the_approved_one_is_held(world: World) -> None:
    post = world.ready("one")
    world.sql("update revision set content = replace(content, 'one', 'won')")
    world.go()
    assert (world.fake.called, world.state(post), world.holds(post)) == ([], State.IN_REVIEW, ["request_mismatch"])


def test_an_approval_of_something_else_is_held(world: World) -> None:
    post = world.ready("one")
    world.sql("update post set approved_hash = 'another'")
    world.go()
    assert (world.fake.called, world.state(post), world.holds(post)) == ([], State.IN_REVIEW, ["request_mismatch"])


def test_a_changed_text_stops_a_thread_that_is_partly_out(world: World) -> None:
    post = waiting(world, "one", "two", out=1)
    world.sql("update revision set content = replace(content, 'two', 'too')")
    world.go()
    assert (world.fake.texts(), world.state(post), world.holds(post)) == (["one"], State.STOPPED, ["request_mismatch"])
    rescue.resume(world.bot, post)
    world.go()
    assert (world.fake.texts(), world.state(post)) == (["one"], State.STOPPED), "not even when it is resumed"
    rescue.unwind(world.bot, post)
    world.go()
    assert (world.fake.deleted, world.state(post)) == (["1"], State.WITHDRAWN)


EDITS = {
    "request": "update delivery set request = replace(request, 'three', 'free') where request is not null",
    "format": "update delivery set format = 0",
    "segments": "update delivery set segments = '[1]' where position = 0",
}


@pytest.mark.parametrize("edit", list(EDITS))
def test_a_stored_request_that_is_not_the_post_s_is_never_sent(world: World, edit: str) -> None:
    post = waiting(world, "three", "four")
    world.sql(EDITS[edit])
    world.troubles()
    world.time.pass_(timedelta(days=1))
    world.troubles()
    assert (len(world.fake.called), world.fake.taken) == (1, [])
    assert (world.state(post), world.holds(post)) == (State.IN_REVIEW, ["request_mismatch"])
    assert world.delivery(post).state == "pending", "and nothing is deleted"


@pytest.mark.parametrize("edit", ["request", "format"])
def test_a_stored_request_that_is_not_the_post_s_stops_the_thread(world: World, edit: str) -> None:
    post = waiting(world, "one", "three", out=1)
    world.sql(EDITS[edit])
    world.troubles()
    world.later(timedelta(days=1))
    assert (world.fake.texts(), world.state(post), world.holds(post)) == (["one"], State.STOPPED, ["request_mismatch"])


BREAKS = {
    "its text": "update revision set content = '{}' where post_id = :post",
    "its deliveries": "update delivery set remote = '[{' where id = (select min(d.id) from delivery d join revision r on r.id = d.revision_id where r.post_id = :post)",
    "its holds": "update post set holds = 'none' where id = :post",
}


@pytest.mark.parametrize("broken", list(BREAKS))
@pytest.mark.parametrize("stage", ["approved", "looked for", "sender died", "partly out"])
def test_a_row_that_can_not_be_read_is_set_aside_and_does_not_hold_up_the_others(world: World, broken: str, stage: str) -> None:
    fake = world.platform(looks=(15.0,))
    post = world.ready("one", "two")
    if stage == "looked for":
        fake.answers = [UNKNOWN]
        world.go()
    elif stage == "sender died":
        fake.answers = [KeyboardInterrupt()]
        with pytest.raises(KeyboardInterrupt):
            world.go()
    else:
        later = NOT_SENT.model_copy(update={"retry_at": world.time.now + timedelta(minutes=10)})
        fake.answers = [sent(1), later] if stage == "partly out" else [later]
        world.go()
        world.time.pass_(600)
    out = list(fake.texts())
    world.sql(BREAKS[broken], post=post)
    sound = world.make("three")
    world.approve(sound)
    world.time.pass_(GRACE)
    for _ in range(3):
        world.troubles()
        world.time.pass_(60)
    assert (fake.texts(), world.state(sound)) == ([*out, "three"], State.PUBLISHED)
    with world.store.read() as session:
        from sqlalchemy import text

        state, holds = session.execute(text("select state, holds from post where id = :post"), {"post": post}).one()
        assert "request_mismatch" in holds
        expected = {"approved": "in_review", "partly out": "stopped"}.get(stage, "uncertain")
        assert state == expected
        assert session.scalar(text("select count(*) from delivery d join revision r on r.id = d.revision_id where r.post_id = :post"), {"post": post}) == 2
    assert world.troubles() == [], "and it is told once"
