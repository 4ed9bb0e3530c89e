"""How much of what changes in public news texts is noticed, and how much of what does not matter is taken for a change."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest

from bot.text import changes, notices
from bot.values import Article

_NUMBER = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?!\w)")
_WORD = re.compile(r"[a-z]{6,}")


@pytest.fixture(scope="module")
def texts(data: Path) -> list[Article]:
    pages = json.loads((data / "extraction" / "ground-truth.json").read_text())
    found = [page.get("articleBody") or "" for page in pages.values()]
    rows = [json.loads(line) for line in (data / "grounding" / "cliff-val.jsonl").read_text().split("\n") if line]
    found += [row.get("doc") or row.get("source") or "" for row in rows]
    read = [Article(title="T", body=text, language="en") for text in found if text]
    assert len(read) > 300
    return read


@pytest.mark.data
def test_a_changed_figure_is_noticed(texts: list[Article]) -> None:
    chance = random.Random(1)
    tried = found = 0
    for article in texts[::2]:
        figures = list(_NUMBER.finditer(article.body))
        if figures:
            one = chance.choice(figures)
            other = str(int(re.sub(r"\D", "", one[0])) + 7)
            now = article.model_copy(update={"body": article.body[: one.start()] + other + article.body[one.end() :]})
            tried, found = tried + 1, found + changes.compare(article, now).material
    assert found >= 0.98 * tried


@pytest.mark.data
def test_a_slip_of_the_pen_and_a_new_paragraph_are_not(texts: list[Article]) -> None:
    chance = random.Random(2)
    alarms = []
    for article in texts[::2]:
        words = list(_WORD.finditer(article.body))
        if not words:
            continue
        one = chance.choice(words)
        slip = one[0][:2] + one[0][3] + one[0][2] + one[0][4:]
        body = article.body[: one.start()] + slip + article.body[one.end() :] + "\n\nThe mayor will speak about it again, and nobody knows how long."
        change = changes.compare(article, article.model_copy(update={"body": body}))
        alarms += [(one[0], change.lines)] if change.material else []
    assert len(alarms) <= 0.02 * len(texts[::2]), alarms


@pytest.mark.data
def test_no_article_is_taken_for_one_with_a_notice(texts: list[Article]) -> None:
    assert [notice for article in texts for notice in notices.find(article)] == []
