"""Slots, gap, cap and quiet hours: what is planned at approval, and what becomes of it when things go otherwise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from bot import actions, rescue, scheduling
from bot.errors import StateError, UsageError
from bot.store import models, planning, posts
from bot.store.db import Store
from bot.store.states import State
from tests.publishing import NOT_SENT, Time
from tests.rows import at_once
from tests.slotting import EVERY_THREE_HOURS, Desk

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def desk(store: Store, time: Time) -> Desk:
    """It is Monday the 23rd, 13:00 in Berlin; slots at 9, 12, 15, 18 and 21."""
    return Desk(store, time, slots=EVERY_THREE_HOURS)


def test_each_approval_takes_the_next_free_slot_of_its_account(desk: Desk) -> None:
    made = [desk.planned(f"text {n}") for n in range(4)]
    assert [desk.due(post) for post in made] == ["23 15:00", "23 18:00", "23 21:00", "24 09:00"]
    desk.passes(DAY)
    assert desk.times() == ["23 15:00", "23 18:00", "23 21:00", "24 09:00"]


def test_the_grace_time_comes_before_the_slot(desk: Desk) -> None:
    desk.time.pass_(2 * HOUR - timedelta(seconds=60))
    assert desk.due(desk.planned("a")) == "23 18:00"


def test_a_slot_that_is_taken_back_is_free_again(desk: Desk) -> None:
    first = desk.planned("a")
    actions.unapprove(desk.bot, first)
    assert desk.due(desk.planned("b")) == "23 15:00"


def test_two_approvals_at_once_take_two_slots(desk: Desk) -> None:
    made = [desk.make(f"text {n}") for n in range(6)]
    bot = desk.bot
    at_once(*(lambda post=post: actions.approve(bot, post) for post in made))
    assert sorted(desk.due(post) for post in made) == ["23 15:00", "23 18:00", "23 21:00", "24 09:00", "24 12:00", "24 15:00"]


def test_the_database_refuses_one_slot_for_two_posts(desk: Desk) -> None:
    from sqlalchemy.exc import IntegrityError

    first, second = desk.planned("a"), desk.planned("b")
    slot = desk.post(first).slot_at
    with pytest.raises(IntegrityError):
        desk.change(second, lambda post: setattr(post, "slot_at", slot))


def test_a_backlog_after_two_days_of_downtime_goes_out_slot_by_slot(desk: Desk) -> None:
    made = [desk.planned(f"text {n}") for n in range(20)]
    desk.time.pass_(2 * DAY + 30 * timedelta(minutes=1))  # back on Wednesday, 13:30
    desk.passes(5 * DAY, timedelta(minutes=5))
    assert len(desk.out) == 20
    assert {post for _, post in desk.out} == set(made)
    assert all(after - before >= 3 * HOUR for (before, _), (after, _) in pairwise(desk.out)), "one a slot"
    assert desk.times()[:3] == ["25 15:00", "25 18:00", "25 21:00"]
    assert any("was missed; it goes out" in (event.why or "") for event in desk.post(made[0]).events)


def test_with_late_now_one_post_of_a_backlog_goes_at_once_and_the_others_take_slots(desk: Desk) -> None:
    for n in range(3):
        desk.planned(f"text {n}")
    desk.how["late"] = "now"
    desk.time.pass_(2 * DAY + HOUR / 2)
    desk.passes(12 * HOUR)
    assert desk.times() == ["25 13:30", "25 15:00", "25 18:00"]


def test_what_is_older_than_the_longest_age_is_missed_and_its_words_are_free(desk: Desk) -> None:
    desk.settings["max_age_seconds"] = 6 * 3600
    post = desk.planned("a")
    desk.time.pass_(2 * DAY)
    desk.note()
    assert desk.state(post) == State.MISSED
    assert desk.post(post).slot_at is None
    desk.planned("a")


def test_what_could_only_go_out_after_its_time_is_missed_at_once(desk: Desk) -> None:
    desk.settings["max_age_seconds"] = 90 * 60
    post = desk.planned("a")
    desk.time.pass_(2 * HOUR + HOUR / 2)
    desk.note()
    assert desk.state(post) == State.MISSED
    assert "before the next" in (desk.post(post).events[-1].why or "")


def test_whoever_runs_a_pass_an_hour_at_a_bad_time_loses_no_post(desk: Desk) -> None:
    made = [desk.planned(f"text {n}") for n in range(4)]
    desk.time.pass_(HOUR / 2)
    desk.passes(3 * DAY, HOUR)
    assert {post for _, post in desk.out} == set(made)
    assert all(after - before >= 2 * HOUR for (before, _), (after, _) in pairwise(desk.out))


@pytest.mark.parametrize("why", ["pause", "402"])
def test_a_backlog_after_a_pause_is_worked_off_by_gap_and_cap(store: Store, time: Time, why: str) -> None:
    desk = Desk(store, time, min_gap=3600, daily_cap=5, quiet_hours="22:00-07:00")
    made = [desk.planned(f"text {n}") for n in range(20)]
    assert desk.due(made[-1]) == "26 11:00"
    if why == "pause":
        rescue.pause(desk.bot, "fake")
    else:
        desk.fake.answers = [NOT_SENT.model_copy(update={"pause": "out of credit"})]
    desk.passes(2 * DAY, HOUR / 4)
    assert not desk.out
    seen = rescue.forecast(desk.bot, "fake")
    assert (seen.waiting, seen.now) == (20, 1)
    rescue.unpause(desk.bot, "fake")
    desk.passes(6 * DAY, HOUR / 4)
    assert len(desk.out) == 20
    assert seen.last is not None
    assert abs(desk.out[-1][0] - seen.last) <= HOUR, "as was foretold"
    assert all(after - before >= HOUR for (before, _), (after, _) in pairwise(desk.out))
    days = [told.split()[0] for told in desk.times()]
    assert max(days.count(day) for day in days) == 5
    assert all("07:00" <= told.split()[1] < "22:00" for told in desk.times())


def test_the_gap_is_kept_to_what_really_went_out(store: Store, time: Time) -> None:
    """A little late is waited for, in the same slot; the slot is not lost."""
    desk = Desk(store, time, slots="*/30 * * * *", min_gap=1800)
    made = [desk.planned(f"text {n}") for n in range(2)]
    time.pass_(HOUR / 2 + timedelta(seconds=40))
    desk.note()
    desk.passes(HOUR, timedelta(seconds=20))
    assert [post for _, post in desk.out] == made
    assert desk.out[1][0] - desk.out[0][0] == HOUR / 2


def test_the_posts_of_one_article_are_spread_over_the_accounts(store: Store, time: Time) -> None:
    desk = Desk(store, time, slots="0 * * * *", spread=600)
    desk.platform("other")
    made = [desk.make("one text"), desk.make("quite another wording", account="other")]
    desk.sql("update post set article_id = 1")
    for post in made:
        actions.approve(desk.bot, post)
    assert [desk.due(post) for post in made] == ["23 14:00", "23 14:10"], "both in the slot of two o'clock"
    desk.passes(2 * HOUR)
    assert desk.times() == ["23 14:00", "23 14:10"]


# --- urgent --------------------------------------------------------------------------------------


def test_an_urgent_post_goes_after_its_grace_time_past_slots_and_quiet_hours(store: Store, time: Time) -> None:
    desk = Desk(store, time, slots=EVERY_THREE_HOURS, quiet_hours="12:30-14:00")
    waiting = desk.planned("a")
    urgent = desk.planned("b", urgent=True)
    assert (desk.due(urgent), desk.due(waiting)) == ("23 13:02", "23 15:00")
    desk.passes(HOUR)
    assert desk.times() == ["23 13:02"]


def test_what_an_urgent_post_leaves_no_room_for_moves_back(store: Store, time: Time) -> None:
    desk = Desk(store, time, min_gap=3600, daily_cap=3)
    first, second, third = (desk.planned(f"text {n}") for n in range(3))
    time.pass_(60)
    urgent = desk.planned("news", urgent=True)
    assert desk.due(urgent) == "23 13:03"
    assert [desk.due(post) for post in (first, second, third)] == ["23 16:02", "24 00:00", "23 15:02"], "by the same rules, in their order"
    assert f"post {urgent} goes before it" in (desk.post(first).events[-1].why or "")
    desk.passes(2 * DAY)
    assert len(desk.out) == 4


def test_an_urgent_post_waits_for_a_pause_and_for_the_cap(store: Store, time: Time) -> None:
    desk = Desk(store, time, daily_cap=1)
    desk.planned("a")
    desk.passes(HOUR)
    assert desk.due(desk.planned("b", urgent=True)) == "24 00:00"
    rescue.pause(desk.bot, "fake")
    desk.passes(DAY, HOUR)
    assert len(desk.out) == 1


# --- a person's own time -------------------------------------------------------------------------


def test_a_named_time_stands_and_says_what_it_passes_over(store: Store, time: Time) -> None:
    desk = Desk(store, time, slots=EVERY_THREE_HOURS, quiet_hours="22:00-07:00", min_gap=3600)
    post = desk.planned("a")
    at = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
    assert scheduling.name_time(desk.bot, post, at) == ("the slots", "quiet hours")
    assert "passing over the slots, quiet hours" in (desk.post(post).events[-1].why or "")
    desk.passes(DAY)
    assert desk.times() == ["23 23:30"]


def test_a_named_time_that_was_missed_follows_the_policy(desk: Desk) -> None:
    post = desk.planned("a")
    scheduling.name_time(desk.bot, post, desk.time.now + HOUR)
    desk.time.pass_(6 * HOUR)  # 19:00
    desk.passes(4 * HOUR)
    assert desk.times() == ["23 21:00"]


def test_a_time_that_is_past_or_within_the_grace_time_is_refused(desk: Desk) -> None:
    post = desk.planned("a")
    with pytest.raises(UsageError, match="that time is past"):
        scheduling.name_time(desk.bot, post, desk.time.now)
    with pytest.raises(StateError, match="may not go out before 2026-11-23 12:02"):
        scheduling.name_time(desk.bot, post, desk.time.now + timedelta(seconds=5))
    with pytest.raises(StateError, match="is in review"):
        scheduling.name_time(desk.bot, desk.make("b"), desk.time.now + HOUR)


def test_back_to_the_rules(desk: Desk) -> None:
    post = desk.planned("a")
    scheduling.name_time(desk.bot, post, desk.time.now + HOUR)
    other = desk.planned("b")
    assert desk.due(other) == "23 15:00"
    scheduling.by_rules(desk.bot, post)
    assert desk.due(post) == "23 18:00"


def test_publishing_now_passes_over_the_rules_but_not_the_grace_time(store: Store, time: Time) -> None:
    desk = Desk(store, time, slots=EVERY_THREE_HOURS, daily_cap=1)
    post = desk.planned("a")
    assert scheduling.go_now(desk.bot, post) is None
    time.pass_(180)
    assert scheduling.go_now(desk.bot, post) == ("the slots",)
    desk.note()
    assert desk.times() == ["23 13:03"]


# --- what else may change ------------------------------------------------------------------------


def test_slots_that_were_set_since_govern_what_was_approved_before(store: Store, time: Time) -> None:
    desk = Desk(store, time)
    made = [desk.planned(f"text {n}") for n in range(2)]
    desk.how["slots"] = EVERY_THREE_HOURS
    desk.passes(8 * HOUR)
    assert {post for _, post in desk.out} == set(made)
    assert desk.times() == ["23 15:00", "23 18:00"]


def test_a_failed_post_that_is_tried_again_takes_a_slot(desk: Desk) -> None:
    from tests.publishing import REFUSED

    post = desk.planned("a")
    desk.fake.answers = [REFUSED]
    desk.passes(3 * HOUR)
    assert desk.state(post) == State.FAILED
    rescue.retry(desk.bot, post)
    assert desk.due(post) == "23 18:00"


def test_a_thread_that_is_partly_out_goes_on_whatever_the_rules(store: Store, time: Time) -> None:
    desk = Desk(store, time, slots="0 15 * * *", quiet_hours="15:01-14:00", min_gap=3600)
    post = desk.make("one", "two")
    actions.approve(desk.bot, post)
    desk.time.pass_(2 * HOUR)
    from tests.fakes import sent

    desk.fake.answers = [sent(1), NOT_SENT]
    desk.note()
    desk.passes(timedelta(minutes=5))
    assert desk.state(post) == State.PUBLISHED


def test_without_rules_nothing_is_asked_of_the_database(store: Store, time: Time) -> None:
    from sqlalchemy import event

    desk = Desk(store, time)
    post = desk.planned("a")
    asked: list[str] = []
    with store.read() as session:
        row = posts.get(session, post)
        event.listen(session.get_bind(), "before_cursor_execute", lambda c, cursor, statement, *_: asked.append(statement))
        asked.clear()
        assert planning.may_go(session, row, desk.bot.rules("fake"), time.now)
        assert asked == []


def test_planning_among_many_waiting_posts_is_a_matter_of_milliseconds(store: Store, time: Time) -> None:
    import time as wall

    desk = Desk(store, time, min_gap=60)
    first = desk.planned("a")
    with store.write() as session:
        whole = session.get_one(models.Post, first)
        article = session.get_one(models.Article, whole.article_id)
        copied = {key: getattr(article, key) for key in ("title", "dek", "body", "hidden", "faq", "image_alt", "tail_cut", "notes", "state", "created_at")}
        for n in range(2_000):
            row = models.Article(**copied, fingerprint=f"many{n}")
            session.add(row)
            session.flush()
            session.add(models.Post(
                article_id=row.id, kind="short", account_id=whole.account_id, state=State.APPROVED, revision_n=1, holds=(), warnings=(), duplicates=(),
                overrides=(), created_at=time.now, due_at=time.now + timedelta(seconds=180 + 60 * n),
            ))
    began = wall.perf_counter()
    post = desk.planned("the last")
    assert wall.perf_counter() - began < 2
    assert desk.post(post).due_at == time.now + timedelta(seconds=180 + 60 * 2_000)
