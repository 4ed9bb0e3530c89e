"""docs/offline-drafts.md is what the program drafts today, and each of its drafts was read as it stands."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests import offline_drafts

PAGE = Path(__file__).resolve().parents[3] / "docs" / "offline-drafts.md"
UPDATE = os.environ.get("BOT_UPDATE_DOCS") == "1"


@pytest.mark.data
def test_the_offline_drafts_in_the_docs_are_those_of_the_program(data: Path) -> None:
    made = offline_drafts.document(data)
    if UPDATE:
        PAGE.write_text(made, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == made, f"{PAGE.name} is stale: see tests/offline_drafts.py"


@pytest.mark.data
def test_every_draft_in_the_docs_was_read_as_it_stands(data: Path) -> None:
    unread = {one.name: one.fingerprint for one in offline_drafts.drafted(data) if one.verdict is None}
    assert unread == {}, "read these drafts again and write what you think of them in tests/offline_drafts.py"


@pytest.mark.data
def test_most_of_them_would_be_published_and_none_has_a_hold(data: Path) -> None:
    found = offline_drafts.drafted(data)
    assert sum(1 for one in found if (one.verdict or "").startswith("Would publish")) >= 14
    assert "HOLD" not in PAGE.read_text(encoding="utf-8")
