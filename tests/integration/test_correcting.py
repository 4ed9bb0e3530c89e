"""A correction is published as any post is, once; and only under a post that is still there."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot import actions, correcting, rescue
from bot.errors import ConfigError, StateError
from bot.store import db, posts
from bot.store.engine import UNIT, make_engine, read_url
from bot.store.states import State
from bot.values import Cause, Content, Identity, Kind, Message, Outcome, OutcomeKind, ReplyTo
from tests.fakes import Lost
from tests.publishing import GRACE, NOT_SENT, PRICE, REFUSED, UNKNOWN, World

LOOKS = (15.0, 60.0, 300.0)
TEXT = "Correction: it is 38%."
DELETED = Outcome(kind=OutcomeKind.SENT)


def published(world: World, *texts: str) -> int:
    post = world.ready(*texts or ("It is 41%.",))
    world.go()
    assert world.state(post) == State.PUBLISHED
    return post


def written(world: World, original: int, words: str = TEXT) -> int:
    """A correction in review without holds: the articles of these tests are too short to say anything."""
    post = correcting.reply(world.bot, original, words)
    world.change(post, lambda row: setattr(row, "holds", ()))
    return post


def ready(world: World, original: int, words: str = TEXT) -> int:
    post = written(world, original, words)
    world.approve(post)
    world.time.pass_(GRACE)
    return post


def above(world: World) -> list[str | None]:
    """What each message the platform took replies to."""
    return [json.loads(body)["after"] for body in world.fake.taken]


# --- what it replies to -------------------------------------------------------------------------


def test_it_replies_to_the_last_message_of_the_thread_and_names_the_first(world: World) -> None:
    published(world, "earlier")
    original = published(world, "one", "two", "three")
    post = written(world, original)
    assert world.post(post).revision.content.reply_to == ReplyTo(post=original, root=Message(id="2"), parent=Message(id="4"))
    assert (world.state(post), world.post(post).kind) == (State.IN_REVIEW, "correction")
    assert f"correction written: post {post}" in world.history(original)


def test_it_is_published_when_approved_and_due_and_not_before(world: World) -> None:
    post = written(world, published(world))
    world.go()
    assert len(world.fake.taken) == 1
    world.approve(post)
    world.go()
    assert len(world.fake.taken) == 1, "the grace time is not over"
    world.later(GRACE)
    world.later(60)
    assert (above(world), world.fake.texts(), world.state(post)) == ([None, "1"], ["It is 41%.", TEXT], State.PUBLISHED)
    assert world.paid() == {"post": 2 * PRICE}


def test_one_of_several_segments_is_a_thread_under_the_post(world: World) -> None:
    post = ready(world, published(world, "one", "two"), "first\n---\nsecond")
    world.go()
    assert (above(world), world.state(post)) == ([None, "1", "2", "3"], State.PUBLISHED)


def test_an_edit_keeps_what_it_replies_to(world: World) -> None:
    original = published(world)
    post = written(world, original)
    before = world.post(post).revision
    assert actions.edit(world.bot, post, "Correction: other words.")
    after = world.post(post).revision
    assert after.content.reply_to == before.content.reply_to is not None


# --- one for an article and account --------------------------------------------------------------


def test_asked_for_again_it_is_written_anew_while_it_waits(world: World) -> None:
    original = published(world)
    post = written(world, original)
    world.approve(post)
    assert correcting.reply(world.bot, original, "Correction: better.") == post
    assert (world.state(post), world.post(post).revision_n) == (State.IN_REVIEW, 2)
    world.later(GRACE)
    assert len(world.fake.taken) == 1, "what was approved is not what it says now"


def test_once_it_is_out_there_is_no_second(world: World) -> None:
    original = published(world)
    post = ready(world, original)
    world.go()
    with pytest.raises(StateError, match=f"on this account already: post {post}, published"):
        correcting.reply(world.bot, original, "Correction: once more.")


def test_a_correction_is_not_corrected(world: World) -> None:
    post = ready(world, published(world))
    world.go()
    with pytest.raises(StateError, match="is a correction itself"):
        correcting.reply(world.bot, post, TEXT)


@pytest.mark.parametrize("state", ["in review", "being taken down", "withdrawn", "deleted in part"])
def test_only_what_is_published_and_there_is_corrected(world: World, state: str) -> None:
    post = world.make("one", "two") if state == "in review" else published(world, "one", "two")
    if state == "being taken down":
        rescue.unwind(world.bot, post)
    elif state != "in review":
        world.fake.deletes = [] if state == "withdrawn" else [DELETED, REFUSED]
        rescue.unwind(world.bot, post)
        (world.go if state == "withdrawn" else world.troubles)()
    with pytest.raises(StateError, match=state.replace(" in part", "")):
        correcting.reply(world.bot, post, TEXT)


def test_a_post_whose_account_is_gone_from_the_configuration_is_not_corrected(world: World) -> None:
    post = published(world)
    world.fakes.clear()
    with pytest.raises(ConfigError, match="not configured any more"):
        correcting.reply(world.bot, post, TEXT)


def test_the_same_words_under_another_post_are_a_duplicate(world: World) -> None:
    first, second = published(world, "one"), published(world, "two")
    world.approve(written(world, first))
    assert "duplicate" in {str(hold.code) for hold in world.post(correcting.reply(world.bot, second, TEXT)).holds}


# --- the post is gone before the correction is sent ---------------------------------------------------------------


def test_under_a_post_that_was_taken_down_in_between_nothing_is_sent(world: World) -> None:
    original = published(world)
    post = ready(world, original)
    rescue.unwind(world.bot, original)
    world.go(only=[original])
    world.go()
    assert (world.fake.deleted, len(world.fake.taken)) == (["1"], 1)
    assert (world.state(post), world.holds(post)) == (State.IN_REVIEW, ["request_mismatch"])
    assert world.post(post).holds[0].detail == f"it replies to post {original}, which is taken down"


def test_nor_while_it_is_being_taken_down_or_is_deleted_in_part(world: World) -> None:
    original = published(world, "one", "two")
    post = ready(world, original)
    rescue.unwind(world.bot, original)
    world.fake.deletes = [DELETED, REFUSED]
    world.go(only=[post])
    assert world.holds(post) == ["request_mismatch"]
    world.troubles()
    world.change(post, lambda row: setattr(row, "holds", ()))
    world.approve(post)
    world.later(GRACE)
    assert "is not there any more" in world.post(post).holds[0].detail
    assert len(world.fake.taken) == 2


def test_no_override_sends_it_into_nowhere(world: World) -> None:
    original = published(world)
    post = ready(world, original)
    rescue.unwind(world.bot, original)
    world.go()
    world.go()
    actions.approve(world.bot, post, override=["request_mismatch"], reason="I want to")
    world.later(GRACE)
    assert (world.state(post), len(world.fake.taken)) == (State.IN_REVIEW, 1)


def test_nor_from_another_account_than_the_post_is_of(world: World) -> None:
    original = published(world)
    post = ready(world, original)
    world.fake.fingerprint, world.fake.identity = "other keys", Identity(handle="other", remote_id="fake-2")
    rescue.verify(world.bot, "fake")
    world.go()
    assert len(world.fake.taken) == 1
    assert world.post(post).holds[0].detail == f"it replies to post {original}, which was sent as another account"


def test_nor_when_the_post_s_rows_are_gone(world: World) -> None:
    original = published(world)
    post = ready(world, original)
    world.sql("update delivery set remote = '[]' where revision_id in (select id from revision where post_id = :post)", post=original)
    world.go()
    assert (world.holds(post), len(world.fake.taken)) == (["request_mismatch"], 1)


def test_a_second_try_asks_again_whether_the_post_is_there(world: World) -> None:
    original = published(world)
    post = ready(world, original)
    world.fake.answers = [NOT_SENT.model_copy(update={"retry_at": world.time.now + timedelta(hours=1)})]
    world.go()
    assert world.state(post) == State.APPROVED
    rescue.unwind(world.bot, original)
    world.later(timedelta(hours=2))
    assert (world.state(post), len(world.fake.taken)) == (State.IN_REVIEW, 1)


def test_what_is_out_of_a_correction_thread_goes_on_though_the_post_is_gone(world: World) -> None:
    original = published(world)
    post = ready(world, original, "first\n---\nsecond")
    world.fake.answers = [None, NOT_SENT.model_copy(update={"retry_at": world.time.now + timedelta(minutes=5)})]
    world.go()
    rescue.unwind(world.bot, original)
    world.go()
    world.later(600)
    assert (world.state(post), above(world)) == (State.PUBLISHED, [None, "1", "2"])


# --- exactly once ----------------------------------------------------------------------------------------------------


def test_a_reply_whose_answer_was_lost_is_looked_up_and_adopted(world: World) -> None:
    world.platform(looks=LOOKS)
    original = published(world)
    post = ready(world, original)
    world.fake.answers = [UNKNOWN]
    world.go()
    assert world.states(post) == ["unknown"]
    world.later(15)
    assert (world.state(post), len(world.fake.called)) == (State.PUBLISHED, 2)
    assert json.loads(world.fake.sought[-1].request)["after"] == "1"
    assert world.post(post).revision.deliveries[0].remote[0].id == "2"


def test_one_that_no_look_finds_is_sent_once_more_as_it_was(world: World) -> None:
    world.platform(looks=LOOKS)
    post = ready(world, published(world))
    world.fake.answers = [Lost(UNKNOWN)]
    world.go()
    for span in (15, 45, 240, 60):
        world.later(span)
    assert (world.state(post), above(world)) == (State.PUBLISHED, [None, "1"])
    assert world.fake.called[1] == world.fake.called[2]


def test_one_that_may_be_out_under_a_post_that_is_gone_meanwhile_is_looked_for_not_sent_again(world: World) -> None:
    world.platform(looks=LOOKS)
    original = published(world)
    post = ready(world, original)
    world.fake.answers = [Lost(UNKNOWN)]
    world.go()
    rescue.unwind(world.bot, original)
    for span in (15, 45, 240, 60, 60):
        world.later(span)
    assert (world.state(post), len(world.fake.taken), world.holds(post)) == (State.IN_REVIEW, 1, ["request_mismatch"])


def test_where_the_platform_refuses_replies_the_correction_fails_and_the_next_try_is_held(world: World) -> None:
    post = ready(world, published(world))
    world.fake.answers = [REFUSED.model_copy(update={"cause": Cause.REPLIES, "detail": "replies are not allowed"})]
    world.go()
    assert (world.state(post), world.account().threads_off) == (State.FAILED, "replies are not allowed")
    rescue.retry(world.bot, post)
    world.later(GRACE)
    assert (world.state(post), world.holds(post), len(world.fake.taken)) == (State.IN_REVIEW, ["threads_off"], 1)


def test_on_an_account_without_threads_it_is_held_from_the_beginning(world: World) -> None:
    original = published(world)
    world.sql("update account set threads_off = 'replies are not allowed'")
    assert "threads_off" in {str(hold.code) for hold in world.post(correcting.reply(world.bot, original, TEXT)).holds}


def test_taking_a_correction_down_leaves_the_post(world: World) -> None:
    original = published(world)
    post = ready(world, original)
    world.go()
    rescue.unwind(world.bot, post)
    world.go()
    assert (world.fake.deleted, world.state(post), world.state(original)) == (["2"], State.WITHDRAWN, State.PUBLISHED)


# --- a database from before -------------------------------------------------------------------------------------------


def test_an_older_database_keeps_its_posts_and_takes_corrections_from_then_on(empty_url: str) -> None:
    engine = make_engine(read_url(empty_url))
    with engine.execution_options(**{UNIT: "upgrade"}).begin() as connection:
        command.upgrade(db._config(connection), "0004")
    with engine.execution_options(**{UNIT: "write"}).begin() as connection:
        for statement in (
            "insert into account (id, name, platform) values (1, 'x', 'x')",
            "insert into article (id, fingerprint, title, dek, body, hidden, faq, image_alt, tail_cut, notes, sample, state, created_at) "
            "values (1, 'f', 'T', '', 'B', '', '[]', '', false, '[]', false, 'drafted', '2026-01-01')",
            "insert into post (id, article_id, kind, account_id, state, revision_n, holds, warnings, duplicates, overrides, priority, attempts, created_at) "
            "values (7, 1, 'faq', 1, 'in_review', 1, '[]', '[]', '[]', '[]', 0, 0, '2026-01-01')",
            """insert into revision (id, post_id, n, "by", content, approval_hash, said_key, created_at) """
            """values (1, 7, 1, 'a', '{"segments":[]}', 'h', 's', '2026-01-01')""",
        ):
            connection.execute(text(statement.replace('{"segments":[]}', '{"segments"\\:[]}')))
    engine.dispose()
    assert db.upgrade(empty_url)[0] == "0004"
    assert db.check(empty_url) == []
    with db.open_store(empty_url) as store:
        with store.read() as session:
            row = posts.get(session, 7)
            assert (row.kind, row.state, row.revision.content) == (Kind.FAQ, State.IN_REVIEW, Content(segments=()))
        with store.write() as session:
            session.execute(text("update post set kind = 'correction'"))
        with pytest.raises(IntegrityError), store.write() as session:
            session.execute(text("insert into event (post_id, at, who, what) values (99, '2026-01-01', 'a', 'b')"))
