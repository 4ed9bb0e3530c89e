"""The body against 40 real pages, beside trafilatura's own in the same run."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.errors import SourceError
from bot.sources import page

ALLOWED = 0.003
WORD = re.compile(r"\w+")


def shingles(text: str, size: int = 4) -> Counter[tuple[str, ...]]:
    """Runs of four words, as the article-extraction-benchmark compares texts."""
    words = WORD.findall(text)
    return Counter(tuple(words[at : at + size]) for at in range(max(1, len(words) - size + 1))) if words else Counter()


def f1(texts: dict[str, str], truth: dict[str, str]) -> tuple[float, float, float]:
    """F1 of the mean precision and mean recall over the pages."""
    precisions, recalls = [], []
    for name, expected in truth.items():
        found, wanted = shingles(texts[name]), shingles(expected)
        common = sum((found & wanted).values())
        precisions.append(common / found.total() if found else float(not wanted))
        recalls.append(common / wanted.total() if wanted else 1.0)
    precision, recall = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    return 2 * precision * recall / (precision + recall), precision, recall


def body(html: str) -> str:
    """What of an article stood on the page: body and visible FAQ; the dek is left out, since most stand in the head only."""
    try:
        article = page.read(html, where="page", address="https://example.com/page")
    except SourceError:
        return ""
    return "\n".join([re.sub(r"^## ", "", article.body, flags=re.M), *(f"{pair.question} {pair.answer}" for pair in article.faq if pair.visible)])


@pytest.mark.data
def test_our_body_is_as_good_as_bare_trafilatura(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import trafilatura

    folder = data / "extraction"
    truth = {name: entry["articleBody"] for name, entry in json.loads((folder / "ground-truth.json").read_text(encoding="utf-8")).items()}
    pages = {name: gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes()).decode("utf-8", "replace") for name in truth}

    def scored(read: Callable[[str], str | None]) -> tuple[float, float, float]:
        return f1({name: read(html) or "" for name, html in pages.items()}, truth)

    bare, ours = scored(trafilatura.extract), scored(body)
    with capsys.disabled():
        for name, score in (("bare trafilatura", bare), ("intake", ours)):
            print(f"\n{name:16}  F1 {score[0]:.4f}  precision {score[1]:.4f}  recall {score[2]:.4f}  ({len(truth)} pages)", end="")
    assert ours[0] >= bare[0] - ALLOWED
