"""No secret in any form it may be written in; and what is no secret stays as it is."""

from __future__ import annotations

import base64
import html
import json
import time
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import accounts, config
from bot.logs import redact, secrets
from bot.logs.redact import MASK, Redactor

SECRET = 'k&y/with "odd" +=chars and 34 of them'
FORMS = {
    "plain": SECRET, "quoted": quote(SECRET, safe=""), "plus": quote_plus(SECRET), "json": json.dumps(SECRET), "repr": repr(SECRET),
    "html": html.escape(SECRET), "base64": base64.b64encode(SECRET.encode()).decode(), "cut": SECRET[:15] + "…",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_secret_is_hidden_in_every_form(form: str) -> None:
    told = Redactor([SECRET]).text(f"the server says {form}, sorry")
    assert MASK in told
    assert SECRET[:12] not in told
    assert form.strip("\"'") not in told


@pytest.mark.parametrize(
    "line",
    [
        "GET https://ana:pa55word-of-ana@example.com/feed",
        "Authorization: Bearer pa55word-of-ana",
        "headers={'Authorization': 'Basic cGE1NXdvcmQtb2YtYW5h'}",
        'authorization: OAuth oauth_consumer_key="pa55word-of-ana", oauth_signature="pa55word-of-ana"',
        "(b'Authorization', b'Bearer pa55word-of-ana')",
        '{"accessJwt": "pa55word-of-ana", "refreshJwt":"pa55word-of-ana"}',
        "{'password': 'pa55word-of-ana'}",
        "https://hooks.example.com/x?token=pa55word-of-ana&a=1",
        "oauth_signature%3Dpa55word-of-ana%26",
        "session eyJhbGciOiJIUzI1NiJ9.pa55word-of-ana.sig",
        "key sk-pa55word-of-ana-0123456789",
    ],
)
def test_what_looks_like_a_secret_is_hidden_though_nobody_knows_it(line: str) -> None:
    told = Redactor().text(line)
    assert "pa55word" not in told
    assert "cGE1NX" not in told
    assert MASK in told


@pytest.mark.parametrize(
    "line",
    [
        "#3 X · faq published https://x.com/i/web/status/1 [delivery 7]",
        "account x is paused: the credentials were refused. Then: bot unpause x",
        "account x is preview-only: set X_API_KEY, X_API_SECRET, X_ACCESS_TOKEN, X_ACCESS_TOKEN_SECRET.",
        "https://example.com/a?utm_source=x: 404 (20 tokens read)",
        "bearer of good news arrive", "Basic needs are met",
    ],
)
def test_what_is_none_stays(line: str) -> None:
    assert Redactor(["another-secret-that-is-not-there"]).text(line) == line


def test_a_short_secret_counts_as_a_word_only() -> None:
    redactor = Redactor(["pw1"])
    assert redactor.text("pw1 and pw12") == f"{MASK} and pw12"


def test_values_are_cleaned_all_the_way_down_and_stay_json() -> None:
    event = {"a": [{"b": f"x {SECRET}"}, (SECRET,), {SECRET: 1}], "c": SECRET.encode(), "n": 12, "t": True, "o": ValueError(SECRET), "password": "x", "none": None}
    told = json.dumps(Redactor([SECRET, "12"]).value(event))
    assert "with" not in told
    assert json.loads(told)["t"] is True
    assert json.loads(told)["n"] == MASK
    assert json.loads(told)["password"] == MASK


@given(st.text(min_size=1, max_size=40), st.text(max_size=80), st.text(max_size=80))
def test_no_secret_survives_whatever_it_is_made_of(secret: str, before: str, after: str) -> None:
    long = f"{secret}-0123456789abcdef"
    told = Redactor([long]).text(f"{before} {long} {after}")
    assert long not in told


@pytest.mark.parametrize("unit", ["eyJ", "://", "password=", "Bearer ", "sk-", "authorization: basic ", "'token': '", "oauth_token%3D", "k&y/with \"odd"])
def test_hostile_lines_take_no_time(unit: str) -> None:
    redactor = Redactor([SECRET])
    began = time.perf_counter()
    redactor.text(unit * 20_000)
    assert time.perf_counter() - began < 2


def test_every_secret_of_the_settings_and_accounts_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        "DATABASE_URL": "postgresql://bot:db-passw%40rd-1@127.0.0.1/news?sslpassword=ssl-passw0rd", "OPENAI_API_KEY": "openai-key-0001",
        "X_API_KEY": "x-api-key-0002", "X_API_SECRET": "x-api-secret-0003", "X_ACCESS_TOKEN": "x-token-0004", "X_ACCESS_TOKEN_SECRET": "x-token-secret-0005",
        "BLUESKY_APP_PASSWORD": "bsky-pass-0006", "BOT_WEBHOOK_URL": "https://hooks.example.com/services/T00000000/B0/hook-key-0007-0007?wait=query-key-0008",
        "BOT_HEARTBEAT_URL": "https://hc.example.com/heart-key-0009-0009", "BOT_SMTP_URL": "smtps://bot:mail-passw%2Frd-10@mail.example.com", "BOT_MAIL_TO": "ana@example.com",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    settings = config.load()
    redact.learn(secrets.of(settings, accounts.configured(settings).values()))
    try:
        for part in (
            "db-passw%40rd-1", "db-passw@rd-1", "ssl-passw0rd", "openai-key-0001", "x-api-key-0002", "x-api-secret-0003", "x-token-0004", "x-token-secret-0005",
            "bsky-pass-0006", "hook-key-0007-0007", "query-key-0008", "heart-key-0009-0009", "mail-passw%2Frd-10", "mail-passw/rd-10",
            base64.b64encode(b"\0bot\0mail-passw/rd-10").decode(),
        ):
            assert redact.hidden(f"said {part} there") == f"said {MASK} there", part
    finally:
        redact.learn(())
