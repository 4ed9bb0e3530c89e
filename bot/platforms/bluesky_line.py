"""An account's line to its Bluesky server: logs in where needed, makes one call in the account's time, keeps the session."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from math import inf
from typing import TYPE_CHECKING

from bot import clock
from bot.accounts import Account
from bot.deadline import StillRunning, within
from bot.platforms.bluesky_answers import LOOKS, QUERIES, SESSIONS, UPLOADS, Act, Answer, Row, judge, outcome
from bot.platforms.seal import seal, unseal
from bot.values import Outcome, OutcomeKind

if TYPE_CHECKING:
    from bot.platforms.bluesky_client import Login, Wire

_EARLIER = 0.1
"""Part of the time that is kept back, so that a call times out by itself before nobody waits for it any more."""
_log = logging.getLogger(__name__)


class Job:
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


class Line:
    """One account at its server. `session` is what `persist` was last given: sealed."""

    def __init__(self, account: Account, *, timeout: float, session: str | None, persist: Callable[[str], None] | None) -> None:
        self._account, self._timeout, self._persist = account, timeout, persist
        self._sealed, self._session = session, None if session is None else ""
        password = account.secrets.get("app_password")
        self._password = password.get_secret_value() if password else ""
        self._handle = (account.handle or "").lstrip("@")
        self._context = f"{account.service} {self._handle}"

    def write(
        self, method: str, body: bytes, owner: str, table: Sequence[Row], *, stranger: Callable[[str], Outcome], before: float = inf
    ) -> Answer | Outcome:
        """Call a procedure that changes what is posted, with exactly these bytes; `stranger` when the login is not `owner`'s.

        Not after `before`, on the monotonic clock.
        """
        def call(wire: Wire, job: Job) -> Answer | Outcome:
            if wire.did != owner:
                return stranger(wire.did)
            if wire.remaining < self._timeout / 2 or clock.monotonic() >= before or not job.begin():
                return Answer(exception="NotStarted")
            answer = wire.post(method, body, "application/json")
            if judge(answer, table)[1] is Act.LOGIN:
                job.turned_away()
            return answer

        return self._run(table, call, late=_late_write)

    def upload(self, data: bytes, mime: str) -> Answer | Outcome:
        """Give the server a blob."""
        return self._run(UPLOADS, lambda wire, _: wire.post("com.atproto.repo.uploadBlob", data, mime), late=_late_call)

    def who(self) -> Answer | Outcome:
        """Ask whose login this is."""
        return self._run(QUERIES, lambda wire, _: wire.get("com.atproto.server.getSession"), late=_late_call)

    def profile(self) -> Answer | Outcome:
        """Ask for the account's own profile."""
        return self._run(QUERIES, lambda wire, _: wire.get("app.bsky.actor.getProfile", {"actor": wire.did}), late=_late_call)

    def look(self, repo: str, collection: str, rkey: str) -> Answer | Outcome:
        """Ask for a record; logs in only if the server asks for it.

        A record is public, and what keeps an account from writing (a revoked session, no login left for today, no password)
        must not keep it from looking. The token at hand goes along whatever its age: a server in front of many, such as
        bsky.social, finds the account's own by it.
        """
        return self._read("com.atproto.repo.getRecord", {"repo": repo, "collection": collection, "rkey": rkey})

    def listed(self, repo: str, collection: str, count: int, cursor: str | None) -> Answer | Outcome:
        """Ask for so many of the newest records, or those that follow a cursor; logs in only if the server asks for it."""
        asked = {"repo": repo, "collection": collection, "limit": str(count), **({"cursor": cursor} if cursor else {})}
        return self._read("com.atproto.repo.listRecords", asked)

    def _read(self, method: str, parameters: Mapping[str, str]) -> Answer | Outcome:
        return self._run(LOOKS, lambda wire, _: wire.get(method, parameters), late=_late_call, login=False)

    def outcome(self, answer: Answer, table: Sequence[Row]) -> Outcome:
        """What the table says of this answer."""
        return outcome(answer, table, account=self._account.name, now=clock.now())

    def _run(
        self, table: Sequence[Row], call: Callable[[Wire, Job], Answer | Outcome], *, late: Callable[[bool], Outcome],
        login: bool = True,
    ) -> Answer | Outcome:
        """Log in where needed and make the call, within the account's time; once more if only the token was refused."""
        able = bool(self._password and self._handle)
        if login and not able:
            reason = f"set {' and '.join(self._account.missing) or 'the handle and the app password'}"
            return Outcome(kind=OutcomeKind.NOT_SENT, detail=reason, pause=reason)
        from bot.platforms import bluesky_client as client

        client.load()
        stored, job = self._stored(), Job()
        who: Login = client.Login(self._account.service, self._handle, self._password)

        def work() -> Answer | Outcome:
            wire = client.Wire(who, self._timeout * (1 - _EARLIER), lambda session: setattr(job, "session", session))
            try:
                problem = None
                if login:
                    problem = wire.open(stored)
                else:
                    wire.resume(stored)
                if problem is None:
                    done = call(wire, job)
                    if isinstance(done, Outcome) or judge(done, table)[1] is not Act.LOGIN or wire.fresh or not able:
                        return done
                    problem = wire.renew()
                return call(wire, job) if problem is None else self.outcome(problem, SESSIONS)
            finally:
                wire.close()

        try:
            return within(self._timeout, work, "bluesky")
        except StillRunning:
            return late(job.abandon())
        finally:
            self._keep(job.session)

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


def _late_write(in_flight: bool) -> Outcome:
    if in_flight:
        return Outcome(kind=OutcomeKind.UNKNOWN, detail="no answer in time; the call may still be on its way", call_ended=False)
    return Outcome(kind=OutcomeKind.NOT_SENT, detail="the login took too long")


def _late_call(_: bool) -> Outcome:
    return Outcome(kind=OutcomeKind.NOT_SENT, detail="no answer in time")
