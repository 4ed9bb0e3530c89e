"""Errors a user can act on: one line that says what to do, and an exit code.

    BotError (1)
    ├── SourceError (1)         an article could not be read
    ├── DraftError (1)          a drafter could not write
    ├── StoreError (1)          the database refused or is not as expected
    ├── StateError (1)          a post is not in a state that allows this
    ├── UsageError (2)          the command does not make sense
    ├── HoldError (3)           a post has a hold
    └── ConfigError (4)         a setting, credential, prompt or layout is missing or unreadable
"""

from __future__ import annotations


class BotError(Exception):
    """Base of all errors whose message is meant for the user: one line, no traceback."""

    exit_code = 1


class SourceError(BotError):
    """An article could not be read; the message names the source and the remedy."""


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
