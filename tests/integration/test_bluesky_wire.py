"""What the Bluesky adapter makes of a server that misbehaves, on a real socket that does exactly what a test says."""

from __future__ import annotations

import base64
import json
import logging
import socket
import threading
import time
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from bot.accounts import Account
from bot.errors import BotError, ConfigError
from bot.platforms import records
from bot.platforms.bluesky import Bluesky
from bot.platforms.seal import seal
from bot.values import Content, Fixed, OutcomeKind, Request, Segment
from tests.servers.wicked import Behaviour, answer, drip, hang, raw, reset, wicked

DID, HANDLE, PASSWORD = "did:plc:ewvi7nxzyoun6zhxrhs64oiz", "news.test", "abcd-efgh-ijkl-mnop"
TIMEOUT, SHORT = 5.0, 1.0
LATE = 3.0
"""Seconds beyond the timeout that a busy machine may need."""
SENT, REFUSED, NOT_SENT, UNKNOWN = OutcomeKind.SENT, OutcomeKind.REFUSED, OutcomeKind.NOT_SENT, OutcomeKind.UNKNOWN

def token(expires: float) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return ".".join((part({"alg": "HS256"}), part({"sub": DID, "exp": int(expires)}), part("signature")))


TOKEN = token(time.time() + 7200)


def adapter(url: str, *, logged_in: bool = True, timeout: float = TIMEOUT) -> Bluesky:
    session = ":::".join((HANDLE, DID, TOKEN, TOKEN + "r", url))
    account = Account(name="b", platform="bluesky", service=url, handle=HANDLE, secrets={"app_password": SecretStr(PASSWORD)})
    sealed = seal(session, password=PASSWORD, context=f"{url} {HANDLE}") if logged_in else None
    return Bluesky(account, timeout=timeout, session=sealed)


def request() -> Request:
    texts = ("Öne", "two")
    content = Content(segments=tuple(Segment(text=text, length=3, limit=300, has_url=False) for text in texts))
    (made,) = adapter("http://127.0.0.1:1").deliveries(content, {}, Fixed(account_id=DID, post=1, created_at=datetime(2026, 1, 1, tzinfo=UTC)))
    return made


def results(body: str, *, cid: str | None = None) -> dict[str, object]:
    return {"results": [{"uri": record.uri, "cid": cid or record.cid} for record in records.written(body)]}


def nobody() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture(autouse=True, scope="module")
def _sdk_is_loaded() -> None:
    from bot.platforms import bluesky_client

    bluesky_client.load()


def test_exactly_the_bytes_of_the_request_are_sent_once_with_the_token() -> None:
    made = request()
    with wicked(answer(200, results(made.body))) as server:
        outcome = adapter(server.url).send(made)
    assert outcome.kind is SENT, outcome
    (got,) = server.requests
    head, _, body = got.partition(b"\r\n\r\n")
    assert body == made.body.encode()
    assert head.startswith(b"POST /xrpc/com.atproto.repo.applyWrites HTTP/1.1")
    assert f"Authorization: Bearer {TOKEN}".encode() in head


UNKNOWN_ANSWERS = {
    "500": answer(500, {"error": "InternalServerError", "message": "Internal Server Error"}),
    "503 html": answer(503, b"<html>busy</html>"),
    "500 with a list": answer(500, [1, 2]),
    "400 without a body": answer(400),
    "408": answer(408, {"error": "RequestTimeout"}),
    "200 empty": answer(200),
    "200 bad JSON": raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n{\"res"),
    "200 list": answer(200, []),
    "200 without results": answer(200, {"commit": {}}),
    "200 strange results": answer(200, {"results": ["x", 1]}),
    "200 truncated": raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"),
    "200 too large": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n" + b" " * 3_000_000),
    "closed": lambda connection: None,
    "reset": reset,
    "not HTTP": raw(b"hello\r\n\r\n"),
}


@pytest.mark.parametrize("name", UNKNOWN_ANSWERS)
def test_whatever_is_no_clear_answer_is_unknown_and_not_sent_again(name: str) -> None:
    with wicked(UNKNOWN_ANSWERS[name]) as server:
        outcome = adapter(server.url).send(request())
    assert (outcome.kind, outcome.call_ended, outcome.pause) == (UNKNOWN, True, None)
    assert server.paths == ["/xrpc/com.atproto.repo.applyWrites"]


def test_a_200_for_other_records_than_were_sent_is_unknown() -> None:
    made = request()
    with wicked(answer(200, results(made.body, cid="bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq"))) as server:
        outcome = adapter(server.url).send(made)
    assert outcome.kind is UNKNOWN
    assert "other records" in outcome.detail


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    with wicked(answer(200, {})) as elsewhere, wicked(answer(status, Location=elsewhere.url + "/x")) as server:
        assert adapter(server.url).send(request()).kind is UNKNOWN
    assert elsewhere.requests == []


def test_a_password_does_not_follow_a_redirect() -> None:
    with wicked(answer(200, {})) as elsewhere, wicked(answer(307, Location=elsewhere.url + "/x")) as server:
        outcome = adapter(server.url, logged_in=False).send(request())
    assert (outcome.kind, elsewhere.requests) == (NOT_SENT, [])


