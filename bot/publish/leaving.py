"""A platform whose calls are not waited for long once the program was told to stop; what they came to is then not known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from typing import Any, TypeVar, cast

from bot.deadline import Left, unless
from bot.platforms import Platform
from bot.values import Content, Identity, Image, Outcome, OutcomeKind, Recent, Remote, Request, Sought

WRITE, READ = 8.0, 3.0
"""Seconds more for a delivery at hand, whose answer spares looking for it, and for calls that write nothing: within the ten that
most hosts give a process before they kill it."""
Answer = TypeVar("Answer")
_TOLD = "the program was told to stop and did not wait for the answer"


class Leaving:
    """The platform, for work that may be told to stop."""

    def __init__(self, platform: Platform, stopping: Callable[[], bool]) -> None:
        self._platform, self._stopping = platform, stopping

    def __getattr__(self, name: str) -> Any:
        return getattr(self._platform, name)

    def upload(self, content: Content, images: Mapping[str, Image]) -> Outcome | None:
        """An upload that was left posted nothing."""
        left: Outcome | None = Outcome(kind=OutcomeKind.NOT_SENT, detail=_TOLD)
        return self._call(lambda: self._platform.upload(content, images), left)

    def send(self, request: Request, *, before: float = inf) -> Outcome:
        """What was left may be out, and its call may still be on its way."""
        left = Outcome(kind=OutcomeKind.UNKNOWN, detail=_TOLD, call_ended=False)
        return self._call(lambda: self._platform.send(request, before=before), left, more=WRITE)

    def find(self, sought: Sought) -> Outcome:
        """A look that was left has seen nothing."""
        return self._call(lambda: self._platform.find(sought), Outcome(kind=OutcomeKind.UNKNOWN, detail=_TOLD))

    def delete(self, remote: Remote) -> Outcome:
        """A deletion may be repeated."""
        return self._call(lambda: self._platform.delete(remote), Outcome(kind=OutcomeKind.UNKNOWN, detail=_TOLD), more=WRITE)

    def verify(self) -> Identity:
        """Raises Left, too."""
        return unless(self._stopping, self._platform.verify, "publishing", more=READ)

    def recent(self, account_id: str) -> Recent:
        """Asked again at the next start. Raises Left, too."""
        return unless(self._stopping, lambda: self._platform.recent(account_id), "publishing", more=READ)

    def _call(self, work: Callable[[], Answer], left: Answer, more: float = READ) -> Answer:
        try:
            return unless(self._stopping, work, "publishing", more=more)
        except Left:
            return left


def leavable(platform: Platform, stopping: Callable[[], bool]) -> Platform:
    """The platform, whose calls are left once `stopping`."""
    return cast(Platform, Leaving(platform, stopping))
