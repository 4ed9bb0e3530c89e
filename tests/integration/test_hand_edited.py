"""Rows that somebody changed by hand: held with the reason, never sent, never deleted, told once; the others go out."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import text

from bot import config, rescue
from bot.context import Bot, open_bot
from bot.errors import StoreError
from bot.publish import Budget
from bot.store import db
from bot.values import Outcome
from tests.fakes import sent
from tests.integration import cli_world
from tests.integration.by_hand import edit, read
from tests.publishing import NOT_SENT, PRICE, START, UNKNOWN, World
from tests.rows import an_article, at_once

APPROVED: dict[str, str | dict[str, str]] = {
    "due at no time": {"sqlite": "update post set due_at = 'yesterday'", "postgresql": "update post set due_at = 'infinity'"},
    "due at an early word": {"sqlite": "update post set due_at = '0 o''clock'", "postgresql": "update post set due_at = '-infinity'"},
    "due at no day": {"sqlite": "update post set due_at = '2026-02-31 00:00:00.000000'", "postgresql": "update post set due_at = '0044-03-15 BC'"},
    "ends at no time": {"sqlite": "update post set expires_at = 'soon'", "postgresql": "update post set expires_at = 'infinity'"},
    "due never": "update post set due_at = null",
    "holds of another kind": "update post set holds = '[1,2]'",
    "holds no JSON": "update post set holds = 'none'",
    "overrides junk": "update post set overrides = '{'",
    "an unknown state": "update post set state = 'bogus'",
    "no state": "update post set state = ''",
    "no such revision": "update post set revision_n = 9",
    "an empty content": "update revision set content = '{}'",
    "content no JSON": "update revision set content = 'Hello'",
    "content a list": "update revision set content = '[]'",
    "other words": "update revision set content = replace(content, 'one', 'won')",
    "another approval": "update post set approved_hash = 'x'",
    "an approval taken away": "update post set approved_hash = null",
    "no article": "update post set article_id = 99",
    "a delivery of another's": "insert into delivery (revision_id, position, segments, format, state, call_ended, looks, resends, tries, remote) "
    "values (1, 5, '[0]', 1, 'pending', false, 0, 0, 0, '[]')",
}
PENDING: dict[str, str] = {
    "an unknown state of a delivery": "update delivery set state = 'bogus' where position = 1",
    "another request": "update delivery set request = '{\"text\": \"won\", \"after\": null}' where position = 1",
    "half a request": "update delivery set request = '{' where position = 1",
    "format 0": "update delivery set format = 0 where position = 1",
    "format 99": "update delivery set format = 99 where position = 1",
    "remote junk": "update delivery set remote = '[{\"id\": 1}]' where position = 1",
    "a segment there is not": "update delivery set segments = '[7]' where position = 1",
    "segments junk": "update delivery set segments = 'all' where position = 1",
    "a delivery less": "delete from delivery where position = 1",
}
SENDING: dict[str, str] = {
    "an unknown state of a delivery": "update delivery set state = 'bogus'",
    "another request": "update delivery set request = '{\"text\": \"won\", \"after\": null}'",
    "half a request": "update delivery set request = '{'",
    "no request": "update delivery set request = null",
    "format 0": "update delivery set format = 0",
    "format 99": "update delivery set format = 99",
    "remote junk": "update delivery set remote = '[{\"id\": 1}]'",
    "segments junk": "update delivery set segments = 'all'",
    "no content": "update revision set content = '{}'",
    "an unknown state": "update post set state = 'bogus'",
}


def cases(named: Mapping[str, object]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("what", list(named))


def rows(url: str) -> list[tuple[object, ...]]:
    return read(url, "select (select count(*) from post), (select count(*) from revision), (select count(*) from delivery)")


def set_aside(world: World, url: str, broken: int) -> None:
    """It is told once and waits for a person; a sane post on the same account goes out; nothing is deleted."""
    before, taken = rows(url), world.fake.texts()
    told = [*world.troubles(), *world.troubles(), *world.troubles("two")]
    assert [line for line in told if line.startswith(f"post {broken}: ")] == told
    assert len(told) <= 1
    assert all("\n" not in line for line in told)
    ((state, holds),) = read(url, f"select state, holds from post where id = {broken}")
    assert state in ("uncertain", "stopped") or (state == "in_review" and "request_mismatch" in holds), (state, holds)
    assert told or state == "uncertain" or "is not what" in holds or "another version" in holds
    sane = world.ready("sane")
    for _ in range(3):
        assert world.troubles() == []
        world.time.pass_(timedelta(hours=2))
    assert world.fake.texts() == [*taken, "sane"]
    assert str(world.state(sane)) == "published"
    assert rows(url) == [(before[0][0] + 1, before[0][1] + 1, before[0][2] + 1)]


@cases(APPROVED)
def test_an_approved_post_changed_by_hand(world: World, database_url: str, what: str) -> None:
    broken, statement = world.ready("one"), APPROVED[what]
    edit(database_url, statement if isinstance(statement, str) else statement[world.store.dialect])
    set_aside(world, database_url, broken)
    assert world.fake.texts() == ["sane"]


@cases(PENDING)
@pytest.mark.parametrize("out", [0, 1])
def test_a_thread_under_way_changed_by_hand(world: World, database_url: str, out: int, what: str) -> None:
    """Nothing of it is out, or its first segment is."""
    broken = world.ready("one", "two", "three")
    world.fake.answers = [*(sent(n + 1) for n in range(out)), NOT_SENT.model_copy(update={"retry_at": world.time.now + timedelta(minutes=5)})]
    world.go()
    edit(database_url, PENDING[what].replace("position = 1", f"position = {out}"))
    world.time.pass_(timedelta(minutes=5))
    set_aside(world, database_url, broken)
    assert world.fake.texts() == [*["one"][:out], "sane"]


@cases(SENDING)
@pytest.mark.parametrize("platform", ["blind", "x", "bluesky"])
def test_a_write_without_an_answer_changed_by_hand(world: World, database_url: str, platform: str, what: str) -> None:
    """Its sender died in the call, and nobody sees what it wrote: a person must look, whatever could be looked for."""
    world.platform(looks=() if platform == "blind" else (15.0, 60.0), repeatable=platform == "bluesky").visible = False
    broken = world.ready("one", "two")
    world.fake.answers = [KeyboardInterrupt()]
    with contextlib.suppress(KeyboardInterrupt):
        world.go()
    edit(database_url, SENDING[what])
    world.time.pass_(timedelta(minutes=2))
    world.troubles()
    world.time.pass_(timedelta(minutes=5))
    set_aside(world, database_url, broken)
    assert read(database_url, f"select state from post where id = {broken}") == [("uncertain",)]
    assert world.fake.texts() == ["one", "sane"]


def test_what_is_out_though_its_row_was_changed_during_the_call_is_told_by_its_id(world: World, database_url: str) -> None:
    broken = world.ready("one", "two")

    def during(request: object) -> Outcome:
        edit(database_url, "update delivery set remote = 'junk'")
        return sent(41)

    world.fake.answers = [during]
    (told,) = world.troubles()
    assert told.startswith(f"post {broken}: ")
    assert "answered: sent 41" in told
    assert "answered: sent 41" in str(read(database_url, f"select holds from post where id = {broken}"))
    set_aside(world, database_url, broken)
    assert world.fake.texts() == ["one", "sane"]


def test_junk_in_one_row_keeps_no_other_from_being_looked_for_and_adopted(world: World, database_url: str) -> None:
    world.platform(looks=(15.0,))
    world.ready("old")
    world.go()
    edit(database_url, "update delivery set remote = '[7]'")
    post = world.ready("one")
    world.fake.answers = [UNKNOWN]
    world.go()
    world.later(20)
    assert (str(world.state(post)), world.fake.texts()) == ("published", ["old", "one"])


def test_junk_in_one_row_does_not_use_up_the_budget(world: World, database_url: str) -> None:
    stuck = world.ready("one")
    world.fake.answers = [UNKNOWN]
    world.go()
    edit(database_url, "update revision set content = '{}'")
    sane = world.ready("sane")
    world.go(budget=Budget("fake", PRICE, lambda now: START))
    assert [str(world.state(sane)), *read(database_url, f"select state from post where id = {stuck}")] == ["published", ("uncertain",)]


@pytest.mark.parametrize("column", ["paused_until", "lease_until"])
def test_an_account_changed_by_hand_is_paused_until_a_person_unpauses(world: World, database_url: str, column: str) -> None:
    other = world.platform("other")
    mine, theirs = world.ready("one"), world.ready("two", account="other")
    junk = {"sqlite": "tomorrow", "postgresql": "infinity"}[world.store.dialect]
    edit(database_url, f"update account set {column} = '{junk}' where name = 'fake'")
    told = [*world.troubles(), *world.troubles()]
    assert len(told) == 1
    assert told[0].startswith("fake: what is stored of the account can not be read (")
    assert "bot unpause fake" in told[0]
    assert (world.fake.texts(), other.texts(), str(world.state(mine)), str(world.state(theirs))) == ([], ["two"], "approved", "published")
    world.unpause()
    world.go()
    assert world.fake.texts() == ["one"]


def test_a_post_whose_account_is_gone_is_held(world: World, database_url: str) -> None:
    broken = world.ready("one")
    sane = world.ready("sane")
    edit(database_url, f"update post set account_id = 99 where id = {broken}")
    told = [*world.troubles(), *world.troubles()]
    assert told == [f"post {broken}: its account is not there. It is held and not sent; bot show {broken} says more."]
    assert (world.fake.texts(), str(world.state(sane)), world.holds(broken)) == (["sane"], "published", ["account"])


def test_a_post_that_can_not_be_read_is_not_taken_down_and_keeps_no_other_up(world: World, database_url: str) -> None:
    broken, sane = world.ready("one"), world.ready("two")
    world.go()
    edit(database_url, f"update delivery set remote = 'junk' where id = {broken}")
    edit(database_url, f"update post set unwind_at = '2020-01-01 00:00:00.000000' where id = {broken}")
    rescue.unwind(world.bot, sane)
    told = [*world.troubles(), *world.troubles()]
    assert len(told) == 1
    assert "it is not taken down" in told[0]
    assert (str(world.state(sane)), world.fake.deleted) == ("withdrawn", ["2"])


def test_a_lease_from_before_the_clock_was_set_back_is_told(world: World) -> None:
    world.ready("one")
    world.sql("update account set lease_owner = 'gone', lease_until = :then", then=world.time.now + timedelta(days=1) if world.store.dialect == "postgresql" else "2026-11-24 12:02:00.000000")
    (told,) = world.troubles()
    assert told.startswith("fake: it is taken by gone until 2026-11-24 12:02 UTC; was the clock set back?")
    world.unpause()
    world.go()
    assert world.fake.texts() == ["one"]


# --- bot db check -------------------------------------------------------------------------------

FOUND: dict[str, tuple[str | dict[str, str], str]] = {
    "a time": (
        {"sqlite": "update post set due_at = 'yesterday'", "postgresql": "update post set due_at = 'infinity'"},
        "Table post, id 1, column due_at can not be read: ",
    ),
    "holds": ("update post set holds = '[1,2]'", "Table post, id 1, column holds can not be read: 0: Input should be"),
    "half a JSON": ("update delivery set remote = '{'", "Table delivery, id 1, column remote can not be read: Invalid JSON: EOF"),
    "an unknown state": ("update post set state = 'bogus'", "Table post, id 1, column state can not be read: it is none of in_review, approved,"),
    "of a delivery": ("update delivery set state = 'bogus'", "Table delivery, id 1, column state can not be read: it is none of pending,"),
    "no such revision": ("update post set revision_n = 9", "Table post, id 1: its revision 9 is not there."),
    "published unsent": ("update delivery set state = 'unknown'", "Table post, id 1: it is published, and a delivery of it is unknown."),
    "published, no delivery": ("delete from delivery", "Table post, id 1: it is published, and has no delivery."),
    "a revision": ("update revision set content = '{}'", "Table revision, id 1, column content can not be read: segments: Field required."),
}


@pytest.mark.parametrize("what", list(FOUND))
def test_check_tells_of_each_row_in_a_line(world: World, database_url: str, what: str) -> None:
    world.ready("one")
    world.go()
    assert db.check(database_url) == []
    statement, line = FOUND[what]
    edit(database_url, "delete from spend", statement if isinstance(statement, str) else statement[world.store.dialect])
    told = [line for line in db.check(database_url) if not line.startswith("The tables differ")]
    assert any(one.startswith(line) for one in told), told
    assert all("\n" not in one for one in told)
    assert len(told) == (2 if what in ("of a delivery",) else 1), told


def test_check_tells_text_in_a_column_of_numbers(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bot.db'}"
    with db.open_store(url) as store, store.write() as session:
        session.add(an_article())
    edit(url, "insert into source (id, url, kind, baseline) values (3, 'u', 'feed', 'perhaps')", "insert into event (id, post_id, at, who, what) values (1, 'x', '2026-01-01 00:00:00', 'me', 'y')")
    assert "Table event, id 1, column post_id can not be read: it is no whole number." in db.check(url)


# --- another program's file ---------------------------------------------------------------------


@pytest.mark.parametrize("act", [db.open_store, db.upgrade, db.check])
def test_another_programs_file_is_refused_and_left_as_it_was(act: Callable[[str], object], tmp_path: Path) -> None:
    path = tmp_path / "theirs.db"
    edit(f"sqlite:///{path}", "create table bookmark (url text)", "insert into bookmark values ('https://example.com/')")
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"theirs\.db is another program's database \(its tables: bookmark\)\. Name another file in DATABASE_URL\."):
        act(f"sqlite:///{path}")
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["theirs.db"]


def test_an_empty_file_is_ours(tmp_path: Path) -> None:
    (tmp_path / "new.db").touch()
    for _ in range(2):
        db.open_store(f"sqlite:///{tmp_path / 'new.db'}").close()
    assert db.check(f"sqlite:///{tmp_path / 'new.db'}") == []


# --- the configuration --------------------------------------------------------------------------

BOTH = '[accounts.news]\nplatform = "x"\n[accounts.other]\nplatform = "bluesky"\nhandle = "a.example.com"\n'


def configured(url: str, toml: str) -> Bot:
    """Opened and closed again."""
    Path("bot.toml").write_text(toml)
    bot = open_bot(config.load(), database=url)
    bot.store.close()
    return bot


def test_who_only_looks_does_not_wait_for_a_writer(database_url: str) -> None:
    configured(database_url, BOTH)
    with db.open_store(database_url) as writer, writer.write() as session:
        session.execute(text("update account set handle = handle"))
        began = monotonic()
        at_once(lambda: [configured(database_url, BOTH)].clear())
        assert monotonic() - began < 10


def test_a_changed_handle_or_platform_is_written_down(database_url: str) -> None:
    configured(database_url, BOTH)
    edit(database_url, "update account set session = 'sealed', remote_id = '1'")
    assert configured(database_url, BOTH).logins == {"news": "sealed", "other": "sealed"}
    assert configured(database_url, BOTH.replace("a.example", "b.example")).logins == {"news": "sealed", "other": None}


def test_a_post_of_an_account_that_moved_to_another_platform_is_held(world: World, database_url: str) -> None:
    """What was written for one platform does not fit the other."""
    waiting, reviewed, out = world.ready("one", account="news"), world.make("two", account="news"), world.ready("three")
    world.go()
    edit(database_url, "update account set platform = 'x'", f"update post set holds = '[{{\"code\":\"embargo\",\"detail\":\"d\"}}]' where id = {reviewed}")
    configured(database_url, BOTH)
    assert str(world.state(waiting)) == "approved"
    configured(database_url, BOTH.replace('"x"', '"bluesky"\nhandle = "n.example.com"', 1))
    assert [(str(world.state(post)), world.holds(post)) for post in (waiting, reviewed, out)] == [
        ("in_review", ["account"]), ("in_review", ["embargo", "account"]), ("published", []),
    ]
    assert "it was made for x, and account news is on bluesky now: draft it again" in world.post(waiting).holds[0].detail
    world.platform("news")
    assert world.go() == []


def test_posts_of_an_account_that_is_gone_from_the_configuration_wait_and_go_out_when_it_is_back(world: World) -> None:
    post = world.ready("one", account="news")
    assert world.go() == []
    assert (str(world.state(post)), world.holds(post)) == ("approved", [])
    news = world.platform("news")
    assert world.go() == [post]
    assert news.texts() == ["one"]


def test_the_account_that_is_gone_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bot = cli_world.world(tmp_path)
    (tmp_path / "bot.toml").write_text(BOTH)
    bot.drafted()
    bot("approve", "1")
    (tmp_path / "bot.toml").write_text(BOTH.replace("accounts.news", "accounts.olds"))
    assert "news" in next(line for line in bot("posts").stdout.splitlines() if line.startswith("#1 "))
    edit("sqlite:///bot.db", "update post set due_at = '2020-01-01 00:00:00.000000' where id = 1")
    assert "1 post is due, but account news is not configured (any more): add it to bot.toml." in bot("publish", code=4).stderr
    assert bot.post(1)["state"] == "approved"


def test_account_junk_stops_no_command(database_url: str) -> None:
    configured(database_url, BOTH)
    junk = "tomorrow" if database_url.startswith("sqlite") else "infinity"
    edit(database_url, f"update account set paused_until = '{junk}', session = 'junk', lease_until = '{junk}'")
    assert configured(database_url, BOTH).logins == {"news": "junk", "other": "junk"}
