"""A correction on a real Bluesky server: where it hangs in the thread, that it is there once, and that it is nowhere without its post."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integration.cli_world import ARTICLE, URL
from tests.integration.test_main_job import Bot, bot, environment, lines, login, user  # noqa: F401
from tests.servers.pds import BlueskyLogin, Pds

pytestmark = pytest.mark.pds

TEXT = "Correction: the ferry carried 402,000 riders, 38% more than before."


@pytest.fixture
def wrong(bot: Bot) -> Bot:  # noqa: F811
    """The short (2) and the thread (4) are out on Bluesky; then the article got other numbers."""
    Path("article.txt").write_text(ARTICLE)
    bot("run", "article.txt", "--url", URL)
    assert bot("approve", "2", "4").returncode == 0
    assert bot("publish").returncode == 0
    Path("article.txt").write_text(ARTICLE.replace("41%", "38%").replace("412,000", "402,000"))
    bot("run", "article.txt", "--url", URL)
    return bot


def named(record: dict[str, Any]) -> dict[str, str]:
    return {key: record[key] for key in ("uri", "cid")}


def under(pds: Pds, login: BlueskyLogin, shown: dict[str, Any]) -> list[dict[str, Any]]:  # noqa: F811
    """The records of a post, in order."""
    texts = [segment["text"] for segment in shown["segments"]]
    found = {record["value"]["text"]: record for record in pds.records(login.did)}
    return [found[text] for text in texts]


def test_it_hangs_under_the_last_message_of_the_thread_by_hash(wrong: Bot, pds: Pds, login: BlueskyLogin) -> None:  # noqa: F811
    (thread,) = lines(wrong("show", "4", "--json"))
    original = under(pds, login, thread)
    assert len(original) > 1
    (made,) = lines(wrong("correct", "4", "--reply", "--text", f"{TEXT}\n---\nThe vote is unchanged: May 14.", "--json"))
    assert made["reply_to"] == {"post": 4, "root": original[0]["uri"], "parent": original[-1]["uri"]}
    preview = made["requests"][0]["writes"][0]["value"]["reply"]
    assert preview == {"root": named(original[0]), "parent": named(original[-1])}
    assert not any("writes[0].value.reply" in path for path in made["provisional"])
    assert wrong("approve", str(made["post"]), "--override", "duplicate", "--reason", "r").returncode == 0
    for _ in range(3):
        wrong("publish")
    first, second = under(pds, login, made)
    assert first["value"]["reply"] == {"root": named(original[0]), "parent": named(original[-1])}
    assert second["value"]["reply"] == {"root": named(original[0]), "parent": named(first)}
    assert first["value"]["langs"] == ["en"]
    assert "embed" not in first["value"]
    assert len(pds.records(login.did)) == len(original) + 3

    assert wrong("unwind", str(made["post"])).returncode == 0
    assert len(pds.records(login.did)) == len(original) + 1, "the correction is gone, the post is not"


def test_it_quotes_the_article_under_a_single_post_and_is_not_sent_once_that_is_gone(wrong: Bot, pds: Pds, login: BlueskyLogin) -> None:  # noqa: F811
    (short,) = lines(wrong("show", "2", "--json"))
    (original,) = under(pds, login, short)
    (made,) = lines(wrong("correct", "2", "--reply", "--json"))
    assert made["segments"][0]["text"].startswith("Correction: The harbor ferry carried 402,000 riders")
    assert made["requests"][0]["writes"][0]["value"]["reply"] == {"root": named(original), "parent": named(original)}
    assert wrong("approve", str(made["post"])).returncode == 0
    before = len(pds.records(login.did))
    assert wrong("correct", "2", "--unwind", "--reason", "wrong").returncode == 0
    wrong("publish")
    assert len(pds.records(login.did)) == before - 1
    (held,) = lines(wrong("show", str(made["post"]), "--json"))
    assert (held["state"], [hold["code"] for hold in held["holds"]]) == ("in_review", ["request_mismatch"])
