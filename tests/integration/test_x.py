"""X through tweepy, on a real socket, against the stand-in: what is sent, what every failure means, and that nothing goes twice."""

from __future__ import annotations

import ipaddress
import json
import logging
import socket
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bot import clock
from bot.errors import BotError, ConfigError
from bot.platforms import Platform
from bot.platforms.x import X
from bot.values import Cause, Content, Fixed, OutcomeKind, Request
from tests.servers.x import XServer, closed_port
from tests.servers.x_faults import DAILY_RESET_AFTER, FAULTS, RESET_AFTER, RETRY_AFTER, Fault, problem
from tests.servers.x_state import XAccount

SENT, REFUSED, NOT_SENT, UNKNOWN = OutcomeKind.SENT, OutcomeKind.REFUSED, OutcomeKind.NOT_SENT, OutcomeKind.UNKNOWN
TEXTS = (
    "Inference now costs more than training.", "Zwei Zeilen\nmit ü, \"quotes\", \\ and 日本 👩‍👩‍👧", "& < > % + = ~ ' / ? #", "The link: https://example.com/a?b=c&d=é#e",
)


def platform(server: XServer, account: XAccount, timeout: float = 5.0, **changes: Any) -> Platform:
    return X(server.account(account, **changes), timeout=timeout)


def requests(x: Platform, texts: tuple[str, ...] = TEXTS, sent: tuple[str, ...] = ()) -> tuple[Request, ...]:
    content = Content(segments=tuple(x.measure(text) for text in texts))
    return x.deliveries(content, {}, Fixed(account_id=None, post=1, created_at=datetime.now(UTC), sent=sent))


# --- what is sent ---


def test_a_thread_arrives_byte_for_byte_each_under_the_one_before(x_server: XServer) -> None:
    user = x_server.create_account()
    x = platform(x_server, user)
    sent: list[str] = []
    for position in range(len(TEXTS)):
        request = requests(x, sent=tuple(sent))[position]
        outcome = x.send(request)
        assert outcome.kind is SENT, outcome
        assert outcome.remote[0].url == f"https://x.com/i/web/status/{outcome.remote[0].id}"
        sent.append(outcome.remote[0].id)
        received = x_server.received[-1]
        assert (received.method, received.target, received.body) == ("POST", "/2/tweets", request.body.encode())
        assert received.headers["content-type"] == "application/json"
    posted = x_server.tweets(user)
    assert [tweet.text for tweet in posted] == list(TEXTS)
    assert [tweet.id for tweet in posted] == sent
    assert [tweet.in_reply_to for tweet in posted] == [None, *sent[:-1]]
    assert len(x_server.received) == x_server.connections == len(TEXTS)


def test_the_requests_are_as_x_describes_them(x_server: XServer, data: Any) -> None:
    user = x_server.create_account()
    x = platform(x_server, user)
    assert x.send(requests(x)[0]).kind is SENT
    wrong = requests(x)[0].model_copy(update={"body": '{"text": 5}'})
    outcome = x.send(wrong)
    assert (outcome.kind, len(x_server.tweets(user))) == (REFUSED, 1)


def test_what_tweepy_would_not_send_as_it_stands_is_not_sent(x_server: XServer) -> None:
    x = platform(x_server, x_server.create_account())
    for body in ('{"text": "Hi", "nullcast": true}', '{"text": "Hi", "reply": {"in_reply_to_tweet_id": 5}}', "[]", "{}", "no", '{"text": "Hi", "reply": []}'):
        assert x.send(requests(x)[0].model_copy(update={"body": body})).kind is NOT_SENT, body
    assert x_server.received == []


def test_a_base_address_with_a_path_is_kept(x_server: XServer) -> None:
    user = x_server.create_account()
    x = platform(x_server, user, service=f"{x_server.url}/proxy/")
    x.send(requests(x)[0])
    assert x_server.received[0].target == "/proxy/2/tweets"


# --- who sends it ---


@pytest.mark.parametrize("secret", ["api_key", "api_secret", "access_token", "access_token_secret"])
def test_a_wrong_secret_is_a_401_that_pauses_the_account(x_server: XServer, secret: str) -> None:
    user = x_server.create_account()
    x = platform(x_server, user, secrets={**user.secrets, secret: "w" * 25})
    outcome = x.send(requests(x)[0])
    assert outcome.kind is NOT_SENT
    assert "401" in (outcome.pause or "")
    assert x_server.tweets(user) == []
    with pytest.raises(ConfigError, match="401"):
        x.verify()


def test_the_keys_say_whose_they_are(x_server: XServer) -> None:
    x_server.create_account()
    user = x_server.create_account()
    found = platform(x_server, user).verify()
    assert (found.handle, found.remote_id, found.cost_micros) == (user.username, user.user_id, 5_000)


