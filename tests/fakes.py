"""A platform that is a real object with a memory, not a mock: it keeps what it took, and answers as it is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import inf

from bot.errors import BotError
from bot.values import (
    Content,
    Fixed,
    Identity,
    Image,
    Limits,
    Outcome,
    OutcomeKind,
    Posted,
    Recent,
    Remote,
    Request,
    Segment,
    Sought,
)


@dataclass(frozen=True)
class Lost:
    """The platform never took it, whatever the answer says."""

    outcome: Outcome


Answer = Outcome | Lost | Callable[[Request], Outcome] | BaseException | None
"""An exception, a `sent` and an `unknown` are answered after the platform took the message; None is the usual success."""


def sent(number: int) -> Outcome:
    return Outcome(kind=OutcomeKind.SENT, remote=(Remote(id=str(number), url=f"https://fake.example/{number}"),))


def posted(number: int, text: str, at: datetime, above: int | None = None) -> Posted:
    """A message that stands there already."""
    return Posted(remote=Remote(id=f"e{number}", url=f"https://fake.example/e{number}"), at=at, text=text, above=f"e{above}" if above else None)


class FakePlatform:
    """One delivery per segment, like X. Unscripted calls succeed and tell the truth."""

    limits = Limits(unit="characters", length=280)

    def __init__(self, *, looks: tuple[float, ...] = (), repeatable: bool = False) -> None:
        self.looks, self.repeatable = looks, repeatable
        self.fingerprint = "fake keys"
        self.identity: Identity | BotError = Identity(handle="fake", remote_id="fake-1")
        self.asked = 0
        """How often it was asked whose account it is."""
        self.visible = True
        """False: what was taken does not show when it is looked for (yet)."""
        self.finds: list[Outcome | BaseException] = []
        """Answers to the next looks."""
        self.deletes: list[Outcome | BaseException] = []
        """Answers to the next deletions; an exception comes after the message is gone."""
        self.sought: list[Sought] = []
        self.hidden: list[str] = []
        """Bodies that were looked for, were there, and did not show."""
        self.deleted: list[str] = []
        self.taken: list[str] = []
        """Bodies that the platform took, in order, whatever it answered."""
        self.unended: list[int] = []
        """Numbers of those whose call never told its sender that it ended."""
        self.called: list[str] = []
        """Bodies of all calls."""
        self.answers: list[Answer] = []
        self.before_send: Callable[[Request], None] = lambda request: None
        self.uploads = 0
        self.upload_fails: Outcome | None = None
        self.earlier: list[Recent | BaseException] = []
        """Answers to the next questions for recent messages; then there are none."""
        self.recently = 0
        """How often that was asked."""
        self.read_cost = self.delete_cost = 0
        """Micro-dollars."""

    def measure(self, text: str) -> Segment:
        return Segment(text=text, length=len(text), limit=280, has_url="://" in text, cost_micros=15_000)

    def deliveries(self, content: Content, images: Mapping[str, Image], fixed: Fixed | None) -> tuple[Request, ...]:
        out = fixed.sent if fixed else ()
        above = content.reply_to.parent.id if content.reply_to else None
        return tuple(
            Request(
                position=position, segments=(position,),
                body=json.dumps({"text": segment.text, "after": (out[position - 1] if position <= len(out) else "?") if position else above}),
                provisional=("$.after",) if position else (),
            )
            for position, segment in enumerate(content.segments)
        )

    def upload(self, content: Content, images: Mapping[str, Image]) -> Outcome | None:
        self.uploads += 1
        return self.upload_fails

    def send(self, request: Request, *, before: float = inf) -> Outcome:
        self.before_send(request)
        self.called.append(request.body)
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Lost):
            return answer.outcome
        if isinstance(answer, BaseException):
            self.unended.append(self._take(request))
            raise answer
        outcome = answer(request) if callable(answer) else answer
        if outcome is None or outcome.kind in (OutcomeKind.SENT, OutcomeKind.UNKNOWN):
            number = self._take(request)
            if outcome is not None and not outcome.call_ended:
                self.unended.append(number)
            return outcome or sent(number)
        return outcome

    def _take(self, request: Request) -> int:
        """Its number. One that is repeatable takes each body once."""
        if self.repeatable and request.body in self.taken:
            return self.taken.index(request.body) + 1
        self.taken.append(request.body)
        return len(self.taken)

    def find(self, sought: Sought) -> Outcome:
        self.sought.append(sought)
        answer = self.finds.pop(0) if self.finds else None
        if isinstance(answer, BaseException):
            raise answer
        if answer is None:
            there = [n + 1 for n, body in enumerate(self.taken) if body == sought.request and str(n + 1) not in sought.known]
            seen = there and self.visible and str(there[0]) not in self.deleted
            if there and not self.visible:
                self.hidden.append(sought.request)
            answer = sent(there[0]) if seen else Outcome(kind=OutcomeKind.NOT_SENT, detail="it is not there")
        return answer.model_copy(update={"cost_micros": self.read_cost})

    def delete(self, remote: Remote) -> Outcome:
        answer = self.deletes.pop(0) if self.deletes else Outcome(kind=OutcomeKind.SENT)
        if isinstance(answer, BaseException) or answer.kind is OutcomeKind.SENT:
            self.deleted.append(remote.id)
        if isinstance(answer, BaseException):
            raise answer
        return answer.model_copy(update={"cost_micros": self.delete_cost})

    def named(self, request: str, reference: str, *, since: datetime | None = None) -> tuple[Remote, ...]:
        return (Remote(id=reference, url=f"https://fake.example/{reference}"),)

    def recent(self, account_id: str) -> Recent:
        self.recently += 1
        answer = self.earlier.pop(0) if self.earlier else Recent()
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def verify(self) -> Identity:
        self.asked += 1
        if isinstance(self.identity, BotError):
            raise self.identity
        return self.identity

    def texts(self) -> list[str]:
        """The texts that the platform took, in order."""
        return [json.loads(body)["text"] for body in self.taken]
