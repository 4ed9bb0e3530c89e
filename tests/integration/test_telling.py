"""A person is told by webhook and mail, once, from whichever machine; hostile titles do no harm; the heartbeat stops when it should."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from bot import clock
from bot.context import Bot
from bot.health import Examiner, Finding, Level
from bot.rounds import Rounds
from bot.store import models
from bot.store.states import State
from bot.telling import APART, GATHER, LINGER, Telling
from tests.publishing import Time, World
from tests.rows import at_once
from tests.servers.hook import Hook
from tests.servers.smtp import Smtp


@pytest.fixture
def hook() -> Iterator[Hook]:
    with Hook() as running:
        yield running


@pytest.fixture
def smtp() -> Iterator[Smtp]:
    with Smtp() as running:
        yield running


class Said:
    """A log that remembers."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def __call__(self, text: str, /, level: str = "info", **fields: object) -> None:
        self.lines.append(text)


def machine(world: World, owner: str = "one", **settings: Any) -> Bot:
    secret = {name: SecretStr(value) if name.endswith("_url") else value for name, value in settings.items()}
    bot = world.bot
    return Bot(bot.settings.model_copy(update=secret), bot.store, bot.accounts, {}, owner=owner)


def telling(world: World, said: Said | None = None, **settings: Any) -> Telling:
    return Telling(machine(world, **settings), said or Said())


def settle(world: World, post: int, state: State = State.UNCERTAIN) -> None:
    world.change(post, lambda row: setattr(row, "state", state))


def test_each_matter_is_told_once_and_again_when_it_comes_back(world: World, hook: Hook) -> None:
    here = telling(world, webhook_url=hook.url)
    post = world.make("hello")
    settle(world, post)
    for _ in range(3):
        here.tell([])
    ((method, path, body),) = hook.got
    assert (method, path) == ("POST", "/")
    assert set(body) == {"text", "content", "mrkdwn", "allowed_mentions", "matters"}
    assert body["text"] == body["content"] == f"#{post} fake short “T” may or may not be out: look, then bot resolve {post} --sent ID, or --not-sent"
    assert body["allowed_mentions"] == {"parse": []}
    assert [(one["kind"], one["post"], one["account"]) for one in body["matters"]] == [("uncertain", post, "fake")]
    settle(world, post, State.PUBLISHED)
    here.tell([])
    settle(world, post)
    here.tell([])
    assert len(hook.got) == 2


def test_every_kind_is_told_with_what_to_do(world: World, time: Time, hook: Hook) -> None:
    a, b, c, d = (world.make(str(n)) for n in range(4))
    settle(world, a)
    settle(world, b, State.STOPPED)
    world.change(c, lambda row: [setattr(row, "state", State.APPROVED), setattr(row, "due_at", time.now), setattr(row, "expires_at", time.now + timedelta(hours=1))])
    world.change(d, lambda row: [setattr(row, "state", State.PUBLISHED), setattr(row.article, "alert_at", time.now), setattr(row.article, "alert_kind", "changed")])
    world.pause("no credit left")
    disk = Finding("disk", Level.RED, "12 MB are free", "make room")
    here = telling(world, webhook_url=hook.url)
    here.tell([disk])
    here.tell([disk])
    text = "\n".join(hook.texts())
    for said in (f"bot resolve {a}", f"bot show {b} names the ways on", f"#{c} will be missed at 2026-11-23 13:00 UTC", f"bot correct {d}", "bot unpause fake", "disk: 12 MB are free: make room"):
        assert text.count(said) == 1, (said, text)


def test_health_is_told_when_it_is_red_twice_in_a_row(world: World, hook: Hook) -> None:
    here = telling(world, webhook_url=hook.url)
    red, well = [Finding("overdue", Level.RED, "1 post is overdue", "bot publish")], [Finding("overdue", Level.GREEN)]
    for found in (red, well, red, well, [Finding("sources", Level.YELLOW, "x")] * 2):
        here.tell(found)
    assert hook.got == []
    here.tell(red)
    here.tell(red)
    assert hook.texts() == ["overdue: 1 post is overdue: bot publish"]


def test_what_flickers_is_told_once_an_hour(world: World, time: Time, hook: Hook) -> None:
    here = telling(world, webhook_url=hook.url)
    red, well = [Finding("clock", Level.RED, "off", "set it")], [Finding("clock", Level.GREEN)]
    for found in (red, red, well, red, red, well):
        here.tell(found)
        time.pass_(60)
    assert len(hook.got) == 1
    time.pass_(LINGER)
    for found in (well, red, red):
        here.tell(found)
    assert len(hook.got) == 2


