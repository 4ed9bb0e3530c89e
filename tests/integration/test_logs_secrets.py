"""No secret in any output of the program, at any level, whatever the other side says back."""

from __future__ import annotations

import base64
import json
import sqlite3
import subprocess
import sys
import urllib.parse
from contextlib import closing
from pathlib import Path

import pytest

from tests.integration.cli_world import World, world
from tests.integration.test_cli_stop import ROOT, running, until
from tests.integration.test_pages import _answers, free_port, get
from tests.servers.echo import Echo
from tests.servers.smtp import Smtp
from tests.servers.x import closed_port

SECRETS = {
    "OPENAI_API_KEY": "sk-openai-4d1f9c0a7be2", "X_API_KEY": "xkey-5b2e8d7c1a90", "X_API_SECRET": "xsec-0f3a9b6c2d71", "X_ACCESS_TOKEN": "xtok-77ad10be45c3",
    "X_ACCESS_TOKEN_SECRET": "xtsc-3c9e0b8f6a12", "BLUESKY_APP_PASSWORD": "bsky-e1d2-c3b4-a596",
}
HOOK, BEAT, MAIL, DATABASE = "hookkey-91ab73cd55ef", "beatkey-0a1b2c3d4e5f", "mail/pass+word-88", "db/pass+word-4711"

LIBRARY = """Library Lends 9,000 Tools in a Year

The city library lent 9,000 drills, saws and ladders last year, 30% more than in the year before. Each loan costs $2.

Most borrowers return the tools within four days, the librarian Ana Gomez said on Friday. A new branch opens in October.
"""


def forms(secret: str) -> set[str]:
    return {secret, urllib.parse.quote(secret, safe=""), urllib.parse.quote_plus(secret), base64.b64encode(secret.encode()).decode(), secret[:12]}


def secretless(text: str) -> None:
    for secret in (*SECRETS.values(), HOOK, BEAT, MAIL, DATABASE, base64.b64encode(f"\0bot\0{MAIL}".encode()).decode()):
        for form in forms(secret):
            assert form not in text, (form, text[max(0, text.find(form) - 200) : text.find(form) + 60])


def environment(echo: Echo, smtp: Smtp) -> dict[str, str]:
    return {
        **SECRETS, "OPENAI_BASE_URL": f"{echo.url}/v1", "X_BASE_URL": echo.url, "BLUESKY_SERVICE": echo.url, "BLUESKY_HANDLE": "ana.example.com",
        "BOT_WEBHOOK_URL": f"{echo.url}/services/{HOOK}?token={HOOK}", "BOT_HEARTBEAT_URL": f"{echo.url}/ping/{BEAT}", "BOT_MAIL_TO": "ana@example.com",
        "BOT_SMTP_URL": f"smtp://bot:{urllib.parse.quote(MAIL, safe='')}@127.0.0.1:{smtp.port}",
        "BOT_GRACE_SECONDS": "0", "BOT_POLL_SECONDS": "0.2", "BOT_LOG_LEVEL": "debug", "BOT_ALLOW_PRIVATE_ADDRESSES": "on", "BOT_X_READBACK": "0.2",
    }


@pytest.fixture
def drafted(tmp_path: Path) -> World:
    made = world(tmp_path)
    made.drafted()
    made("approve", "1", "2", "3", BOT_GRACE_SECONDS="0")
    (tmp_path / "other.txt").write_text(LIBRARY)
    made("add", "other.txt", "--url", "https://example.com/tools")
    return made


def stored(folder: Path) -> str:
    with closing(sqlite3.connect(folder / "bot.db")) as database:
        return "\n".join(database.iterdump())


@pytest.mark.parametrize("form", ["lines", "json"])
@pytest.mark.parametrize("status", [401, 400, 500])
def test_servers_that_echo_the_keys_get_them_into_no_log_page_or_row(drafted: World, status: int, form: str) -> None:
    port = free_port()
    with Echo(status) as echo, Smtp(refuse=[f"535 no {MAIL}".encode()] * 99) as smtp:
        drafted.env = {**environment(echo, smtp), "BOT_LOG": form}
        drafted("sources", "add", f"{echo.url}/feed?token={HOOK}", code=None)
        with running(drafted, "worker", BOT_HTTP_PORT=str(port)) as process:
            until(lambda: _answers(port, 200, 503))
            until(lambda: any("chat/completions" in path or "responses" in path for path in echo.paths))
            until(lambda: any("/xrpc/" in path for path in echo.paths) and any("/2/" in path for path in echo.paths))
            until(lambda: not [post for post in drafted.json("posts") if post["state"] == "approved" and post["due_at"] is None])
            pages_ = get(port, "/healthz")[1] + get(port, "/metrics")[1]
            process.terminate()
            _, told = process.communicate(timeout=60)
        said = "".join(
            result.stdout + result.stderr
            for result in (drafted(*command, code=None) for command in (("status",), ("status", "--json"), ("accounts",), ("show", "1"), ("show", "1", "--json"), ("doctor",), ("doctor", "--json"), ("publish",), ("accounts", "verify")))
        )
    assert "httpcore" in told or "urllib3" in told, "the libraries' own lines are there"
    if form == "json":
        assert all(json.loads(line) for line in told.splitlines())
    for text in (told, pages_, said):
        secretless(text)
    for secret in (*SECRETS.values(), HOOK, BEAT, MAIL):
        assert secret not in stored(drafted.folder).replace(f"/feed?token={HOOK}", ""), "the address of a feed is the user's own"


@pytest.mark.parametrize("command", [("worker",), ("status",), ("status", "--json"), ("run", "--debug"), ("posts",)])
def test_a_database_that_refuses_shows_no_password(tmp_path: Path, command: tuple[str, ...]) -> None:
    url = f"postgresql://bot:{urllib.parse.quote(DATABASE, safe='')}@127.0.0.1:{closed_port()}/news"
    done = world(tmp_path)(*command, code=1, DATABASE_URL=url)
    secretless(done.output)
    if "--json" in command:
        (finding,) = json.loads(done.stdout)["health"]
        assert (finding["check"], finding["level"]) == ("database", "red")


CRASH = """
import logging, sys, threading
from bot.cli import main, common
from bot import worker
def broken(bot, *_, **__):
    logging.getLogger("sqlalchemy.engine").warning("url %s", bot.settings.openai_api_key.get_secret_value())
    def dies():
        raise RuntimeError("in a thread " + bot.settings.x_api_key.get_secret_value())
    thread = threading.Thread(target=dies); thread.start(); thread.join()
    raise RuntimeError("crash with " + bot.settings.x_access_token.get_secret_value())
worker.run = broken
main(sys.argv[1:], prog_name="bot")
"""


@pytest.mark.parametrize("flags", [(), ("--debug",)])
def test_tracebacks_of_crashes_show_none(tmp_path: Path, flags: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CRASH, *flags, "worker"], cwd=tmp_path, env={**SECRETS, "PYTHONPATH": str(ROOT), "BLUESKY_HANDLE": "a.example.com"},
        capture_output=True, text=True, timeout=60,
    )
    assert done.returncode == 1
    assert "crash with •••" in done.stderr
    assert ("Traceback" in done.stderr.partition("a thread ended")[2]) is True
    secretless(done.stdout + done.stderr)
