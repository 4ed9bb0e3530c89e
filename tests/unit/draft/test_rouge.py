"""How well the picked sentences summarise: ROUGE-1 on public abstracts, beside its baselines in the same run."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.drafters.openers import dangling, whole
from bot.text import sentences
from tests.bench import offline


@pytest.mark.data
def test_picked_sentences_are_not_below_title_and_centroid_without_the_rules(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = offline.results(offline.rows(data))
    with capsys.disabled():
        print(f"\n{offline.table(found)}")
    ours = found["offline drafter"]
    assert ours >= max(found["title + centroid"], found["title + centroid, running text"])
    assert found["offline drafter, each entry a paragraph"] >= found["title + centroid"]
    assert ours > found["lead-1"]
    assert ours < found["greedy oracle"]


@pytest.mark.data
def test_what_is_picked_is_whole_and_opens_on_its_own(data: Path) -> None:
    for row in offline.rows(data):
        text = offline.drafted(row)
        if text == sentences.fold(row.title):
            continue
        said = sentences.split(text, "en")
        assert not dangling(said[0], "en"), said[0]
        assert all(map(whole, said)), text
        assert set(said) <= set(row.told)
        assert len(text) <= offline.ROOM