def test_posts_that_wait_are_told_in_one_message_and_not_every_minute(world: World, time: Time, hook: Hook) -> None:
    here = telling(world, webhook_url=hook.url)
    world.make("one")
    here.tell([])
    world.make("two")
    time.pass_(GATHER - timedelta(seconds=1))
    here.tell([])
    assert hook.got == []
    time.pass_(1)
    here.tell([])
    assert [text.splitlines()[0] for text in hook.texts()] == ["2 posts wait for approval: bot review"]
    world.make("three")
    time.pass_(APART - timedelta(seconds=1))
    here.tell([])
    here.tell([])
    assert len(hook.got) == 1
    time.pass_(GATHER)
    here.tell([])
    assert hook.texts()[1].splitlines()[0] == "1 post waits for approval: bot review"


def test_two_workers_tell_a_matter_once(world: World, hook: Hook) -> None:
    hook.slow = 0.2
    for number in range(3):
        settle(world, world.make(str(number)))
    machines = [telling(world, webhook_url=hook.url, owner=f"m{n}") for n in range(4)]
    for _ in range(2):
        at_once(*(lambda one=one: one.tell([]) for one in machines))  # type: ignore[misc]
    told = [matter["post"] for _, _, body in hook.got for matter in body["matters"]]
    assert sorted(told) == [1, 2, 3]


def test_a_sending_that_failed_is_tried_again_ever_later_and_said_once(world: World, time: Time, hook: Hook) -> None:
    said = Said()
    here = telling(world, said, webhook_url=hook.url)
    hook.answers = [500, 500]
    settle(world, world.make("hello"))
    for seconds, sendings in ((0, 1), (59, 1), (1, 2), (119, 2), (1, 3), (9999, 3)):
        time.pass_(seconds)
        here.tell([])
        assert len(hook.got) == sendings, seconds
    assert said.lines == ["the webhook did not get through: it answers 500. It is tried again.", "the webhook gets through again"]


def test_a_worker_that_dies_while_sending_leaves_it_to_another(world: World, time: Time, hook: Hook) -> None:
    from bot.store import notices

    here = telling(world, webhook_url=hook.url)
    hook.answers = [500]
    settle(world, world.make("hello"))
    here.tell([])
    with world.store.write() as session:
        row = session.scalars(select(models.Notice)).one()
        row.try_at = None
        session.flush()
        assert notices.claim(session, "webhook", [row.key], time.now) == [row.key]
    telling(world, webhook_url=hook.url).tell([])
    assert len(hook.got) == 1
    time.pass_(notices.AT_IT)
    telling(world, webhook_url=hook.url).tell([])
    assert len(hook.got) == 2


@pytest.mark.parametrize("answer", [(301, {"Location": "http://127.0.0.1:1/elsewhere"}), (302, {"Location": "file:///etc/passwd"}), 204])
def test_redirects_are_not_followed(world: World, hook: Hook, answer: Any) -> None:
    said = Said()
    hook.answers = [answer]
    settle(world, world.make("hello"))
    telling(world, said, webhook_url=hook.url).tell([])
    assert len(hook.got) == 1
    assert bool(said.lines) == (answer != 204)
    assert all("redirects" in line for line in said.lines)


HOSTILE = "@everyone <!channel> [free](https://evil.example)\r\nBcc: victim@example.com\r\n\r\n\x1b]0;x\x07" + "a" * 5000


def test_a_hostile_title_reaches_nobody(world: World, hook: Hook, smtp: Smtp) -> None:
    post = world.make("hello")
    world.change(post, lambda row: [setattr(row.article, "title", HOSTILE), setattr(row, "state", State.STOPPED)])
    here = telling(
        world, webhook_url=hook.url, smtp_url=f"smtp://127.0.0.1:{smtp.port}", mail_to=("ana@example.com",), mail_from=("bot@example.com",)
    )
    here.tell([])
    for text in (*hook.texts(), smtp.letters[0].get_content()):
        assert not any(bad in text for bad in ("@everyone", "<!", "](", "https://evil", "victim@", "\x1b", "\x07"))
        assert len(text) < 400
    assert smtp.to == ["ana@example.com"]
    assert smtp.letters[0]["Bcc"] is None
    assert "everyone" not in smtp.letters[0]["Subject"]


def test_a_mail_is_sent_with_the_login_of_its_address(world: World, smtp: Smtp) -> None:
    settle(world, world.make("hello"))
    telling(world, smtp_url=f"smtp://bot%40x:p%2Fss@127.0.0.1:{smtp.port}", mail_to=("ana@example.com", "ben@example.com")).tell([])
    (letter,) = smtp.letters
    assert smtp.logins == ["\0bot@x\0p/ss"]
    assert (letter["From"], letter["To"], letter["Subject"]) == ("ana@example.com", "ana@example.com, ben@example.com", "article-bot: 1 matter needs you")
    assert smtp.to == ["ana@example.com", "ben@example.com"]
    assert "bot resolve 1" in letter.get_content()


