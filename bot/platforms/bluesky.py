"""The Bluesky adapter: a whole post, thread included, is one atomic `applyWrites` with record keys and CIDs of ours.

Text is sent as it stands, less what no reader sees: CRLF and CR become LF, trailing white space goes, and half
surrogates, which have no UTF-8, become U+FFFD. It is not put into NFC: Bluesky stores and counts what it gets, and a
changed text would no longer be the one that was approved.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from bot import clock
from bot.accounts import Account
from bot.deadline import StillRunning, within
from bot.errors import BotError, ConfigError, UsageError
from bot.platforms import records
from bot.platforms.bluesky_answers import QUERIES, SESSIONS, UPLOADS, WRITES, Act, Answer, Row, describe, judge, outcome
from bot.platforms.seal import seal, unseal
from bot.text import facets, graphemes
from bot.text.tidy import sendable
from bot.values import Content, Fixed, Identity, Image, Limits, Outcome, OutcomeKind, Remote, Request, Segment

if TYPE_CHECKING:
    from bot.platforms.bluesky_client import Login, Wire

MAX_GRAPHEMES, MAX_BYTES = 300, 3000
"""`text` of the lexicon app.bsky.feed.post."""

_REFERENCE = re.compile(
    rf"(at://(?P<uri>[^/]+)/{re.escape(records.COLLECTION)}/|https://bsky\.app/profile/(?P<page>[^/]+)/post/)(?P<rkey>[2-7a-z]{{13}})/?"
)
_EARLIER = 0.1
"""Part of the time that is kept back, so that a call times out by itself before nobody waits for it any more."""
_log = logging.getLogger(__name__)


class _Job:
    """How far a piece of work has come, for the one who waits and may give up."""

    def __init__(self) -> None:
        self.session: str | None = None
        self._lock = threading.Lock()
        self._abandoned = self._in_flight = False

    def begin(self) -> bool:
        """The write is about to leave; False when nobody waits any more, and it must not."""
        with self._lock:
            self._in_flight = not self._abandoned
            return self._in_flight

    def turned_away(self) -> None:
        """The server has proven that it did not take the write."""
        with self._lock:
            self._in_flight = False

    def abandon(self) -> bool:
        """Stop waiting. True: the write may be on its way."""
        with self._lock:
            self._abandoned = True
            return self._in_flight


class Bluesky:
    """One Bluesky account (see `bot.platforms.Platform`). `session` is what `persist` was last given: sealed."""

    def __init__(
        self, account: Account, *, timeout: float, session: str | None = None, persist: Callable[[str], None] | None = None
    ) -> None:
        self.limits = Limits(
            unit=graphemes.UNIT, length=min(account.limit or MAX_GRAPHEMES, MAX_GRAPHEMES), bytes=MAX_BYTES, cards=True,
            facets=True,
        )
        self._account, self._timeout, self._persist = account, timeout, persist
        self._sealed, self._session = session, None if session is None else ""
        password = account.secrets.get("app_password")
        self._password = password.get_secret_value() if password else ""
        self._handle = (account.handle or "").lstrip("@")
        self._context = f"{account.service} {self._handle}"

    def measure(self, text: str) -> Segment:
        """Graphemes, and one more than the limit when the text has more than 3,000 bytes: it would not fit either."""
        text = sendable(text).rstrip()
        length, found = graphemes.length(text), facets.find(text)
        if len(text.encode()) > MAX_BYTES:
            length = max(length, self.limits.length + 1)
        return Segment(
            text=text, length=length, limit=self.limits.length, has_url=any(facet.type == "link" for facet in found),
            facets=found,
        )

    def deliveries(self, content: Content, images: Mapping[str, Image], fixed: Fixed | None) -> tuple[Request, ...]:
        """One request. Raises ValueError for facets that do not fit their text and for a card image that is not there."""
        did = fixed.account_id if fixed else None
        body = records.apply_writes(
            content, images, did=did, post=fixed.post if fixed else None, created_at=fixed.created_at if fixed else None
        )
        count = len(content.segments)
        open_paths = () if did else records.provisional_paths(count, only_repo=fixed is not None)
        return (Request(position=0, segments=tuple(range(count)), body=body, provisional=open_paths),)

    def upload(self, content: Content, images: Mapping[str, Image]) -> Outcome | None:
        """The card's thumbnail. An image that the server has already is uploaded again without harm."""
        if content.card is None or content.card.thumb is None or not content.card.on:
            return None
        image = images[content.card.thumb]
        expected = records.blob_ref(image)
        done = self._run(
            UPLOADS, lambda wire, _: wire.post("com.atproto.repo.uploadBlob", image.data, image.mime), late=_late_upload
        )
        if isinstance(done, Outcome):
            return done
        if done.status != 200:
            return self._outcome(done, UPLOADS)
        got = done.content.get("blob") if isinstance(done.content, dict) else None
        if got == expected:
            return None
        if isinstance(got, dict) and got.get("ref") == expected["ref"]:
            return Outcome(kind=OutcomeKind.REFUSED, detail=f"the server takes the image for {got.get('mimeType')}, not {image.mime}")
        return Outcome(kind=OutcomeKind.NOT_SENT, detail="the server did not confirm the image that was uploaded")

    def send(self, request: Request) -> Outcome:
        """`unknown` unless proven. `BlobNotFound` comes back as `not sent` without a time: upload again, then send again."""
        if request.provisional:
            return Outcome(kind=OutcomeKind.REFUSED, detail="the request still has placeholders; it is a preview")
        expected, body = records.written(request.body), request.body.encode()
        did = expected[0].did

        def write(wire: Wire, job: _Job) -> Answer | Outcome:
            if wire.did != did:
                reason = f"the login belongs to {wire.did}, but the post was made for {did}"
                return Outcome(kind=OutcomeKind.NOT_SENT, detail=reason, pause=reason)
            if wire.remaining < self._timeout / 2 or not job.begin():
                return Answer(exception="NotStarted")
            answer = wire.post("com.atproto.repo.applyWrites", body, "application/json")
            if judge(answer, WRITES)[1] is Act.LOGIN:
                job.turned_away()
            return answer

        done = self._run(WRITES, write, late=_late_write)
        if isinstance(done, Outcome):
            return done
        return _sent(done, expected) if done.status == 200 else self._outcome(done, WRITES)

    def named(self, request: str, reference: str) -> tuple[Remote, ...]:
        """All records of the request, given the at-uri or bsky.app address of any of them.

        The record keys are ours, so an address with another key is another post: UsageError.
        """
        found = _REFERENCE.fullmatch(reference.strip())
        all_records = records.written(request)
        if found is None:
            raise UsageError(f"{reference!r} is not the address of a Bluesky post; give at://… or https://bsky.app/profile/…/post/….")
        author, rkey = found["uri"] or found["page"], found["rkey"]
        same_author = not author.startswith("did:") or author == all_records[0].did
        if not same_author or rkey not in [record.rkey for record in all_records]:
            raise UsageError(f"{reference!r} is another post: the keys of this one are {', '.join(record.rkey for record in all_records)}.")
        return _remotes(all_records)

    def verify(self) -> Identity:
        """Raises ConfigError when the credentials are missing or refused, BotError when the server does not answer."""
        done = self._run(QUERIES, lambda wire, _: wire.get("com.atproto.server.getSession"), late=_late_upload)
        if isinstance(done, Answer) and done.status == 200 and isinstance(done.content, dict):
            who = done.content
            if isinstance(who.get("handle"), str) and isinstance(who.get("did"), str):
                return Identity(handle=who["handle"], remote_id=who["did"])
        problem = done if isinstance(done, Outcome) else self._outcome(done, QUERIES)
        if problem.pause:
            raise ConfigError(f"account {self._account.name}: {problem.pause}.")
        raise BotError(f"account {self._account.name}: {self._account.service} can not be asked now: {problem.detail}; try again later.")

    def _run(
        self, table: tuple[Row, ...], call: Callable[[Wire, _Job], Answer | Outcome], *, late: Callable[[bool], Outcome]
    ) -> Answer | Outcome:
        """Log in where needed and make the call, within the account's time; once more if only the token was refused."""
        if not self._password or not self._handle:
            reason = f"set {' and '.join(self._account.missing) or 'the handle and the app password'}"
            return Outcome(kind=OutcomeKind.NOT_SENT, detail=reason, pause=reason)
        from bot.platforms import bluesky_client as client

        client.load()
        stored, job = self._stored(), _Job()
        login: Login = client.Login(self._account.service, self._handle, self._password)

        def work() -> Answer | Outcome:
            wire = client.Wire(login, self._timeout * (1 - _EARLIER), lambda session: setattr(job, "session", session))
            try:
                problem = wire.open(stored)
                if problem is None:
                    done = call(wire, job)
                    if isinstance(done, Outcome) or judge(done, table)[1] is not Act.LOGIN or wire.fresh:
                        return done
                    problem = wire.renew()
                return call(wire, job) if problem is None else self._outcome(problem, SESSIONS)
            finally:
                wire.close()

        try:
            return within(self._timeout, work, "bluesky")
        except StillRunning:
            return late(job.abandon())
        finally:
            self._keep(job.session)

    def _outcome(self, answer: Answer, table: tuple[Row, ...]) -> Outcome:
        return outcome(answer, table, account=self._account.name, now=clock.now())

    def _stored(self) -> str | None:
        if self._session == "":
            self._session = unseal(self._sealed or "", password=self._password, context=self._context)
        return self._session

    def _keep(self, session: str | None) -> None:
        """Hand a new session, sealed, to whoever stores it. Failing to store it costs one login, never the outcome."""
        if session is None or session == self._session:
            return
        self._session = session
        if self._persist is not None:
            try:
                self._persist(seal(session, password=self._password, context=self._context))
            except Exception as error:
                _log.warning("account %s: the login could not be stored (%s)", self._account.name, type(error).__name__)