@pytest.mark.parametrize("kind", ["500-html", "429", "close-before-accept", "bad-json", "empty-200", "redirect", "hang", "list-201"])
def test_verify_tells_of_failures_in_one_line(x_server: XServer, kind: str) -> None:
    user = x_server.create_account()
    x_server.fail_next(kind)
    with pytest.raises(BotError) as caught:
        platform(x_server, user, timeout=0.5).verify()
    assert "\n" not in str(caught.value)
    assert x_server.connections == 1


def test_verify_names_the_missing_credentials(x_server: XServer) -> None:
    with pytest.raises(ConfigError, match="X_API_SECRET"):
        platform(x_server, x_server.create_account(), missing=("X_API_SECRET",)).verify()


def test_no_secret_reaches_a_log_an_outcome_or_a_repr(x_server: XServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("tweepy", "tweepy.client", "oauthlib", "requests_oauthlib", "urllib3", "oauthlib.oauth1.rfc5849"):
        caplog.set_level(logging.DEBUG, logger=name)
    user = x_server.create_account()
    x = platform(x_server, user)
    outcomes = [x.send(requests(x)[0])]
    for kind in ("close-after-accept", "401", "bad-json", "403", "500-list"):
        x_server.fail_next(kind)
        outcomes.append(x.send(requests(x)[0]))
    for status in (400, 401):  # X quotes what it was sent
        x_server.fail_next(Fault(status=status, content=json.dumps(problem(status, f"Odd: {' '.join(user.secrets.values())}")).encode()))
        outcomes.append(x.send(requests(x)[0]))
        assert "Odd: …" in outcomes[-1].detail
    x_server.fail_next(Fault(status=401, content=json.dumps(problem(401, f"Odd: {user.secrets['access_token']}")).encode()))
    with pytest.raises(ConfigError, match="Odd: …"):
        x.verify()
    x.verify()
    shown = caplog.text + repr(x) + repr(vars(x)) + "".join(map(repr, outcomes))
    assert "urllib3" in caplog.text  # the log was on
    assert [name for name, secret in user.secrets.items() if secret in shown] == []
    assert "oauth_signature" not in shown


# --- what every failure means ---

EXPECTED: dict[str, OutcomeKind] = {
    **dict.fromkeys(FAULTS, UNKNOWN),
    **dict.fromkeys(["400", "403", "403-duplicate", "404"], REFUSED),
    **dict.fromkeys(["401", "402", "403-reply-rule", "403-suspended", "403-not-enrolled", "403-not-visible"], NOT_SENT),
    **dict.fromkeys(["429", "429-without-reset", "429-daily", "429-daily-app", "429-retry-after", "429-text"], NOT_SENT),
}
PAUSES = {"401", "402", "403-reply-rule", "403-suspended", "403-not-enrolled", "429-daily", "429-daily-app"}
CAUSES = {"403-duplicate": Cause.DUPLICATE, "403-reply-rule": Cause.REPLIES}
SILENT = {"hang", "hang-before-accept", "drip", "drip-head"}


@pytest.mark.parametrize("kind", FAULTS)
def test_every_failure_has_its_outcome_and_no_request_goes_twice(x_server: XServer, kind: str) -> None:
    user = x_server.create_account()
    x = platform(x_server, user, timeout=0.6)
    x_server.fail_next(kind)
    start = time.monotonic()
    outcome = x.send(requests(x)[0])
    took = time.monotonic() - start
    posted = len(x_server.tweets(user))
    assert outcome.kind is EXPECTED[kind], outcome
    assert posted == FAULTS[kind].accepts
    assert outcome.kind is UNKNOWN or posted == 0
    assert outcome.remote == ()
    assert (outcome.pause is not None) == (kind in PAUSES)
    assert (outcome.cause, outcome.cost_micros) == (CAUSES.get(kind), 0)
    assert ("X_BASE_URL" in outcome.detail) == kind.startswith("redirect")
    assert outcome.detail
    assert outcome.call_ended
    assert took < 0.6 + 1
    assert (took >= 0.6) == (kind in SILENT)
    assert x_server.connections == 1
    assert len(x_server.received) == (kind != "close-before-reading")


def test_rate_limits_tell_when_to_try_again(x_server: XServer) -> None:
    x = platform(x_server, x_server.create_account())
    now = clock.now()

    def failed(kind: str) -> Any:
        x_server.fail_next(kind)
        return x.send(requests(x)[0])

    assert abs(failed("429").retry_at - now - timedelta(seconds=RESET_AFTER)) < timedelta(seconds=5)
    assert failed("429-without-reset").retry_at is None
    assert abs(failed("429-retry-after").retry_at - now - timedelta(seconds=RETRY_AFTER)) < timedelta(seconds=5)
    for kind in ("429-daily", "429-daily-app"):
        outcome = failed(kind)
        assert outcome.pause_until == outcome.retry_at
        assert abs(outcome.pause_until - now - timedelta(seconds=DAILY_RESET_AFTER)) < timedelta(seconds=5)
    assert now < failed("403-not-visible").retry_at < now + timedelta(seconds=30)


@pytest.mark.parametrize(("service", "says"), [
    ("http://127.0.0.1:{closed}", "refused"), ("https://127.0.0.1:{open}", "TLS"), ("no address", "X_BASE_URL"), ("ftp://127.0.0.1", "X_BASE_URL"),
])
def test_what_never_reaches_x_is_not_sent(x_server: XServer, service: str, says: str) -> None:
    user = x_server.create_account()
    address = service.format(closed=closed_port(), open=x_server.url.rpartition(":")[2])
    x = platform(x_server, user, service=address)
    outcome = x.send(requests(x)[0])
    assert (outcome.kind, outcome.call_ended) == (NOT_SENT, True)
    assert says in outcome.detail
    assert x_server.received == []
    with pytest.raises(BotError, match="X_BASE_URL"):
        x.verify()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 with its key, that only who is told to trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(hours=1)).not_valid_after(datetime.now(UTC) + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def x_over_tls(certificate: Path) -> Iterator[XServer]:
    """A fresh X that speaks TLS, as the real one does."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with XServer(context) as server:
        yield server


@pytest.mark.parametrize(("kind", "expected"), [
    (None, SENT), ("hang", UNKNOWN), ("drip", UNKNOWN), ("drip-head", UNKNOWN), ("close-after-accept", UNKNOWN), ("reset-after-accept", UNKNOWN),
    ("truncated-without-length", UNKNOWN), ("403-duplicate", REFUSED),
])
def test_the_same_holds_over_tls(
    x_over_tls: XServer, certificate: Path, monkeypatch: pytest.MonkeyPatch, kind: str | None, expected: OutcomeKind,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    user = x_over_tls.create_account()
    x = platform(x_over_tls, user, timeout=0.6)
    if kind:
        x_over_tls.fail_next(kind)
    start = time.monotonic()
    outcome = x.send(requests(x)[0])
    assert outcome.kind is expected, outcome
    assert (outcome.call_ended, time.monotonic() - start < 0.6 + 1) == (True, True)
    assert (len(x_over_tls.received), x_over_tls.connections) == (1, 1)


def test_a_certificate_nobody_vouches_for_stops_the_request(x_over_tls: XServer) -> None:
    x = platform(x_over_tls, x_over_tls.create_account())
    outcome = x.send(requests(x)[0])
    assert (outcome.kind, "TLS" in outcome.detail, x_over_tls.received) == (NOT_SENT, True, [])


def test_a_server_that_never_greets_is_not_sent_in_time() -> None:
    """TLS begins, nobody answers: no byte of the request left, and the deadline holds."""
    with socket.create_server(("127.0.0.1", 0)) as silent, XServer() as server:
        x = platform(server, server.create_account(), timeout=0.5, service=f"https://127.0.0.1:{silent.getsockname()[1]}")
        start = time.monotonic()
        outcome = x.send(requests(x)[0])
        assert (outcome.kind, outcome.call_ended) == (NOT_SENT, True)
        assert time.monotonic() - start < 0.5 + 1


def test_nothing_goes_out_after_the_deadline(x_server: XServer) -> None:
    user = x_server.create_account()
    x = platform(x_server, user, timeout=0.0)
    outcome = x.send(requests(x)[0])
    assert outcome.kind is NOT_SENT
    time.sleep(0.3)
    assert (x_server.received, x_server.tweets(user)) == ([], [])


def test_nothing_goes_out_after_the_moment_that_the_sender_names(x_server: XServer) -> None:
    """A process that stood still until its lease was over must not begin then, however fresh its own time is."""
    user = x_server.create_account()
    x = platform(x_server, user, timeout=5)
    assert x.send(requests(x)[0], before=clock.monotonic() - 1).kind is NOT_SENT
    assert (x_server.tweets(user), x_server.received) == ([], [])


def test_a_failure_does_not_taint_the_next_send(x_server: XServer) -> None:
    user = x_server.create_account()
    x = platform(x_server, user, timeout=0.5)
    for kind in ("reset-before-accept", "hang-before-accept", "500-json", "truncated"):
        x_server.fail_next(kind)
        assert x.send(requests(x)[0]).kind is UNKNOWN
    assert x.send(requests(x)[0]).kind is SENT
