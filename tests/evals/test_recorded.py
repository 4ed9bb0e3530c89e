"""The recorded drafts of real pages are what the program makes of the answers today."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.evals import documents, recorded
from tests.evals.world import World


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World() as opened:
        yield opened


@pytest.mark.data
def test_the_document_of_recorded_drafts_is_current(world: World, data: Path, tmp_path: Path) -> None:
    done = [(page, recorded.made(world, page, data, tmp_path)) for page in recorded.pages()]
    told = recorded.document(done)
    if os.environ.get("BOT_UPDATE_DOCS") == "1":
        documents.RECORDED.write_text(told)
    assert documents.RECORDED.read_text() == told, "docs/recorded-drafts.md is stale; see tests/evals/recorded.py"


@pytest.mark.data
def test_the_recorded_answers_make_posts_by_the_model_in_one_call(world: World, data: Path, tmp_path: Path) -> None:
    for page in recorded.pages():
        one = recorded.made(world, page, data, tmp_path)
        assert (one.drafting.drafter, one.drafting.problem, one.drafting.usage.calls) == ("openai", None, 1), page.name
        assert {"x short", "bluesky short", "x faq", "bluesky faq"} <= {post.name for post in one.posts}, page.name
        assert page.judgement, page.name


def test_there_are_five_pages_of_different_kinds() -> None:
    assert len({page.kind for page in recorded.pages()}) == 5
