"""`bot doctor --online`: everything that publishing needs is asked, of real servers; posts nothing, and burns no login."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.platforms import x_outcomes
from bot.store import disk
from tests.integration import cli_world
from tests.integration.cli_world import World
from tests.servers import wicked
from tests.servers.pds import Pds
from tests.servers.proxy import Proxy
from tests.servers.x import XServer
from tests.servers.x_state import XAccount

FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>T</title><link>https://example.com/</link><description>D</description>
<item><title>One</title><link>https://example.com/1</link></item></channel></rss>"""


@pytest.fixture
def bot(tmp_path: Path, sqlite_template: Path) -> World:
    made = cli_world.world(tmp_path)
    (tmp_path / "bot.db").write_bytes(sqlite_template.read_bytes())
    made.env = {"BOT_ALLOW_PRIVATE_ADDRESSES": "on", "BOT_HTTP_TIMEOUT": "5"}
    return made


def asked(bot: World, code: int | None = 0) -> dict[str, list[tuple[bool, str]]]:
    """What was found, by what was looked at."""
    found: dict[str, list[tuple[bool, str]]] = {}
    for line in bot.json("doctor", "--online", code=code):
        if "check" in line:
            found.setdefault(line["check"], []).append((line["ok"], line["detail"]))
    return found


def told(found: dict[str, list[tuple[bool, str]]], what: str) -> str:
    return " | ".join(detail for _, detail in found[what])


def test_x_is_asked_for_its_price_which_is_said_before_and_booked(bot: World, x_server: XServer, account: XAccount) -> None:
    bot.env |= {"X_BASE_URL": x_server.url, **account.environment}
    result = bot("doctor", "--online", code=None)
    assert "asking X whose the keys are costs $0.005; it is booked as verify" in result.stderr
    assert f"the credentials belong to @{account.username}" in " ".join(result.stdout.split())
    assert "X tells nobody of the Automated label" in " ".join(result.stdout.split())
    assert [received.method for received in x_server.received] == ["GET"]
    with closing(sqlite3.connect(bot.folder / "bot.db")) as database:
        assert database.execute("select payee, what, micros from spend").fetchall() == [("x", "verify", 5000)]


def test_refused_keys_are_a_finding_with_the_exit_code_of_credentials(bot: World, x_server: XServer, account: XAccount) -> None:
    bot.env |= {"X_BASE_URL": x_server.url, **account.environment, "X_ACCESS_TOKEN_SECRET": "wrong"}
    found = asked(bot, code=4)
    assert any(not ok for ok, _ in found["account x"])
    assert not x_server.tweets(account)


def test_keys_of_another_account_are_told_and_not_taken_over(bot: World, x_server: XServer, account: XAccount) -> None:
    bot.env |= {"X_BASE_URL": x_server.url, **account.environment}
    bot("accounts", "verify", "x")
    other = x_server.create_account()
    bot.env |= other.environment
    assert f"belong to @{other.username}, and until now it was @{account.username}; if that is meant: bot accounts verify x" in told(asked(bot, code=4), "account x")
    assert f"was @{account.username}" in told(asked(bot, code=4), "account x")


def test_a_platform_that_is_away_is_a_finding_and_the_rest_is_asked(bot: World, account: XAccount) -> None:
    bot.env |= {"X_BASE_URL": "http://127.0.0.1:1", **account.environment}
    found = asked(bot, code=1)
    assert "Check the network and X_BASE_URL" in told(found, "account x")
    assert found["disk"]


@pytest.mark.pds
def test_bluesky_is_asked_with_the_stored_login_so_that_looking_burns_none(bot: World, pds: Pds) -> None:
    login = pds.create_account()
    with Proxy(pds.url) as proxy:
        bot.env |= {"BLUESKY_SERVICE": proxy.url, "BLUESKY_HANDLE": login.handle, "BLUESKY_APP_PASSWORD": login.password}
        first = told(asked(bot), "account bluesky")
        assert f"belong to @{login.handle} ({login.did})" in first
        assert "logged in with the app password, one of 300 logins a day" in first
        assert "labels can not be read here" in first  # a server of its own has no moderation service behind it
        proxy.forget()
        for _ in range(3):
            assert "none of the day's logins was used" in told(asked(bot), "account bluesky")
        paths = [one.path for one in proxy.requests]
        assert not [path for path in paths if "createSession" in path]
        assert [path for path in paths if "getSession" in path]


