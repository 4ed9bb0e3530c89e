"""How often posts that people called the same are told to be, on labelled pairs of tweets, and articles on cut and edited news."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.text import bands
from bot.text.similarity import HOLD, SAME_ARTICLE, WARN, compared, containment, explain, explain_articles, words

pytestmark = pytest.mark.data


class Pair(NamedTuple):
    score: float
    counted: float
    """The score, or 0 where the numbers differ."""
    same: bool
    found: bool
    """By keys, either way."""


@pytest.fixture(scope="module")
def pairs(data: Path) -> list[Pair]:
    out = []
    with (data / "near-duplicates" / "twitter-url-pairs.jsonl").open() as file:
        for line in file:
            row = json.loads(line)
            a, b = compared(row["a"]), compared(row["b"])
            told = explain(row["a"], row["b"], hold=0)
            out.append(Pair(told.score, 0.0 if told.other_numbers else told.score, bool(row["same"]), _finds(a, b) and _finds(b, a)))
    return out


def _finds(kept: str, asked: str) -> bool:
    keys = bands.bands(kept).keys
    return any(key in probes for key, probes in zip(keys, bands.probes(asked).keys, strict=False))


def precision_and_recall(scored: Sequence[tuple[float, bool]], threshold: float) -> tuple[float, float, int]:
    above = [same for score, same in scored if score >= threshold]
    return sum(above) / max(1, len(above)), sum(above) / sum(same for _, same in scored), len(above)


def best(scored: Sequence[tuple[float, bool]]) -> tuple[float, float]:
    """The greatest F1 and its threshold."""
    total, hits, found = sum(same for _, same in scored), 0, (0.0, 0.0)
    ordered = sorted(scored, reverse=True)
    for told, ((score, same), (below, _)) in enumerate(zip(ordered, [*ordered[1:], (-1.0, False)], strict=True), 1):
        hits += same
        if below < score:
            found = max(found, (2 * hits / (told + total), score))
    return found


def test_labelled_pairs_are_told_apart_as_well_as_this_measure_can(pairs: list[Pair], capsys: pytest.CaptureFixture[str]) -> None:
    plain, with_rule = [(one.score, one.same) for one in pairs], [(one.counted, one.same) for one in pairs]
    with capsys.disabled():
        print(f"\n{len(pairs)} pairs, {sum(one.same for one in pairs)} the same")
        for name, scored in (("without the number rule", plain), ("with it", with_rule)):
            f1, at = best(scored)
            told = ", ".join("from {:.1f} P {:.3f} R {:.3f} ({})".format(level, *precision_and_recall(scored, level)) for level in (WARN, 0.6, HOLD, 0.8))
            print(f"{name}: best F1 {f1:.4f} at {at:.2f}; {told}")
    for scored in (plain, with_rule):
        assert best(scored)[0] >= 0.68
        precision, recall, _ = precision_and_recall(scored, HOLD)
        assert precision >= 0.92
        assert recall >= 0.15
        assert precision_and_recall(scored, WARN)[0] >= 0.8


def test_keys_find_as_good_as_all_that_would_be_held(pairs: list[Pair], capsys: pytest.CaptureFixture[str]) -> None:
    levels = {(low, low + 0.1): [one for one in pairs if low <= one.score < low + 0.1] for low in (0.5, 0.6, 0.7, 0.8, 0.9)}
    with capsys.disabled():
        print("\nfound by keys, both ways: " + ", ".join(f"{low:.1f}-{high:.1f} {sum(one.found for one in those)} of {len(those)}" for (low, high), those in levels.items()))
    held = [one for one in pairs if one.score >= HOLD]
    likely = [one for one in pairs if 0.6 <= one.score < HOLD]
    assert sum(one.found for one in held) / len(held) >= 0.98
    assert sum(one.found for one in likely) / len(likely) >= 0.8


# --- articles -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def articles(data: Path) -> list[list[str]]:
    """News of 120 words and more, each once."""
    with (data / "grounding" / "cliff-val.jsonl").open() as file:
        told = dict.fromkeys(json.loads(line)["doc"] for line in file)
    return [said for said in map(words, told) if len(said) >= 120]


def _edited(said: list[str], share: float) -> list[str]:
    chance = random.Random(len(said))
    return [said[chance.randrange(len(said))] if chance.random() < share else word for word in said]


COPIES: dict[str, tuple[float, Callable[[list[str]], list[str]]]] = {
    "first 25 words": (0.97, lambda said: said[:25]),
    "first 30 %": (1.0, lambda said: said[: len(said) * 3 // 10]),
    "30 % from the middle": (0.97, lambda said: said[len(said) // 3 :][: len(said) * 3 // 10]),
    "60 words from the middle": (0.8, lambda said: said[len(said) // 2 :][:60]),
    "5 % of words changed": (1.0, lambda said: _edited(said, 0.05)),
    "15 % of words changed": (0.98, lambda said: _edited(said, 0.15)),
    "another opening": (1.0, lambda said: ["other"] * 40 + said[40:]),
}


def test_copies_of_news_are_found_by_keys_and_told_by_words(articles: list[list[str]], capsys: pytest.CaptureFixture[str]) -> None:
    keys = [set(bands.article_keys(said)) for said in articles]
    lines = []
    for name, (least, change) in COPIES.items():
        copies = [change(said) for said in articles]
        found = sum(bool(known & set(bands.article_keys(copy))) for known, copy in zip(keys, copies, strict=True)) / len(articles)
        told = sum(containment(said, copy) >= SAME_ARTICLE for said, copy in zip(articles, copies, strict=True)) / len(articles)
        lines.append(f"{name}: found {found:.3f}, told {told:.3f}")
        assert found >= least, name
        assert told >= 0.98, name
    pairs = [(one, other) for one in range(len(articles)) for other in range(one)]
    chance_hits = sum(bool(keys[one] & keys[other]) for one, other in pairs)
    wrong = sum(containment(articles[one], articles[other]) >= SAME_ARTICLE for one, other in pairs if keys[one] & keys[other])
    with capsys.disabled():
        print(f"\n{len(articles)} articles; " + "; ".join(lines) + f"; of {len(pairs)} other pairs {chance_hits} share a key, {wrong} are told to be the same")
    assert chance_hits <= len(articles)
    assert wrong == 0


def _headline(text: str) -> str:
    return " ".join(text.split()[:9])


def test_copies_of_news_under_another_headline_or_by_another_agency_are_told_by_their_words(data: Path) -> None:
    """What parts reports from one template (numbers, days, months, names) parts no copy that was edited or syndicated."""
    with (data / "grounding" / "cliff-val.jsonl").open() as file:
        texts = [text for text in dict.fromkeys(json.loads(line)["doc"] for line in file) if len(words(text)) >= 120]
    chance = random.Random(1)
    for before, text in zip([texts[-1], *texts], texts, strict=False):
        said = text.split(" ")
        edited = " ".join(chance.choice(said) if chance.random() < 0.05 else word for word in said)
        original = f"{_headline(text)}\n{text}"
        for copy in (
            f"{_headline(before)}\n{text}", f"{_headline(before)}\n{edited}", f"{_headline(text)}\n{text[: len(text) * 3 // 10]}",
            f"{_headline(before).title()}\nKESTREL BAY (AP) - {text}\n\nThe Associated Press contributed to this report.",
        ):
            found = explain_articles(original, copy)
            assert found.same, found.why
