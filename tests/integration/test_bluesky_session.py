"""Sessions on the real Bluesky server: few logins, every new session stored, no secret told. Counted at a proxy in between."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator

import pytest

from bot.values import OutcomeKind, Remote
from tests.integration.bluesky_world import adapter, forged, request, sealed, sought, tokens
from tests.servers.pds import BlueskyLogin, Pds
from tests.servers.proxy import Proxy

pytestmark = pytest.mark.pds
SENT, NOT_SENT = OutcomeKind.SENT, OutcomeKind.NOT_SENT


@pytest.fixture
def proxy(pds: Pds) -> Iterator[Proxy]:
    with Proxy(pds.url) as running:
        yield running


def calls(proxy: Proxy) -> list[str]:
    """The procedures that were called, in order."""
    return [one.path.rsplit(".", 1)[1].split("?")[0] for one in proxy.requests]


def logged_in(proxy: Proxy, login: BlueskyLogin) -> str:
    """A stored session of a login made just now; the proxy forgets it."""
    stored: list[str] = []
    adapter(proxy, login, persist=stored.append).verify()
    proxy.forget()
    return stored[0]


def test_two_calls_in_a_row_make_one_login_and_store_it_once(pds: Pds, proxy: Proxy) -> None:
    login, stored = pds.create_account(), []
    platform = adapter(proxy, login, persist=stored.append)
    assert platform.send(request(platform, login, "one", post=1)).kind is SENT
    assert platform.send(request(platform, login, "two", post=2)).kind is SENT
    assert calls(proxy) == ["createSession", "applyWrites", "applyWrites"]
    assert len(stored) == 1


def test_a_refused_access_token_is_renewed_once_and_the_new_session_stored(pds: Pds, proxy: Proxy) -> None:
    login, stored = pds.create_account(), []
    _, refresh = tokens(proxy.url, login, logged_in(proxy, login))
    for access in (forged(login, time.time() - 60), forged(login, time.time() + 7200)):  # seen to be over; only the server knows
        proxy.forget()
        session = sealed(proxy.url, login, access, refresh)
        platform = adapter(proxy, login, session=session, persist=stored.append)
        assert platform.send(request(platform, login, access, post=len(stored))).kind is SENT
        assert [name for name in calls(proxy) if "Session" in name] == ["refreshSession"]
        assert platform.delete(Remote(id=f"at://{login.did}/app.bsky.feed.post/3jzfcijpj2z2a", url="")).kind is SENT
        assert proxy.count("Session") == 1
        _, refresh = tokens(proxy.url, login, stored[-1])
    assert len(stored) == 2


def test_a_server_that_says_the_token_expired_gets_one_renewal_and_the_write_once(pds: Pds, proxy: Proxy) -> None:
    login = pds.create_account()
    platform = adapter(proxy, login, session=logged_in(proxy, login))
    proxy.fail_next("400-expired-token", on="applyWrites")
    assert platform.send(request(platform, login, "one")).kind is SENT
    assert calls(proxy) == ["applyWrites", "refreshSession", "applyWrites"]
    assert proxy.count("applyWrites", forwarded=True) == 1


@pytest.mark.parametrize("revoked", [True, False], ids=["deleted", "garbage"])
def test_a_revoked_session_costs_exactly_one_login_by_password(pds: Pds, proxy: Proxy, revoked: bool) -> None:
    login, stored = pds.create_account(), []
    _, refresh = tokens(proxy.url, login, logged_in(proxy, login))
    if revoked:
        pds.procedure("com.atproto.server.deleteSession", token=refresh)
    dead = sealed(proxy.url, login, forged(login, time.time() - 60), refresh if revoked else "garbage")
    platform = adapter(proxy, login, session=dead, persist=stored.append)
    assert platform.send(request(platform, login, "one", post=1)).kind is SENT
    assert platform.send(request(platform, login, "two", post=2)).kind is SENT
    assert calls(proxy) == ["refreshSession", "createSession", "applyWrites", "applyWrites"]
    later = adapter(proxy, login, session=stored[-1])
    assert later.send(request(later, login, "three", post=3)).kind is SENT
    assert (proxy.count("createSession"), len(stored)) == (1, 1)


def test_a_wrong_password_is_tried_once_a_call_and_pauses(pds: Pds, proxy: Proxy) -> None:
    login = pds.create_account()
    platform = adapter(proxy, login, password="wrong-pass-word")
    outcome = platform.send(request(platform, login, "one"))
    assert (outcome.kind, calls(proxy)) == (NOT_SENT, ["createSession"])
    assert outcome.pause

    proxy.forget()
    dead = sealed(proxy.url, login, forged(login, time.time() + 7200), "garbage")
    pds_login = BlueskyLogin(login.handle, login.password, login.did)
    platform = adapter(proxy, pds_login, session=dead)
    proxy.fail_next("401", on="createSession")
    outcome = platform.send(request(platform, login, "one"))
    assert (outcome.kind, calls(proxy)) == (NOT_SENT, ["applyWrites", "refreshSession", "createSession"])
    assert outcome.pause
    assert pds.records(login.did) == []


def test_no_token_and_no_password_is_told_in_any_log_outcome_or_error(pds: Pds, proxy: Proxy, caplog: pytest.LogCaptureFixture) -> None:
    login, told = pds.create_account(), []
    secrets = {login.password, "wrong-pass-word"}
    stored: list[str] = []
    with caplog.at_level(logging.DEBUG):
        platform = adapter(proxy, login, persist=stored.append)
        one = request(platform, login, "one")
        sent = platform.send(one)
        told += [sent, platform.find(sought(login, one.body)), platform.delete(sent.remote[0])]
        _, refresh = tokens(proxy.url, login, stored[-1])
        for access in (forged(login, time.time() - 60), forged(login, time.time() + 7200)):
            secrets.add(access)
            later = adapter(proxy, login, session=sealed(proxy.url, login, access, refresh), persist=stored.append)
            told.append(later.send(request(later, login, "one", post=len(stored) + 1)))
            _, refresh = tokens(proxy.url, login, stored[-1])
        told.append(adapter(proxy, login, password="wrong-pass-word").send(one))
        for on in ("createSession", "applyWrites"):
            for kind in ("500-json", "bad-json", "close-after-accept", "truncated", "401"):
                proxy.fail_next(kind, on=on)
                failing = adapter(proxy, login)
                told.append(failing.send(request(failing, login, "one", post=9)))
                told.append(repr(failing) + repr(vars(failing)))
    for session in stored:
        secrets |= set(tokens(proxy.url, login, session))
    assert len(stored) == 3
    assert caplog.records
    everything = "\n".join([*map(str, told), *(f"{record.getMessage()} {record.args} {record.exc_text}" for record in caplog.records)])
    assert [secret for secret in secrets if secret in everything] == []
