"""Golden cases of intake: a source and what is read from it, as a file pair; a new case is two files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.errors import SourceError
from bot.sources import feed, reading
from bot.values import Article

FOLDER = Path(__file__).parents[2] / "golden" / "intake"
CASES = sorted(path for path in FOLDER.iterdir() if path.suffix != ".json")


def shown(article: Article) -> dict[str, Any]:
    """The article as a golden file holds it: paragraphs as a list, pairs as question and answer."""
    return {
        "title": article.title, "dek": article.dek, "body": article.body.split("\n\n"),
        "faq": [[pair.question, pair.answer] if pair.visible else [pair.question, pair.answer, "not visible"] for pair in article.faq],
        "url": article.url, "language": article.language, "author": article.author,
        "published_at": article.published_at.isoformat() if article.published_at else None,
        "tail_cut": article.tail_cut, "hidden": article.hidden.split("\n") if article.hidden else [],
    }


def read(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    if not reading.is_feed(data):
        return shown(reading.article(reading.Given(data=data, where=path.name, name=path.name)))

    def no_page(link: str) -> Article:
        raise SourceError(f"{link}: not to be had.")

    batch = feed.read(data, where=path.name, address=None, fetch_article=no_page)
    return {"articles": [shown(article) for article in batch.articles], "faults": [[fault.where, fault.what] for fault in batch.faults]}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_what_is_read_is_what_the_golden_file_says(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert read(path) == expected


def test_every_golden_file_has_its_source() -> None:
    stems = {path.stem for path in CASES}
    assert {path.stem for path in FOLDER.glob("*.json")} == stems
    assert len(stems) == len(CASES)