def test_one_way_that_fails_keeps_the_other_from_nothing(world: World, hook: Hook, smtp: Smtp) -> None:
    said = Said()
    hook.answers = [404]
    smtp.refuse = [b"535 no bot-password here"]
    settle(world, world.make("hello"))
    both = {"webhook_url": hook.url, "smtp_url": f"smtp://bot:bot-password@127.0.0.1:{smtp.port}", "mail_to": ("ana@example.com",)}
    here = telling(world, said, **both)
    here.tell([])
    assert len(said.lines) == 2
    world.time.pass_(60)
    here.tell([])
    assert (len(hook.got), len(smtp.letters)) == (2, 1)


def test_a_password_is_not_sent_in_the_clear(world: World, smtp: Smtp, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.telling import channels

    monkeypatch.setattr(channels, "_loopback", lambda host: False)
    said = Said()
    settle(world, world.make("hello"))
    telling(world, said, smtp_url=f"smtp://bot:bot-password@127.0.0.1:{smtp.port}", mail_to=("ana@example.com",)).tell([])
    assert (smtp.logins, smtp.letters) == ([], [])
    assert "not sent in the clear" in said.lines[0]


def test_a_database_that_is_away_is_told_without_it(world: World, hook: Hook) -> None:
    here = telling(world, webhook_url=hook.url)
    lost = [Finding("database", Level.RED, "it does not answer", "see to it")]
    for _ in range(4):
        here.tell(lost)
    assert hook.texts() == ["database: it does not answer: see to it"]
    here.tell([Finding("database", Level.GREEN)])
    here.tell(lost)
    here.tell(lost)
    assert len(hook.got) == 2


def test_a_row_that_can_not_be_read_hides_no_other_matter_and_ends_none(world: World, hook: Hook) -> None:
    said = Said()
    here = telling(world, said, webhook_url=hook.url)
    post = world.make("hello")
    world.pause("no credit left")
    here.tell([])
    world.sql("update account set name = 'other'")
    settle(world, post)
    here.tell([])
    world.sql("update account set name = 'fake'")
    here.tell([])
    assert [one["kind"] for _, _, body in hook.got for one in body["matters"]] == ["paused", "review", "uncertain"]
    assert [line.partition(":")[0] for line in said.lines] == ["paused"]


# The heartbeat, and the rounds


def rounds(world: World, said: Said | None = None, **settings: Any) -> Rounds:
    return Rounds(machine(world, **settings), said or Said(), look=0)


def test_the_heartbeat_follows_good_passes_and_stops_with_them(world: World, hook: Hook) -> None:
    said = Said()
    here = rounds(world, said, heartbeat_url=f"{hook.url}/beat")
    here.round()
    assert hook.got == [], "no pass has been made"
    here.began()
    here.ended(good=True)
    here.round()
    here.round()
    assert hook.got == [("GET", "/beat", None)], "one for each pass at most"
    here.ended(good=False)
    here.round()
    here.round()
    assert len(hook.got) == 1
    assert said.lines == ["no heartbeat is sent: the last pass failed"]
    here.ended(good=True)
    here.round()
    assert len(hook.got) == 2


def test_no_heartbeat_while_the_machine_is_ill_and_one_while_only_posts_are_late(world: World, time: Time, hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    said = Said()
    here = rounds(world, said, heartbeat_url=hook.url)
    world.ready("late")
    time.pass_(3600)
    here.ended(good=True)
    here.round()
    assert len(hook.got) == 1
    monkeypatch.setattr(Examiner, "examine", lambda self: [Finding("disk", Level.RED, "1 MB is free", "make room")])
    here.ended(good=True)
    here.round()
    assert len(hook.got) == 1
    assert said.lines == ["no heartbeat is sent: disk: 1 MB is free: make room"]


def test_at_most_one_look_a_minute(world: World, hook: Hook) -> None:
    here = Rounds(machine(world, heartbeat_url=hook.url), Said())
    for _ in range(5):
        here.ended(good=True)
        here.round()
    assert len(hook.got) == 1


def test_a_worker_is_known_while_it_runs_and_ended_as_told(world: World) -> None:
    here = rounds(world)
    with here:
        here.began()
        here.ended(good=False)
        here.began()
        here.round()
        with world.store.read() as session:
            row = session.scalars(select(models.Worker)).one()
            assert (row.passes, row.failed, row.stopped_at) == (1, 1, None)
            assert row.moved_at is not None
            assert abs(row.moved_at - clock.now(session)) < timedelta(seconds=5)
    with world.store.read() as session:
        assert session.scalars(select(models.Worker)).one().stopped_at is not None


def test_a_worker_whose_row_is_gone_writes_it_anew(world: World) -> None:
    here = rounds(world)
    with here:
        world.sql("delete from worker")
        here.round()
        with world.store.read() as session:
            assert len(session.scalars(select(models.Worker)).all()) == 1


def test_nobody_to_tell_means_no_looking(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []
    monkeypatch.setattr(Examiner, "examine", lambda self: looks.append(1) or [])
    rounds(world).round()
    assert looks == []
