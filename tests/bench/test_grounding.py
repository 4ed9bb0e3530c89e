"""The floors of the grounding benchmark, as the issue and docs/grounding.md have them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest

from tests.bench import grounding

pytestmark = pytest.mark.data


@lru_cache
def measured(data: Path) -> grounding.Result:
    return grounding.run(data)


def test_figures_are_found_better_than_by_containment(data: Path) -> None:
    result = measured(data)
    assert result.holds.balanced >= result.plain.balanced + 0.05
    assert result.holds.balanced > result.every_word.balanced


def test_false_alarms_on_clean_summaries_are_rare(data: Path) -> None:
    result = measured(data)
    assert result.holds.alarms <= 0.03
    assert result.any_holds.alarms <= 0.03


def test_little_that_containment_stops_is_let_pass(data: Path) -> None:
    """Three: "one" twice, which counts nothing too often to be held, and 23 changes where the source has 23 of something else."""
    result = measured(data)
    assert len(set(result.plain.hit) - set(result.holds.hit)) <= 3


def test_the_docs_have_the_table_as_measured(data: Path) -> None:
    docs = (Path(__file__).parents[2] / "docs" / "grounding.md").read_text(encoding="utf-8")
    assert grounding.table(measured(data)) in docs