def _sent(answer: Answer, expected: tuple[records.Written, ...]) -> Outcome:
    """Sent only if the server names exactly our records: with another CID the replies would point at nothing."""
    results = answer.content.get("results") if isinstance(answer.content, dict) else None
    got = [(item.get("uri"), item.get("cid")) for item in results if isinstance(item, dict)] if isinstance(results, list) else None
    if got != [(record.uri, record.cid) for record in expected]:
        detail = "200, but the answer does not name the records" if got is None else "200, but with other records than were sent"
        return Outcome(kind=OutcomeKind.UNKNOWN, detail=detail)
    return Outcome(kind=OutcomeKind.SENT, detail=describe(answer), remote=_remotes(expected))


def _remotes(written: tuple[records.Written, ...]) -> tuple[Remote, ...]:
    return tuple(
        Remote(id=record.uri, url=f"https://bsky.app/profile/{record.did}/post/{record.rkey}", cid=record.cid)
        for record in written
    )


def _late_write(in_flight: bool) -> Outcome:
    if in_flight:
        return Outcome(kind=OutcomeKind.UNKNOWN, detail="no answer in time; the call may still be on its way", call_ended=False)
    return Outcome(kind=OutcomeKind.NOT_SENT, detail="the login took too long")


def _late_upload(_: bool) -> Outcome:
    return Outcome(kind=OutcomeKind.NOT_SENT, detail="no answer in time")
