"""Drafters: the protocol each adapter keeps, and the error that does not lose what was paid."""

from __future__ import annotations

from typing import Protocol

from bot.errors import DraftError
from bot.values import Article, Brief, Drafting, Usage


class Drafter(Protocol):
    """Writes drafts with evidence."""

    name: str

    def draft(self, article: Article, brief: Brief) -> Drafting:
        """All kinds and platforms of the brief in one go. Raises DraftError when it can not: DraftingFailed where that cost something."""


class DraftingFailed(DraftError):
    """A drafter could not write; what it had asked, and what that cost, is known all the same. The fields are Drafting's."""

    def __init__(
        self, message: str, *, usage: Usage | None = None, model: str | None = None, prompt: str | None = None,
        prompt_hash: str | None = None, finish_reason: str | None = None,
    ) -> None:
        super().__init__(message)
        self.usage = usage or Usage()
        self.model = model
        self.prompt = prompt
        self.prompt_hash = prompt_hash
        self.finish_reason = finish_reason