@pytest.mark.parametrize("behaviour", [hang, drip(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", b" ")], ids=["hang", "drip"])
def test_a_call_that_takes_too_long_ends_by_itself_and_is_unknown(behaviour: Behaviour) -> None:
    with wicked(behaviour) as server:
        started = time.monotonic()
        outcome = adapter(server.url, timeout=3).send(request())
        took = time.monotonic() - started
    assert (outcome.kind, outcome.call_ended) == (UNKNOWN, True)
    assert took < 3 + LATE


def test_nobody_waits_for_headers_that_drip_and_the_outcome_says_that_the_call_goes_on() -> None:
    with wicked(drip(b"HTTP/1.1 200 OK\r\n", b"X")) as server:
        started = time.monotonic()
        outcome = adapter(server.url, timeout=2).send(request())
        took = time.monotonic() - started
    assert (outcome.kind, outcome.call_ended) == (UNKNOWN, False)
    assert took < 2 + LATE


def test_where_nobody_listens_nothing_was_sent() -> None:
    for logged_in in (True, False):
        outcome = adapter(nobody(), logged_in=logged_in).send(request())
        assert (outcome.kind, outcome.pause, outcome.detail) == (NOT_SENT, None, "no connection to the server")


def test_an_address_without_a_scheme_is_not_sent_and_says_what_to_do() -> None:
    outcome = adapter("bsky.social").send(request())
    assert outcome.kind is NOT_SENT
    assert "https://" in outcome.detail


def test_a_server_that_fails_tls_was_not_sent_anything() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        def plain() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(100)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=plain, daemon=True)
        thread.start()
        outcome = adapter(f"https://127.0.0.1:{listening.getsockname()[1]}").send(request())
        thread.join(5)
    assert outcome.kind is NOT_SENT


@pytest.mark.parametrize("behaviour", [hang, answer(500), answer(200, b"junk"), answer(200, {"did": 1}), reset, drip(b"HTTP/1.1 200 OK\r\n", b"X")])
def test_trouble_while_logging_in_is_never_unknown(behaviour: Behaviour) -> None:
    with wicked(behaviour) as server:
        outcome = adapter(server.url, logged_in=False, timeout=SHORT).send(request())
    assert (outcome.kind, outcome.pause) == (NOT_SENT, None)
    assert set(server.paths) == {"/xrpc/com.atproto.server.createSession"}


def test_a_login_that_answers_after_nobody_waits_does_not_post() -> None:
    login = answer(200, {"accessJwt": TOKEN, "refreshJwt": TOKEN, "did": DID, "handle": HANDLE, "active": True})

    def slow(connection: socket.socket) -> None:
        time.sleep(SHORT * 0.8)
        login(connection)

    with wicked(slow, answer(200, {})) as server:
        outcome = adapter(server.url, logged_in=False, timeout=SHORT).send(request())
        time.sleep(SHORT * 0.5)
    assert outcome.kind is NOT_SENT
    assert server.paths == ["/xrpc/com.atproto.server.createSession"]


def test_a_rate_limit_says_when_to_come_back() -> None:
    reset_at = int(time.time()) + 120
    with wicked(answer(429, {"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}, ratelimit_reset=str(reset_at))) as server:
        outcome = adapter(server.url).send(request())
    assert (outcome.kind, outcome.pause) == (NOT_SENT, None)
    assert outcome.retry_at == datetime.fromtimestamp(reset_at, UTC)


def test_a_token_refused_twice_pauses_after_one_renewal() -> None:
    refusal = answer(401, {"error": "AuthenticationRequired", "message": "no"})
    session = answer(200, {"accessJwt": TOKEN, "refreshJwt": TOKEN, "did": DID, "handle": HANDLE, "active": True})
    with wicked(refusal, refusal, session, refusal) as server:
        outcome = adapter(server.url).send(request())
    assert outcome.kind is NOT_SENT
    assert outcome.pause is not None
    assert [path.rsplit(".", 1)[1] for path in server.paths] == ["applyWrites", "refreshSession", "createSession", "applyWrites"]


def test_no_secret_reaches_a_message_or_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    echo = answer(400, {"error": "InvalidRequest", "message": f"bad token {TOKEN} or {PASSWORD}"})
    with wicked(echo) as server:
        outcome = adapter(server.url).send(request())
        refused = adapter(server.url, logged_in=False).send(request())
        with pytest.raises(ConfigError) as caught:
            adapter(server.url, logged_in=False).verify()
    assert (outcome.kind, refused.kind) == (REFUSED, NOT_SENT)
    told = outcome.model_dump_json() + refused.model_dump_json() + str(caught.value) + caplog.text
    assert "bad token" in told
    assert TOKEN not in told
    assert PASSWORD not in told


def test_verify_names_the_server_that_can_not_be_asked() -> None:
    url = nobody()
    with pytest.raises(BotError, match=f"account b: {url} can not be asked now: no connection to the server") as caught:
        adapter(url).verify()
    assert not isinstance(caught.value, ConfigError)
    assert "\n" not in str(caught.value)
