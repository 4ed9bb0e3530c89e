"""Looking up and taking down posts on the real Bluesky server."""

from __future__ import annotations

import json
import time

import pytest

from bot.platforms import records
from bot.values import OutcomeKind, Remote
from tests.integration.bluesky_world import TEXTS, adapter, forged, request, sealed, sought
from tests.servers.pds import BlueskyLogin, Pds
from tests.servers.proxy import Proxy
from tests.servers.x import closed_port

pytestmark = pytest.mark.pds
SENT, REFUSED, NOT_SENT, UNKNOWN = OutcomeKind.SENT, OutcomeKind.REFUSED, OutcomeKind.NOT_SENT, OutcomeKind.UNKNOWN


def token(pds: Pds, login: BlueskyLogin) -> str:
    return str(pds.procedure("com.atproto.server.createSession", {"identifier": login.handle, "password": login.password})["accessJwt"])


def test_what_was_sent_is_found_whole_by_its_first_record(pds: Pds) -> None:
    login = pds.create_account()
    platform = adapter(pds, login)
    one = request(platform, login, *TEXTS)
    sent = platform.send(one)
    found = adapter(pds, login).find(sought(login, one.body))
    assert (found.kind, found.remote) == (SENT, sent.remote)
    assert len(found.remote) == len(TEXTS)


def test_what_is_not_there_is_not_sent_and_the_same_request_then_goes_out(pds: Pds) -> None:
    login = pds.create_account()
    platform = adapter(pds, login)
    one = request(platform, login, *TEXTS)
    missing = platform.find(sought(login, one.body))
    assert (missing.kind, missing.pause, missing.remote) == (NOT_SENT, None, ())
    assert platform.send(one).kind is SENT
    assert platform.find(sought(login, one.body)).kind is SENT


def test_another_record_under_our_key_is_refused_loudly(pds: Pds) -> None:
    login = pds.create_account()
    platform = adapter(pds, login)
    mine, others = request(platform, login, "ours"), request(platform, login, "somebody else's")
    assert platform.send(others).kind is SENT
    found = platform.find(sought(login, mine.body))
    expected, standing = records.written(mine.body)[0], records.written(others.body)[0]
    assert (found.kind, found.pause) == (REFUSED, None)
    assert "ANOTHER record stands at" in found.detail
    assert expected.uri in found.detail
    assert standing.cid in found.detail


def test_looking_needs_no_login_whatever_became_of_the_session_and_the_password(pds: Pds) -> None:
    login = pds.create_account()
    one = request(adapter(pds, login), login, "one")
    with Proxy(pds.url) as proxy:
        dead = sealed(proxy.url, login, forged(login, time.time() - 60), "garbage")
        for platform in (
            adapter(proxy, login, session=dead), adapter(proxy, login, session="junk"), adapter(proxy, login, password="wrong"),
            adapter(proxy, login, password=""),
        ):
            assert platform.find(sought(login, one.body)).kind is NOT_SENT
        assert adapter(pds, login).send(one).kind is SENT
        assert adapter(proxy, login, session=dead, password="wrong").find(sought(login, one.body)).kind is SENT
        assert proxy.count("Session") == 0


def test_a_server_that_asks_for_a_login_gets_one_and_a_refused_login_is_never_taken_for_absence(pds: Pds) -> None:
    login = pds.create_account()
    one = request(adapter(pds, login), login, "one")
    assert adapter(pds, login).send(one).kind is SENT
    with Proxy(pds.url) as proxy:
        proxy.fail_next("401", on="getRecord")
        assert adapter(proxy, login).find(sought(login, one.body)).kind is SENT
        assert proxy.count("createSession") == 1
        proxy.fail_next("401", on="getRecord")
        refused = adapter(proxy, login, password="wrong-pass-word").find(sought(login, one.body))
        assert refused.kind is UNKNOWN
        assert "app password" in str(refused.pause)
        assert proxy.count("createSession") == 2
        proxy.fail_next("401", on="getRecord")
        assert adapter(proxy, login, password="").find(sought(login, one.body)).kind is UNKNOWN
        assert proxy.count("createSession") == 2


def test_a_login_that_can_not_be_made_now_is_never_taken_for_absence(pds: Pds) -> None:
    login = pds.create_account()
    one = request(adapter(pds, login), login, "one")
    assert adapter(pds, login).send(one).kind is SENT
    with Proxy(pds.url) as proxy:
        for kind in ("429", "500-json", "close-before-accept", "402"):
            proxy.fail_next("401", on="getRecord")
            proxy.fail_next(kind, on="createSession")
            assert adapter(proxy, login).find(sought(login, one.body)).kind is UNKNOWN, kind


