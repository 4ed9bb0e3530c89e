"""An account over an empty database: what it said before is read first, and holds what repeats it; on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import create_engine, func, inspect, select, text
from sqlalchemy.exc import IntegrityError

from bot import clock, publish, rescue
from bot.errors import BotError, HoldError
from bot.store import accounts, db, earlier, leases, likeness, models, posts, said
from bot.store.db import Store
from bot.store.states import State
from bot.values import Duplicate, HoldCode, Outcome, OutcomeKind, Override, Recent
from tests.fakes import FakePlatform, posted
from tests.publishing import START, World
from tests.rows import at_once

SAID = "AI training servers see 55% growth in the third quarter, the research firm said, while general servers stay flat"
NEARLY = f"{SAID} as inference takes over"
NEARER = "Profits at the harbor company are up again this year, its owner said on the old quay today."
OTHER_NUMBER = SAID.replace("55%", "56%")
THEN = START - timedelta(days=11)
TOLD = f"the same words as https://fake.example/e1 of {THEN:%d %b %Y}"
LATER = Outcome(kind=OutcomeKind.UNKNOWN, detail="no answer in time")
REFUSED = Outcome(kind=OutcomeKind.REFUSED, detail="X does not let this app read the account's timeline (403)")
CREDIT = Outcome(kind=OutcomeKind.UNKNOWN, detail="the X account is out of credit (402)", pause="the X account is out of credit (402)")
PASS = (Override(code=HoldCode.DUPLICATE, reason="a reminder", by="ana"),)


def said_before(*texts: str, cost: int = 0) -> Recent:
    return Recent(posted=tuple(posted(n + 1, one, THEN + timedelta(minutes=n)) for n, one in enumerate(texts)), cost_micros=cost)


def prepare(world: World, owner: str = "one", fake: FakePlatform | None = None) -> list[str]:
    """What is told when a pass asks before it drafts."""
    told: list[str] = []
    terms = publish.Terms(owner=owner, lease_seconds=60, segment_pause=0)
    publish.prepare(world.store, {**world.fakes, **({"fake": fake} if fake else {})}, terms, lambda where, error: told.append(f"{where}: {error}"))
    return told


# --- what is held ---------------------------------------------------------------------------------------------------


def test_what_was_approved_over_the_empty_database_goes_back_to_review(world: World) -> None:
    same, near, new = world.ready(SAID), world.ready(NEARER), world.ready("The council voted on Thursday.")
    world.fake.earlier = [said_before(f"  {SAID.upper()}", "Profits at the harbor company are up again this year, its owner said on the quay.")]
    assert world.go() == [new]
    assert world.fake.texts() == ["The council voted on Thursday."]
    assert [world.state(post) for post in (same, near)] == [State.IN_REVIEW] * 2
    (hold,) = world.post(same).holds
    assert (hold.code, hold.detail) == (HoldCode.DUPLICATE, TOLD)
    assert world.post(same).duplicates == (Duplicate(url="https://fake.example/e1", score=1.0, detail="the same words"),)
    (hold,) = world.post(near).holds
    assert hold.detail == f"0.84 like https://fake.example/e2 of {THEN:%d %b %Y}; only “old”; “today.” is new"
    assert world.history(same)[-1] == "unapprove"


def test_a_thread_that_is_out_holds_the_same_thread_also_after_a_correction(world: World) -> None:
    thread = world.ready("Who rides free? 1/2", "Everyone does. 2/2")
    out = [posted(1, "Who rides free? 1/2", THEN), posted(2, "Everyone does. 2/2", THEN, 1), posted(3, "Correction: not on Sundays.", THEN, 2)]
    world.fake.earlier = [Recent(posted=tuple(out))]
    world.go()
    assert (world.state(thread), world.fake.taken) == (State.IN_REVIEW, [])
    assert world.post(thread).holds[0].detail == TOLD


def test_other_numbers_are_another_post(world: World) -> None:
    world.fake.earlier = [said_before(SAID)]
    post = world.ready(OTHER_NUMBER)
    world.go()
    assert world.state(post) == State.PUBLISHED


def test_a_person_can_let_it_pass_and_then_it_goes_out(world: World) -> None:
    world.fake.earlier = [said_before(SAID)]
    post = world.ready(SAID)
    world.go()
    with pytest.raises(HoldError, match="--override duplicate"):
        world.approve(post)
    world.approve(post, overrides=PASS)
    world.later(timedelta(minutes=5))
    assert world.state(post) == State.PUBLISHED
    with world.store.read() as session:
        rows = session.scalars(select(models.Said).order_by(models.Said.ordinal)).all()
        assert [(row.post_id, row.ordinal) for row in rows] == [(None, 1), (post, 2)], "the first claim was given back"


def test_what_waits_for_review_shows_it_before_anybody_approves(world: World) -> None:
    post = world.make(SAID)
    world.fake.earlier = [said_before(SAID)]
    assert prepare(world) == []
    assert world.holds(post) == [HoldCode.DUPLICATE]
    fresh = world.make(NEARLY)
    assert world.holds(fresh) == [HoldCode.DUPLICATE]
    assert world.fake.called == []


def test_an_approval_that_did_not_know_is_looked_at_again_when_it_is_claimed(world: World) -> None:
    """The pass that read it died before it looked at the posts that wait; or the approval was under way just then."""
    post = world.ready(SAID)
    with world.store.write() as session:
        row = accounts.get(session, "fake")
        earlier.keep(session, row, said_before(SAID).posted, clock.now(session))
    assert world.state(post) == State.APPROVED
    world.go()
    assert (world.state(post), world.fake.called) == (State.IN_REVIEW, [])


def test_one_that_a_person_let_repeat_another_is_no_reason_against_that_one(world: World) -> None:
    first = world.make(SAID)
    world.approve(first)
    second = world.make(SAID)
    world.approve(second, overrides=PASS)
    world.later(timedelta(minutes=5))
    assert [world.state(post) for post in (first, second)] == [State.PUBLISHED] * 2


# --- once, and by whom ----------------------------------------------------------------------------------------------


def test_it_is_read_once_and_paid_once(world: World) -> None:
    world.fake.earlier = [said_before("Good morning", cost=1_000)]
    for number in range(3):
        world.ready(f"number {number}")
        prepare(world)
        world.go(owner=f"worker {number}")
    assert (world.fake.recently, world.paid()["read"], world.account().said_read_at) == (1, 1_000, START + timedelta(seconds=120))


def test_an_account_that_never_said_anything_goes_on_at_once(world: World) -> None:
    post = world.ready("hello")
    world.go()
    assert (world.state(post), world.fake.recently) == (State.PUBLISHED, 1)


def test_a_worker_whose_lease_ended_meanwhile_keeps_nothing_of_it_but_the_bill(world: World) -> None:
    post = world.ready(SAID)

    class Slow(FakePlatform):
        def recent(self, account_id: str) -> Recent:
            world.time.pass_(61)
            return said_before(SAID, cost=1_000)

    assert world.go(fake=Slow()) == []
    assert (world.account().said_read_at, world.state(post), world.paid()) == (None, State.APPROVED, {"read": 1_000})


def test_while_another_worker_asks_nobody_else_does(world: World) -> None:
    world.make("one")
    with world.store.write() as session:
        assert leases.claim(session, models.Account, accounts.get(session, "fake").id, "other", 60)
    assert prepare(world) == []
    assert world.fake.recently == 0


def test_two_who_take_the_same_words_in_the_same_moment_both_end_well(store: Store, world: World) -> None:
    for turn in range(5):
        words = f"{SAID} {turn}"
        post = world.make(words)
        outcomes: list[str] = []
        with store.write() as session:
            assert leases.claim(session, models.Account, accounts.get(session, "fake").id, "one", 60)

        def read(words: str = words, outcomes: list[str] = outcomes) -> None:
            with store.write() as session:
                row = accounts.get(session, "fake")
                assert leases.renew(session, row, "one", 60)
                earlier.keep(session, row, said_before(words).posted, clock.now(session))
            outcomes.append("read")

        def approve(post: int = post, outcomes: list[str] = outcomes) -> None:
            try:
                world.approve(post)
            except (HoldError, IntegrityError):
                outcomes.append("held")
            else:
                outcomes.append("approved")

        at_once(read, approve)
        assert sorted(outcomes) in (["approved", "read"], ["held", "read"])
        with store.write() as session:
            assert leases.release(session, accounts.get(session, "fake"), "one")
        world.later(timedelta(minutes=5))
        assert world.state(post) == State.IN_REVIEW
        assert world.fake.called == []


def test_what_this_database_sent_itself_is_not_kept_twice(world: World) -> None:
    world.ready("hello")
    world.go()
    with world.store.write() as session:
        row = accounts.get(session, "fake")
        mine = posted(9, "hello", START).model_copy(update={"remote": posted(9, "", START).remote.model_copy(update={"id": "1"})})
        assert earlier.keep(session, row, [mine, posted(2, "another", THEN)], clock.now(session)) == 1
        assert session.scalar(select(func.count()).select_from(models.Earlier)) == 1


def test_another_account_s_credentials_have_it_read_anew(world: World) -> None:
    world.ready("hello")
    world.go()
    world.fake.fingerprint, world.fake.identity = "new keys", world.fake.identity.model_copy(update={"remote_id": "fake-2"})  # type: ignore[union-attr]
    rescue.verify(world.bot, "fake")
    assert world.account().said_read_at is None
    world.fake.earlier = [said_before(SAID)]
    post = world.ready(SAID)
    world.go()
    assert world.holds(post) == [HoldCode.DUPLICATE]


# --- when it can not be read ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("failed", [LATER, RuntimeError("a fault")])
def test_nothing_goes_out_blind_and_it_is_asked_again_by_itself(world: World, failed: Outcome | RuntimeError) -> None:
    post = world.ready(SAID)
    world.fake.earlier = [failed if isinstance(failed, RuntimeError) else Recent(failed=failed), said_before(SAID)]
    (told,) = world.troubles()
    why = "no answer in time" if failed is LATER else "the program failed while it read (RuntimeError)"
    assert told == f"fake: what it said before could not be read ({why}); without that: bot unpause fake --unread."
    assert (world.troubles(), world.fake.called, world.fake.recently) == ([], [], 1), "not at every pass"
    assert world.account().paused_until == world.time.now + timedelta(minutes=5)
    world.later(timedelta(minutes=5))
    assert (world.state(post), world.fake.recently, world.fake.called) == (State.IN_REVIEW, 2, [])


def test_it_is_not_asked_again_before_the_platform_said(world: World) -> None:
    world.ready("one")
    world.fake.earlier = [Recent(failed=LATER.model_copy(update={"retry_at": world.time.now + timedelta(minutes=15)}))]
    world.troubles()
    assert world.account().paused_until == world.time.now + timedelta(minutes=15)


@pytest.mark.parametrize("failed", [REFUSED, CREDIT])
def test_what_will_not_be_told_waits_for_a_person_who_has_two_ways_on(world: World, failed: Outcome) -> None:
    post = world.ready("one")
    world.fake.earlier = [Recent(failed=failed), Recent(failed=failed)]
    (told,) = world.troubles()
    assert failed.detail in told
    assert "bot unpause fake --unread" in told
    assert world.later(timedelta(days=2)) == []
    assert world.account().paused_until is None
    world.unpause()
    assert world.troubles() == [told], "read access was given, it says: it is asked again"
    rescue.unpause(world.bot, "fake", unread=True)
    world.go()
    assert (world.state(post), world.fake.recently) == (State.PUBLISHED, 2)


def test_before_drafting_it_is_told_once_and_keeps_nobody_else_from_work(world: World) -> None:
    other = world.platform("other")
    for name in ("fake", "other"):
        world.make(f"for {name}", account=name)
    world.fake.earlier = [Recent(failed=LATER)]
    assert [line.split(":")[0] for line in prepare(world)] == ["fake"]
    assert prepare(world) == []
    assert (world.fake.recently, other.recently, world.account("other").said_read_at) == (1, 1, START)


def test_an_account_without_good_credentials_is_not_asked(world: World) -> None:
    world.make("one")
    world.fake.identity = BotError("not to be reached")
    assert prepare(world) == ["fake: not to be reached"]
    assert world.fake.recently == 0


# --- the store ------------------------------------------------------------------------------------------------------


def test_the_likest_part_of_a_thread_is_named_and_each_account_has_its_own(world: World) -> None:
    post, elsewhere = world.make(NEARLY), world.make(NEARLY, account="other")
    out = [posted(1, SAID, THEN), posted(2, "as inference takes over", THEN, 1), posted(3, "and much more than that, it said", THEN, 2)]
    with world.store.write() as session:
        row = accounts.get(session, "fake")
        assert earlier.keep(session, row, out, clock.now(session)) == 3
        assert earlier.keep(session, row, out, clock.now(session)) == 3, "twice does no harm"
        found = likeness.of_post(session, account_id=row.id, article_id=0, said=NEARLY)
        assert [(one.duplicate.url, one.duplicate.score, one.holds) for one in found] == [("https://fake.example/e1", 1.0, True)]
        assert likeness.of_post(session, account_id=row.id, article_id=0, said=NEARLY, since=THEN + timedelta(seconds=1)) == []
        assert said.earlier(session, posts.get(session, post)) is not None
        assert said.earlier(session, posts.get(session, elsewhere)) is None


def test_an_older_database_is_brought_up_to_date_and_accounts_that_published_from_it_are_not_asked(empty_url: str) -> None:
    from alembic import command

    moment = "'2026-11-01 10:00:00+00:00'" if empty_url.startswith("postgresql") else "'2026-11-01 10:00:00.000000'"
    engine = create_engine(empty_url)
    try:
        with engine.begin() as connection:
            config = db._config()
            config.attributes["connection"] = connection
            command.upgrade(config, "0006")
            false = "false" if engine.dialect.name == "postgresql" else "0"
            for number, name in ((1, "published"), (2, "empty"), (3, "approved")):
                connection.execute(text(f"insert into account (id, name, platform) values ({number}, '{name}', 'x')"))
            connection.execute(text(
                "insert into article (id, fingerprint, title, dek, body, hidden, faq, image_alt, tail_cut, notes, sample, state, created_at) "
                f"values (1, 'f', 't', '', 'b', '', '[]', '', {false}, '[]', {false}, 'drafted', {moment})"
            ))
            for number, account, state in ((1, 1, "published"), (2, 3, "in_review")):
                connection.execute(text(
                    "insert into post (id, article_id, kind, account_id, state, revision_n, holds, warnings, duplicates, overrides, priority, attempts, created_at) "
                    f"values ({number}, 1, 'short', {account}, '{state}', 1, '[]', '[]', '[]', '[]', 0, 0, {moment})"
                ))
                connection.execute(text(
                    "insert into revision (id, post_id, n, \"by\", content, approval_hash, said_key, created_at) "
                    f"values ({number}, {number}, 1, 'ana', '{{\"segments\": []}}', 'h', 'k', {moment})"
                ))
                connection.execute(text(f"insert into said (account_id, said_key, ordinal, post_id, created_at) values ({account}, 'k', 0, {number}, {moment})"))
            connection.execute(text(
                "insert into delivery (id, revision_id, position, segments, format, state, call_ended, looks, resends, remote, started_at) "
                f"values (1, 1, 0, '[0]', 1, 'sent', {false}, 0, 0, '[]', {moment})"
            ))
    finally:
        engine.dispose()
    assert db.upgrade(empty_url) == ("0006", db.HEAD)
    with db.open_store(empty_url) as opened, opened.read() as session:
        read = {row.name: row.said_read_at is not None for row in session.scalars(select(models.Account))}
        assert read == {"published": True, "empty": False, "approved": False}
        assert [row.earlier for row in session.scalars(select(models.Said))] == [None, None]
        assert inspect(session.connection()).has_table("earlier")
    assert db.check(empty_url) == []
