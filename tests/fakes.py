"""A platform that is a real object with a memory, not a mock: it keeps what it took, and answers as it is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from bot.values import Content, Fixed, Identity, Image, Limits, Outcome, OutcomeKind, Remote, Request, Segment

Answer = Outcome | Callable[[Request], Outcome] | BaseException


def sent(number: int) -> Outcome:
    return Outcome(kind=OutcomeKind.SENT, remote=(Remote(id=str(number), url=f"https://fake.example/{number}"),))


class FakePlatform:
    """One delivery per segment, like X. Unscripted sends succeed."""

    limits = Limits(unit="characters", length=280)

    def __init__(self) -> None:
        self.taken: list[str] = []
        """Bodies that the platform took, in order, whatever it answered."""
        self.answers: list[Answer] = []
        self.before_send: Callable[[Request], None] = lambda request: None
        self.uploads = 0
        self.upload_fails: Outcome | None = None

    def measure(self, text: str) -> Segment:
        return Segment(text=text, length=len(text), limit=280, has_url="://" in text, cost_micros=15_000)

    def deliveries(self, content: Content, images: Mapping[str, Image], fixed: Fixed | None) -> tuple[Request, ...]:
        out = fixed.sent if fixed else ()
        return tuple(
            Request(
                position=position, segments=(position,),
                body=json.dumps({"text": segment.text, "after": (out[position - 1] if position <= len(out) else "?") if position else None}),
                provisional=("$.after",) if position else (),
            )
            for position, segment in enumerate(content.segments)
        )

    def upload(self, content: Content, images: Mapping[str, Image]) -> Outcome | None:
        self.uploads += 1
        return self.upload_fails

    def send(self, request: Request) -> Outcome:
        self.before_send(request)
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, BaseException):
            self.taken.append(request.body)
            raise answer
        if callable(answer):
            answer = answer(request)
        if answer is None or answer.kind in (OutcomeKind.SENT, OutcomeKind.UNKNOWN):
            self.taken.append(request.body)
        return answer or sent(len(self.taken))

    def named(self, request: str, reference: str) -> tuple[Remote, ...]:
        return (Remote(id=reference, url=f"https://fake.example/{reference}"),)

    def verify(self) -> Identity:
        return Identity(handle="fake", remote_id="fake-1")

    def texts(self) -> list[str]:
        """The texts that the platform took, in order."""
        return [json.loads(body)["text"] for body in self.taken]
