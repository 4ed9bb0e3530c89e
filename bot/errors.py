"""Errors a user can act on: one line that says what to do, and an exit code.

    BotError (1)
    ├── SourceError (1)         an article could not be read
    ├── Aside (0)               worth a line; what was asked for is done all the same
    ├── DraftError (1)          a drafter could not write
    ├── StoreError (1)          the database refused or is not as expected
    ├── StateError (1)          a post is not in a state that allows this
    ├── UsageError (2)          the command does not make sense
    ├── HoldError (3)           a post has a hold
    └── ConfigError (4)         a setting, credential, prompt or layout is missing or unreadable
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class BotError(Exception):
    """Base of all errors whose message is meant for the user: one line, no traceback."""

    exit_code = 1


class SourceError(BotError):
    """An article could not be read; the message names the source and the remedy."""

    address: str | None = None
    """Where it was looked for in the end, behind all redirects; None when nothing answered."""


class Aside(BotError):
    """Something that a user may want to know, although what was asked for is done: it makes no command fail."""

    exit_code = 0


class DraftError(BotError):
    """A drafter could not write; the pipeline falls back to the offline drafter."""


class StoreError(BotError):
    """The database can not be reached, is newer than the program, or refused a write."""


class StateError(BotError):
    """The move asked for is not in the state table."""


class UsageError(BotError):
    """The command does not make sense as given."""

    exit_code = 2


class HoldError(BotError):
    """A post may not go out as it is."""

    exit_code = 3


class ConfigError(BotError):
    """A setting, credential, prompt or layout is missing or unreadable."""

    exit_code = 4


Tell = Callable[[str, BotError], None]
"""Takes where something went wrong, and what; the work goes on."""


@contextmanager
def told(tell: Tell, where: str, *, passing: type[BotError] | tuple[type[BotError], ...] = ConfigError) -> Iterator[None]:
    """Tell of what goes wrong inside instead of stopping the work.

    `passing` goes on its way: by default ConfigError, which is seldom about one thing alone. An exception nobody foresaw is
    told too, in one line: one article or post must not be able to stop all the others.
    """
    try:
        yield
    except passing:
        raise
    except BotError as error:
        tell(where, error)
    except Exception as error:
        tell(where, unforeseen(error))


def unforeseen(error: Exception) -> BotError:
    """A fault of the program, in one line; the traceback stays with it as its cause."""
    said = BotError(f"{type(error).__name__}: {error}. This is a fault of the program; the others go on.")
    said.__cause__ = error
    return said
