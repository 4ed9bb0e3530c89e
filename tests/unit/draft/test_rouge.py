"""How well the picked sentences summarise: ROUGE-1 on public abstracts, against taking the first sentence."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.drafters.extractive import Extractive
from bot.values import Article, Brief, Kind

ROOM = 250
ENDINGS = ("ational", "ization", "ations", "ation", "ingly", "ments", "ment", "ness", "ings", "ing", "edly", "ed", "ies", "es", "s", "ly", "ive", "al")


def stem(word: str) -> str:
    """A rough English stem, as ROUGE is commonly counted on stems."""
    ending = next((ending for ending in ENDINGS if word.endswith(ending) and len(word) - len(ending) >= 3), "")
    return word.removesuffix(ending)


def rouge_1(text: str, reference: str) -> float:
    """F1 of the unigrams."""
    one, other = (Counter(stem(word) for word in re.findall(r"[a-z0-9]+", part.lower())) for part in (text, reference))
    same = (one & other).total()
    return 2 * same / (one.total() + other.total()) if same else 0.0


def picked(row: dict[str, list[str]]) -> str:
    article = Article(title=str(row["title"]), body="\n".join(line.strip() for line in row["source"]), language="en")
    brief = Brief(kinds=(Kind.SHORT,), platforms=("x",), room={"x": ROOM})
    draft = Extractive().draft(article, brief).drafts[0]
    return " ".join(said.text for said in draft.variants[0].parts[0].paragraphs[0])


@pytest.mark.data
def test_picked_sentences_are_not_below_the_first_one(data: Path) -> None:
    rows = [json.loads(line) for line in (data / "summaries" / "scitldr-300.jsonl").read_text().splitlines()]

    def score(pick: Callable[[dict[str, list[str]]], str]) -> float:
        return 100 * sum(max(rouge_1(pick(row)[:ROOM], target) for target in row["target"]) for row in rows) / len(rows)

    lead, title, ours = score(lambda row: row["source"][0].strip()), score(lambda row: str(row["title"])), score(picked)
    print(f"\nROUGE-1 at {ROOM} characters, {len(rows)} abstracts: lead-1 {lead:.1f} · offline drafter {ours:.1f} · title alone {title:.1f}")
    assert ours >= lead
