"""A folder with an article and a database, and the command line run in it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from tests.servers.x import XServer
from tests.servers.x_state import XAccount

URL = "https://example.com/ferry"
ARTICLE = """Free Ferry Carries 41% More Riders in Its First Year

The harbor ferry carried 412,000 riders in its first free year, 41% more than before. The council votes on May 14 on keeping it free.

The town dropped the fare of $2.50 last May. Riders mostly commute to work and to school, the harbor office said.

The ferry costs the town $1.9 million a year, paid from parking fees. Parking revenue rose by 12% over the same year.

FAQ
Q1: Who can ride for free? A1: Everyone, residents and visitors alike.
Q2: How often does the ferry run? A2: Every 15 minutes on weekdays, and every 30 minutes on Sundays.
"""

POST_KEYS = (
    "post article account platform kind state revision approval_hash reply_to segments requests provisional cost_usd holds warnings duplicates "
    "drafter model prompt due_at deliveries"
).split()
ARTICLE_KEYS = "article url title language state reason posts duplicates embargo feeds".split()
ACCOUNT_KEYS = "account platform handle ready paused_until reason sources languages kinds".split()


@dataclass
class World:
    """Runs `bot …` in a folder of its own."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)

    def __call__(self, *args: str, code: int | None = 0, stdin: str | None = None, **env: str) -> Result:
        """Run a command and check its exit code (None: any). No output ever holds a traceback or an escape sequence."""
        result = CliRunner().invoke(main, list(args), input=stdin, env={**self.env, **env})
        assert "Traceback" not in result.output, result.output
        assert "\x1b" not in result.output
        if code is not None:
            assert result.exit_code == code, (result.exit_code, result.output, result.exception)
        if result.exit_code in (1, 2, 4):
            assert "error: " in result.stderr, result.output
        return result

    def json(self, *args: str, code: int | None = 0, **env: str) -> list[dict[str, Any]]:
        """The objects that a command with `--json` prints."""
        return [json.loads(line) for line in self(*args, "--json", code=code, **env).stdout.splitlines()]

    def post(self, number: int) -> dict[str, Any]:
        """A post with its history."""
        (shown,) = self.json("show", str(number), code=None)
        return shown

    def drafted(self) -> None:
        """The article's four posts: 1 X short, 2 Bluesky short, 3 X faq, 4 Bluesky faq."""
        self("run", "article.txt", "--url", URL)


def world(folder: Path) -> World:
    """A world with the article in it."""
    (folder / "article.txt").write_text(ARTICLE)
    return World(folder)


@pytest.fixture
def account(x_server: XServer) -> XAccount:
    """A user of X."""
    return x_server.create_account()


@pytest.fixture
def x_world(tmp_path: Path, x_server: XServer, account: XAccount) -> World:
    """A world whose posts are drafted, that publishes on X, at once."""
    made = world(tmp_path)
    made.env = {
        "X_BASE_URL": x_server.url, "BOT_SEGMENT_PAUSE": "0", "BOT_GRACE_SECONDS": "0",
        **{f"X_{name.upper()}": str(secret) for name, secret in account.secrets.items()},
    }
    made.drafted()
    return made
