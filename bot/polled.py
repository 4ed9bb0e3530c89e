"""What one poll of a source came to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from bot.errors import BotError, SourceError
from bot.store.articles import Taken
from bot.values import Fault

DUPLICATE = "duplicate"
"""A new article that says the same as another."""


@dataclass
class Polled:
    """What one poll of a source came to."""

    source: int
    where: str
    """Its address, as messages name it."""
    first: bool = False
    """It set the baseline."""
    articles: list[int] = field(default_factory=list)
    """Articles that its news became, oldest first; each once."""
    noted: int = 0
    """Entries that were no news: known from now on."""
    left: int = 0
    """News beyond the cap: read at the next poll."""
    came: Counter[str] = field(default_factory=Counter)
    """What its news came to (`Taken`, or DUPLICATE), counted."""
    faults: list[Fault] = field(default_factory=list)
    """Entries that could not be read, the first time and the last."""
    error: BotError | None = None
    """Why the source as a whole could not be read."""
    fate: str = ""
    """What becomes of it then."""
    failures: int = 0
    off: bool = False
    """It is polled no more."""
    page: str | None = None
    """The page, as messages name it, on whose site the feed was found."""
    others: tuple[str, ...] = ()
    """Other feeds that the page names."""

    @property
    def trouble(self) -> SourceError | None:
        """The error and what becomes of the source, as one to tell."""
        if self.error is None:
            return None
        told_of = SourceError(f"{self.error} {self.fate}".strip())
        told_of.__cause__ = self.error.__cause__
        return told_of

    @property
    def told(self) -> list[str]:
        """What its news came to, in words."""
        came = self.came
        parts = [f"{came[Taken.NEW]} {'article' if came[Taken.NEW] == 1 else 'articles'} taken"] if came[Taken.NEW] else []
        words = {Taken.UPDATED: "updated", DUPLICATE: "the same as others", Taken.KNOWN: "known already"}
        return parts + [f"{came[what]} {said}" for what, said in words.items() if came[what]]
