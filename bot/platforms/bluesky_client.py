"""One conversation with a Bluesky server through the atproto SDK: login, refresh, and bytes sent as they are.

The SDK holds the session and makes the requests; what it would do on its own is switched off by public means: it is
handed bytes, not models (it would add keys to the records); redirects are not followed (a POST would become a GET, a
password would travel); every step is held to one deadline (httpx counts per read, and a dripping body outlives that);
connections are not kept (a stale one would make a refusal look like a loss).
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx

from bot.clock import monotonic
from bot.platforms.bluesky_answers import Answer

if TYPE_CHECKING:
    from atproto import Session, SessionEvent

EARLY = 300
"""Seconds before its end at which an access token is renewed."""
_LARGEST_ANSWER = 1_000_000
_HIDDEN = "•••"
_TOKEN = re.compile(r"eyJ[\w-]*\.[\w.-]*")
"""A JSON Web Token, as sessions are made of, whoever's it is."""


class NotStarted(Exception):
    """The time was up before this request was begun."""


class Overdue(Exception):
    """The time was up, or the answer too large, while it was read."""


class Login(NamedTuple):
    """Who logs in, and where."""

    service: str
    handle: str
    password: str

    def __repr__(self) -> str:
        return f"Login({self.service}, {self.handle})"


def load() -> None:
    """Import the SDK (seconds, once a process), so that its import is on nobody's clock."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"(atproto|pydantic)")
        import atproto  # noqa: F401


class Wire:
    """A client with its session, for one piece of work; `changed` hears of every new session. Close it."""

    def __init__(self, login: Login, seconds: float, changed: Callable[[str], None]) -> None:
        from atproto import Client, Request

        self._login, self._deadline, self._changed = login, monotonic() + seconds, changed
        self._session: Session | None = None
        self.fresh = False
        """The session was made or renewed in this conversation."""
        self._request = Request(
            event_hooks={"request": [self._before], "response": [self._after]},
            limits=httpx.Limits(max_keepalive_connections=0),
        )
        self._client = Client(login.service, self._request)
        self._client.on_session_change(self._note)

    def close(self) -> None:
        """Give the connections back."""
        self._request.close()

    @property
    def did(self) -> str:
        """The account that the session belongs to."""
        return self._session.did if self._session else ""

    @property
    def remaining(self) -> float:
        """Seconds until the deadline; negative after it."""
        return self._deadline - monotonic()

    def open(self, stored: str | None) -> Answer | None:
        """Be logged in: by the stored session, renewed if it is about to end, else by password. None, or the refusal."""
        if stored is not None and self._restore(stored):
            if not self._ending():
                return None
            return self.renew()
        return self._password()

    def resume(self, stored: str | None) -> None:
        """Take up the stored session, if there is one, as it is: nothing is renewed, and nobody logs in."""
        if stored is not None:
            self._restore(stored)

    def renew(self) -> Answer | None:
        """A new token by the refresh token; without one, or where it is refused, one login by password. None, or the refusal."""
        if self._session is None:
            return self._password()
        answer = self._answer(self._refresh)
        if answer.status in (400, 401, 403):  # anything else is no reason to spend one of few logins
            return self._password()
        return None if answer.status == 200 else answer

    def post(self, method: str, content: bytes, mime: str) -> Answer:
        """Call a procedure with exactly these bytes, once."""
        headers = {"Content-Type": mime}
        return self._answer(lambda: self._request.post(url=self._url(method), content=content, headers=headers))

    def get(self, method: str, parameters: Mapping[str, str] | None = None) -> Answer:
        """Call a query."""
        return self._answer(lambda: self._request.get(url=self._url(method), params=parameters))

    def _url(self, method: str) -> str:
        return f"{self._login.service.rstrip('/')}/xrpc/{method}"

    def _restore(self, stored: str) -> bool:
        try:
            self._client.login(session_string=stored, fetch_bsky_profile=False)
        except (ValueError, TypeError):  # not a session string
            return False
        self._client.update_base_url(self._login.service)
        return True

    def _ending(self) -> bool:
        from atproto.exceptions import AtProtocolError

        from bot import clock

        assert self._session is not None
        try:
            expires = self._session.access_jwt_payload.exp
        except (AtProtocolError, ValueError):  # not a token we can read: let the server judge the refresh token
            return True
        return expires is None or expires - clock.now().timestamp() < EARLY

    def _password(self) -> Answer | None:
        def work() -> None:
            self._client.login(self._login.handle, self._login.password, fetch_bsky_profile=False)

        answer = self._answer(work)
        self._client.update_base_url(self._login.service)
        return None if answer.status == 200 else answer

    def _refresh(self) -> None:
        from atproto import Session, SessionEvent

        assert self._session is not None
        made = self._client.com.atproto.server.refresh_session(
            headers={"Authorization": f"Bearer {self._session.refresh_jwt}"}, ignore_session_check=True
        )
        session = Session(made.handle, made.did, made.access_jwt, made.refresh_jwt, self._login.service)
        self._restore(session.encode())
        self._note(SessionEvent.REFRESH, session)

    def _note(self, event: SessionEvent, session: Session) -> None:
        self._session = session
        if event.value != "import":
            self.fresh = True
            self._changed(session.encode())

    def _before(self, request: httpx.Request) -> None:
        remaining = self.remaining
        if remaining <= 0:
            raise NotStarted
        request.headers["Accept-Encoding"] = "identity"
        request.extensions["timeout"] = httpx.Timeout(remaining).as_dict()

    def _after(self, response: httpx.Response) -> None:
        response.headers.pop("location", None)  # without it no redirect is followed, the 3xx itself is the answer
        assert isinstance(response.stream, httpx.SyncByteStream)
        response.stream = _Watched(response.stream, self._deadline)

    def _answer(self, work: Callable[[], Any]) -> Answer:
        try:
            response = work()
        except Exception as error:  # which one it was is what the tables are about
            return self._failure(error)
        if response is None:
            return Answer(200)
        return Answer(response.status_code, headers=response.headers, content=response.content)

    def _failure(self, error: Exception) -> Answer:
        response = getattr(error, "response", None)
        if response is None:
            return Answer(exception=_name(error))
        name, message = (getattr(response.content, part, None) for part in ("error", "message"))
        return Answer(
            response.status_code, name if isinstance(name, str) else "",
            self._masked(message) if isinstance(message, str) else "", response.headers,
        )

    def _masked(self, text: str) -> str:
        secret = self._login.password
        return _TOKEN.sub(_HIDDEN, text.replace(secret, _HIDDEN) if secret else text)


class _Watched(httpx.SyncByteStream):
    """A body that ends at the deadline, or when it grows beyond what any answer needs."""

    def __init__(self, stream: httpx.SyncByteStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for chunk in self._stream:
            size += len(chunk)
            if monotonic() > self._deadline or size > _LARGEST_ANSWER:
                raise Overdue
            yield chunk

    def close(self) -> None:
        self._stream.close()


def _name(error: BaseException) -> str:
    """The name of the transport's exception where the SDK wrapped one, else the exception's own."""
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, (httpx.HTTPError, httpx.InvalidURL)):
            return type(found).__name__
        found = found.__cause__
    return type(error).__name__
