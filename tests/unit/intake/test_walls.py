"""Entries of a feed whose pages show a wall are not read; the same story at two addresses is."""

from __future__ import annotations

import pytest

from bot.errors import SourceError
from bot.sources import walls
from bot.values import Article

TEXT = "Whoever wants to come in has to ring the bell at the gate, and the keeper of it lets nobody in today."


def article(at: int, text: str = TEXT, *, page: bool = True) -> Article:
    return Article(title="The Ostra Post", body=text, url=f"https://ostra.example/{at}", page=page)


def test_different_entries_with_one_text_are_not_read() -> None:
    found = walls.same({1: article(1), 2: article(2), 4: article(4, "Another text of its own.")}, {1: "Mill sold", 2: "Otters return", 4: "Rye"})
    assert sorted(found) == [1, 2]
    assert "ostra.example/1: its page shows the same text" in str(found[1])


def test_one_story_at_two_addresses_is() -> None:
    assert walls.same({1: article(1), 2: article(2)}, {1: "Mill sold", 2: "Mill Sold"}) == {}
    assert walls.same({1: article(1), 2: article(1)}, {1: "Mill sold", 2: "Otters return"}) == {}
    assert walls.same({1: article(1, page=False), 2: article(2, page=False)}, {1: "Mill sold", 2: "Otters return"}) == {}


def test_a_page_that_shows_a_wall_is_not_read() -> None:
    wall = article(1, "You have made too many requests. Please try again later.")
    with pytest.raises(SourceError, match="refused to show the page to a program"):
        walls.passed(wall, "https://ostra.example/1")
    assert walls.passed(article(1), "https://ostra.example/1") == article(1)