@pytest.mark.parametrize(
    ("labels", "said", "ok"), [([], "no labels", True), ([{"val": "spam", "src": "did:plc:mod"}], "labelled spam", False), ("odd", "can not be read", True)]
)
def test_labels_on_the_account_are_told(bot: World, labels: object, said: str, ok: bool) -> None:
    session = {"handle": "news.example.com", "did": "did:plc:abc", "accessJwt": "a.b.c", "refreshJwt": "a.b.c", "active": True}
    with wicked.wicked(
        *[wicked.answer(200, session)] * 3, wicked.answer(200, {"did": "did:plc:abc", "handle": "h.example.com", "labels": labels}),
    ) as server:
        bot.env |= {"BLUESKY_SERVICE": server.url, "BLUESKY_HANDLE": "news.example.com", "BLUESKY_APP_PASSWORD": "p"}
        found = asked(bot, code=None)
    assert any(said in detail and was == ok for was, detail in found["account bluesky"]), found


def test_an_account_that_was_taken_down_is_told(bot: World) -> None:
    session = {"handle": "news.example.com", "did": "did:plc:abc", "accessJwt": "a.b.c", "refreshJwt": "a.b.c"}
    with wicked.wicked(wicked.answer(200, session), wicked.answer(200, {**session, "active": False, "status": "takendown"}), wicked.answer(400)) as server:
        bot.env |= {"BLUESKY_SERVICE": server.url, "BLUESKY_HANDLE": "news.example.com", "BLUESKY_APP_PASSWORD": "p"}
        assert "Bluesky calls the account takendown" in told(asked(bot, code=1), "account bluesky")


@pytest.mark.parametrize(
    ("status", "body", "said", "code"),
    [
        (200, {"object": "list", "data": [{"id": "m", "object": "model", "created": 1, "owned_by": "o"}]}, "m is listed", 0),
        (200, {"object": "list", "data": [{"id": "other", "object": "model", "created": 1, "owned_by": "o"}]}, "m is not among them", 1),
        (401, {"error": {"message": "bad key sk-hunter2hunter2", "code": "invalid_api_key"}}, "OPENAI_API_KEY", 4),
    ],
)
def test_the_models_key_is_proven_without_a_paid_call(bot: World, status: int, body: object, said: str, code: int) -> None:
    with wicked.wicked(wicked.answer(status, body)) as server:
        bot.env |= {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "sk-hunter2hunter2", "BOT_MODEL": "m"}
        found = asked(bot, code=code)
        assert said in told(found, "language model")
        assert "hunter2" not in told(found, "language model")
        assert server.paths == ["/models"]


def test_feeds_are_read_without_their_articles(bot: World) -> None:
    with wicked.wicked(wicked.answer(200, FEED, Content_Type="application/rss+xml"), wicked.answer(500)) as server, closing(sqlite3.connect(bot.folder / "bot.db")) as database:
        for path in ("good", "bad"):
            database.execute(f"insert into source (url, kind, baseline) values ('{server.url}/{path}', 'feed', false)")
        database.commit()
        found = asked(bot, code=1)
        feeds = sorted(detail for what, details in found.items() if what.startswith("feed ") for _, detail in details)
        assert feeds[0] == "1 entries"
        assert "500" in feeds[1]
        assert len(server.paths) == 2
        assert database.execute("select count(*) from entry").fetchone() == (0,)


def test_nobody_is_asked_while_the_settings_can_not_be_used(bot: World, x_server: XServer, account: XAccount) -> None:
    bot.env |= {"X_BASE_URL": x_server.url, **account.environment, "BOT_LEASE_SECONDS": "never"}
    asked(bot, code=4)
    assert not x_server.received


MOUNTS = "overlay / overlay rw 0 0\n/dev/sda1 /data ext4 rw 0 0\nserver:/v /data/net nfs4 rw 0 0\ntmpfs /tmp tmpfs rw 0 0\nx /with\\040space fuse.sshfs rw 0 0\n"


@pytest.mark.parametrize(
    ("path", "kind", "bad"),
    [("/", "overlay", False), ("/app", "overlay", False), ("/data/a", "ext4", False), ("/data/net/x", "nfs4", True), ("/database", "overlay", False), ("/tmp/a", "tmpfs", True), ("/with space/a", "fuse.sshfs", True)],
)
def test_the_disk_is_told_by_the_nearest_mount(path: str, kind: str, bad: bool) -> None:
    assert disk.kind(Path(path), MOUNTS) == kind
    assert disk.judged(kind).bad == bad


def test_what_the_headers_of_x_tell_of_keys_and_posts() -> None:
    assert x_outcomes.standing({"x-access-level": "read"})[1]
    assert x_outcomes.standing({"x-access-level": "read-write"}) == (("access: read-write",), ())
    daily = {"x-user-limit-24hour-remaining": "0", "x-user-limit-24hour-limit": "100"}
    assert x_outcomes.standing(daily) == ((), ("0 of 100 posts are left today for this user",))
    assert x_outcomes.standing({}) == ((), ())