def test_a_record_is_looked_for_where_the_request_put_it_not_where_the_login_is(pds: Pds) -> None:
    login, other = pds.create_account(), pds.create_account()
    one = request(adapter(pds, other), other, "one")
    assert adapter(pds, other).send(one).kind is SENT
    assert adapter(pds, login).find(sought(login, one.body)).kind is SENT


def test_a_server_that_does_not_keep_the_account_proves_nothing(pds: Pds) -> None:
    login = pds.create_account()
    stranger = BlueskyLogin(login.handle, login.password, "did:plc:" + "a" * 24)
    platform = adapter(pds, login)
    found = platform.find(sought(login, request(platform, stranger, "one").body))
    assert (found.kind, found.pause) == (UNKNOWN, None)


def test_nobody_there_is_no_answer_to_the_question(pds: Pds) -> None:
    login = BlueskyLogin("a.test", "p", "did:plc:" + "a" * 24)
    platform = adapter(Pds(f"http://127.0.0.1:{closed_port()}"), login, timeout=2)
    one = request(platform, login, "one")
    assert platform.find(sought(login, one.body)).kind is UNKNOWN
    assert platform.send(one).kind is NOT_SENT
    assert platform.delete(Remote(id=records.written(one.body)[0].uri, url="")).kind is NOT_SENT


@pytest.mark.parametrize("announced", ["RepoTakendown", "RepoDeactivated", "AccountSuspended", "RepoNotFound"])
def test_news_of_the_account_pauses_it_and_leaves_the_post_unknown(pds: Pds, announced: str) -> None:
    from tests.servers.proxy_faults import said

    login = pds.create_account()
    with Proxy(pds.url) as proxy:
        platform = adapter(proxy, login)
        proxy.fail_next(said(400, announced, "the account"), on="getRecord")
        found = platform.find(sought(login, request(platform, login, "one").body))
    assert found.kind is UNKNOWN
    assert found.pause


def test_a_thread_is_taken_down_newest_first_and_deleting_again_does_no_harm(pds: Pds) -> None:
    login = pds.create_account()
    platform = adapter(pds, login)
    one = request(platform, login, *TEXTS)
    remotes = platform.send(one).remote
    for left, remote in reversed(list(enumerate(remotes))):
        assert platform.delete(remote).kind is SENT
        assert len(pds.records(login.did)) == left
        assert adapter(pds, login).delete(remote).kind is SENT
    assert platform.find(sought(login, one.body)).kind is NOT_SENT


def test_a_message_of_another_account_is_not_touched(pds: Pds) -> None:
    login, other = pds.create_account(), pds.create_account()
    theirs = adapter(pds, other)
    (remote,) = theirs.send(request(theirs, other, "one")).remote
    with Proxy(pds.url) as proxy:
        outcome = adapter(proxy, login).delete(remote)
        assert proxy.count("deleteRecord") == 0
    assert (outcome.kind, outcome.pause) == (REFUSED, None)
    assert other.did in outcome.detail
    assert len(pds.records(other.did)) == 1


@pytest.mark.parametrize("change", [
    lambda request: request.pop("writes"), lambda request: request.pop("repo"), lambda request: request.update(writes=[]),
    lambda request: request["writes"][0].pop("rkey"), lambda request: request["writes"][0].update(rkey="../../self"),
    lambda request: request["writes"][0].update(collection="app.bsky.actor.profile"), lambda request: request.update(repo="news.test"),
    lambda request: request["writes"][0].update({"$type": "com.atproto.repo.applyWrites#delete"}),
], ids=range(8))
def test_a_stored_request_that_was_spoilt_is_refused_before_anything_is_asked(pds: Pds, change) -> None:  # type: ignore[no-untyped-def]
    login = pds.create_account()
    with Proxy(pds.url) as proxy:
        platform = adapter(proxy, login)
        one = request(platform, login, "one")
        body = json.loads(one.body)
        change(body)
        spoilt = one.model_copy(update={"body": json.dumps(body)})
        for outcome in (platform.send(spoilt), platform.find(sought(login, spoilt.body))):
            assert outcome.kind is REFUSED
            assert "stored request" in outcome.detail
            assert "\n" not in outcome.detail
        assert proxy.connections == 0
