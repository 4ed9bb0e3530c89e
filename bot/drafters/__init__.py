"""Drafters: the protocol each adapter keeps, and the error that does not lose what was paid."""

from __future__ import annotations

from typing import Protocol

from bot.errors import DraftError
from bot.values import Article, Brief, Drafting, Usage


class Drafter(Protocol):
    """Writes drafts with evidence."""

    name: str

    def draft(self, article: Article, brief: Brief) -> Drafting:
        """All kinds and platforms of the brief in one go. Raises DraftError when it can not (no server, no budget)."""


class DraftingFailed(DraftError):
    """A drafter could not write; `usage` is what the attempt cost all the same."""

    def __init__(self, message: str, usage: Usage | None = None) -> None:
        super().__init__(message)
        self.usage = usage or Usage()
