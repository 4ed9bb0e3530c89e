"""Platforms: the protocol each adapter keeps, and which adapter serves which account."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from math import inf
from typing import Protocol

from bot.accounts import Account
from bot.errors import ConfigError
from bot.values import Content, Fixed, Identity, Image, Limits, Outcome, Recent, Remote, Request, Segment, Sought


class Platform(Protocol):
    """One account on one platform. Cheap to build: an SDK is imported only when a call first needs it."""

    limits: Limits
    looks: tuple[float, ...]
    """Seconds after a call of unknown outcome at which to look for what it wrote; empty: it can not be looked for."""
    repeatable: bool
    """Sending the same request again can not double it: it carries keys of our own, and the platform takes each once."""

    @property
    def fingerprint(self) -> str:
        """Changes when the credentials do, and tells nothing about them."""

    def measure(self, text: str) -> Segment:
        """The text as a segment: length in the platform's unit, whether it has a URL, facets, cost. Pure.

        The text comes back as it will be sent (white space and Unicode normalised as the platform would).
        """

    def deliveries(self, content: Content, images: Mapping[str, Image], fixed: Fixed | None) -> tuple[Request, ...]:
        """The requests that publish this content, in order. Pure.

        Without `fixed` this is a preview: placeholders stand where only the send can know, named as provisional.
        With it, requests whose parents are not yet out keep their placeholders. `images` are keyed by SHA-256 (hex).
        """

    def upload(self, content: Content, images: Mapping[str, Image]) -> Outcome | None:
        """Upload what the requests refer to. None: all there. Else the outcome, never `sent` or `unknown`: nothing was posted."""

    def send(self, request: Request, *, before: float = inf) -> Outcome:
        """Send exactly `request.body`, once. Never raises for what the network or the platform does; never retries.

        No byte of it leaves after `before` (on `clock.monotonic`): by then another may have taken its place.
        """

    def find(self, sought: Sought) -> Outcome:
        """Look for a write that may be out. Reads only, and never raises for what the network or the platform does.

        `sent`: it is there, as `remote`. `not sent`: the platform was asked, and it is not there (yet). `unknown`: it could not
        be asked now; ask again, at `retry_at` where the platform says so. `refused`: looking will not settle it, for the reason
        in `detail` (no read access; something else is there under its key).
        """

    def delete(self, remote: Remote) -> Outcome:
        """Take one message down. Never raises for what the network or the platform does; may be repeated without harm.

        `sent`: it is gone, by this call or an earlier one. `not sent` and `unknown`: try again, at `retry_at` where the platform
        says so. `refused`: the platform will not.
        """

    def named(self, request: str, reference: str, *, since: datetime | None = None) -> tuple[Remote, ...]:
        """The messages of a stored request, given the id or address under which a person found it. Pure.

        Raises UsageError when `reference` is no id or address of a message of this platform, or of one made before `since`, when
        this one was first about to be sent.
        """

    def recent(self, account_id: str) -> Recent:
        """The newest messages of this account (its id on the platform), whoever wrote them, but no reposts; a hundred at most.

        Reads only, may cost money, and never raises for what the network or the platform does.
        """

    def verify(self) -> Identity:
        """Who the credentials belong to. Raises BotError when they are refused or the platform can not be reached."""


Persist = Callable[[str], None]


def connect(
    account: Account, *, timeout: float, readback: Sequence[float] = (), session: str | None = None, persist: Persist | None = None,
) -> Platform:
    """The adapter for this account; `session` and `persist` carry a platform's login across runs (a secret).

    `readback`: seconds until each look at the account's own timeline on X.
    Raises ConfigError for a platform nobody wrote an adapter for.
    """
    if account.platform == "x":
        from bot.platforms.x import X

        return X(account, timeout=timeout, looks=readback)
    if account.platform == "bluesky":
        from bot.platforms.bluesky import Bluesky

        return Bluesky(account, timeout=timeout, session=session, persist=persist)
    raise ConfigError(f"account {account.name}: there is no platform {account.platform!r}; use x or bluesky.")
