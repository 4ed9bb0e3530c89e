"""Every fault of the proxy at every call of the Bluesky adapter, with the real server behind: the outcome, and what was written."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
import pytest

from bot.platforms import records
from bot.platforms.bluesky import Bluesky
from bot.values import Card, Content, Image, Outcome, OutcomeKind, Request
from tests.integration.bluesky_world import adapter, content, fixed, forged, request, sealed, sought, thumbnail
from tests.servers.pds import BlueskyLogin, Pds
from tests.servers.proxy import Proxy
from tests.servers.proxy_faults import FAULTS, RESET_AFTER

pytestmark = pytest.mark.pds
SENT, REFUSED, NOT_SENT, UNKNOWN = OutcomeKind.SENT, OutcomeKind.REFUSED, OutcomeKind.NOT_SENT, OutcomeKind.UNKNOWN

SLOW = {"hang", "hang-before-accept", "drip", "drip-head"}
SHORT, LONG = 1.0, 20.0
"""Seconds: the account's time for a fault that uses it up, and for one that does not."""
TOKEN = {"401", "400-expired-token"}
"""One renewal of the session, and the call is made again."""
LIMITED = {"429", "429-without-reset"}


@dataclass(frozen=True)
class Expected:
    """What the adapter says to each fault of one call; any other kind than those named is `otherwise`."""

    otherwise: OutcomeKind
    kinds: dict[str, OutcomeKind] = field(default_factory=dict)
    pauses: frozenset[str] = frozenset({"402", "403"})

    def kind(self, fault: str) -> OutcomeKind:
        return self.kinds.get(fault, self.otherwise)


def each(kind: OutcomeKind, *faults: str) -> dict[str, OutcomeKind]:
    return dict.fromkeys(faults, kind)


CLEAR = each(SENT, *TOKEN) | each(NOT_SENT, "402", "403", *LIMITED) | each(REFUSED, "400", "413")
_LOGIN_REFUSED = frozenset({"400", "400-blob-not-found", "400-expired-token", "401", "402", "403", "404-html"})
CALLS = {
    "createSession": Expected(NOT_SENT, pauses=_LOGIN_REFUSED),
    "refreshSession": Expected(
        NOT_SENT, each(SENT, *TOKEN, "400", "400-blob-not-found", "403"), pauses=frozenset({"402", "404-html"})),
    "uploadBlob": Expected(NOT_SENT, CLEAR | each(REFUSED, "400-blob-not-found")),
    "applyWrites": Expected(UNKNOWN, CLEAR | each(NOT_SENT, "400-blob-not-found")),
    "getRecord": Expected(UNKNOWN, each(SENT, *TOKEN)),
    "deleteRecord": Expected(UNKNOWN, CLEAR | each(REFUSED, "400-blob-not-found") | each(SENT, "no-results")),
}


class World:
    """One account behind one proxy; a post per case. An adapter keeps its session from case to case."""

    def __init__(self, pds: Pds, proxy: Proxy, http: httpx.Client) -> None:
        self.proxy, self.http, self.posts = proxy, http, 0
        self.login: BlueskyLogin = pds.create_account()
        self.stored: list[str] = []
        adapter(proxy, self.login, persist=self.stored.append).verify()
        made = self.http.post("/xrpc/com.atproto.server.createSession", json={"identifier": self.login.handle, "password": self.login.password})
        self.ended = sealed(self.proxy.url, self.login, forged(self.login, time.time() - 60), made.json()["refreshJwt"])
        self.timely = {seconds: adapter(proxy, self.login, session=self.stored[0], timeout=seconds) for seconds in (SHORT, LONG)}
        for platform in self.timely.values():
            platform.verify()

    def fresh(self, seconds: float) -> Bluesky:
        return adapter(self.proxy, self.login, timeout=seconds)

    def ending(self, seconds: float) -> Bluesky:
        """Its access token has ended; its refresh token may be used, again and again: the server allows that for two hours."""
        return adapter(self.proxy, self.login, session=self.ended, timeout=seconds)

    def thread(self, platform: Bluesky) -> Request:
        self.posts += 1
        return request(platform, self.login, f"{self.posts} one", f"{self.posts} two", post=self.posts)

    def there(self, one: Request) -> int:
        """How many records of this request the server has."""
        assert self.proxy.quiet()
        return sum(self._stands(record) for record in records.written(one.body))

    def _stands(self, record: records.Written) -> bool:
        answer = self.http.get("/xrpc/com.atproto.repo.getRecord", params={
            "repo": record.did, "collection": records.COLLECTION, "rkey": record.rkey})
        assert answer.status_code == 200 or answer.json()["error"] == "RecordNotFound"
        return answer.status_code == 200


@pytest.fixture(scope="module")
def world(pds: Pds) -> Iterator[World]:
    with Proxy(pds.url) as proxy, httpx.Client(base_url=pds.url) as http:
        yield World(pds, proxy, http)


def cases(*names: str, writes: bool = False) -> list[tuple[str, str]]:
    """All faults; of the two that differ only in whether the server took the call, one where it writes nothing of ours."""
    return [
        (name, fault) for name in names for fault in FAULTS
        if writes or not fault.endswith("-accepted") or fault.removesuffix("-accepted") not in FAULTS
    ]


def time_for(fault: str) -> float:
    return SHORT if fault in SLOW else LONG


def agrees(outcome: Outcome, name: str, fault: str) -> None:
    """The outcome is what is expected of this fault at this call, in kind, pause and time."""
    expected = CALLS[name]
    assert outcome.kind is expected.kind(fault), outcome
    assert (outcome.pause is not None) == (fault in expected.pauses), outcome
    if fault == "429":
        assert outcome.retry_at is not None
        wait = outcome.retry_at - datetime.now(UTC)
        assert RESET_AFTER - 60 < wait.total_seconds() <= RESET_AFTER
    else:
        assert outcome.retry_at is None
    assert "\n" not in outcome.detail


@pytest.mark.parametrize(("name", "fault"), cases("createSession", "refreshSession"))
def test_a_fault_of_a_login_posts_nothing_and_is_never_unknown(world: World, name: str, fault: str) -> None:
    seconds = time_for(fault)
    platform = world.fresh(seconds) if name == "createSession" else world.ending(seconds)
    one = world.thread(platform)
    world.proxy.forget()
    world.proxy.fail_next(fault, on=name)
    agrees(platform.send(one), name, fault)
    sent = CALLS[name].kind(fault) is SENT
    assert world.proxy.count("applyWrites") == sent
    assert world.there(one) == 2 * sent
    assert world.proxy.count("createSession") <= 1


@pytest.mark.parametrize(("name", "fault"), cases("uploadBlob"))
def test_a_fault_of_an_upload_is_never_unknown(world: World, name: str, fault: str) -> None:
    platform = world.timely[time_for(fault)]
    key, picture = thumbnail()
    made = content(platform, "one", card=Card(uri="https://example.com", title="", description="", thumb=key))
    world.proxy.forget()
    world.proxy.fail_next(fault, on=name)
    outcome = platform.upload(made, {key: picture})
    if CALLS[name].kind(fault) is SENT:
        assert outcome is None
    else:
        assert outcome is not None
        agrees(outcome, name, fault)
    assert world.proxy.count("applyWrites") == 0


@pytest.mark.parametrize(("name", "fault"), cases("applyWrites", writes=True))
def test_a_fault_of_a_write_is_told_as_it_is_and_looking_settles_it(world: World, name: str, fault: str) -> None:
    platform = world.timely[time_for(fault)]
    one = world.thread(platform)
    world.proxy.forget()
    world.proxy.fail_next(fault, on=name)
    outcome = platform.send(one)
    agrees(outcome, name, fault)
    assert ("upload the image again" in outcome.detail) == (fault == "400-blob-not-found")
    assert outcome.call_ended or fault in SLOW
    assert world.proxy.count(name, forwarded=True) <= 1
    out = FAULTS[fault].accepts or fault in TOKEN
    assert world.there(one) == 2 * out
    assert outcome.kind is UNKNOWN or (outcome.kind is SENT) == out

    found = world.timely[LONG].find(sought(world.login, one.body))
    assert found.kind is (SENT if out else NOT_SENT)
    if not out:
        assert world.timely[LONG].send(one).kind is SENT
    assert world.there(one) == 2


@pytest.mark.parametrize(("name", "fault"), cases("getRecord"))
def test_a_fault_of_a_look_is_never_taken_for_absence(world: World, name: str, fault: str) -> None:
    platform = world.timely[time_for(fault)]
    one = world.thread(platform)
    assert world.timely[LONG].send(one).kind is SENT
    world.proxy.forget()
    world.proxy.fail_next(fault, on=name)
    found = world.timely[LONG].find(sought(world.login, one.body))
    agrees(found, name, fault)
    assert world.proxy.count("applyWrites") == world.proxy.count("deleteRecord") == 0
    assert world.timely[LONG].find(sought(world.login, one.body)).kind is SENT


@pytest.mark.parametrize(("name", "fault"), cases("deleteRecord", writes=True))
def test_a_fault_of_a_deletion_is_told_as_it_is_and_repeating_it_does_no_harm(world: World, name: str, fault: str) -> None:
    platform = world.timely[time_for(fault)]
    one = world.thread(platform)
    (_, last) = world.timely[LONG].send(one).remote
    world.proxy.forget()
    world.proxy.fail_next(fault, on=name)
    outcome = platform.delete(last)
    agrees(outcome, name, fault)
    gone = FAULTS[fault].accepts or fault in TOKEN
    assert world.there(one) == (1 if gone else 2)
    assert world.proxy.count(name, forwarded=True) <= 1
    assert world.timely[LONG].delete(last).kind is SENT
    assert world.there(one) == 1


def test_a_token_that_is_refused_again_after_a_renewal_pauses(world: World) -> None:
    platform = world.timely[LONG]
    one = world.thread(platform)
    for name, call, kind in (
        ("applyWrites", lambda: platform.send(one), NOT_SENT), ("getRecord", lambda: platform.find(sought(world.login, one.body)), UNKNOWN),
    ):
        world.proxy.forget()
        world.proxy.fail_next("401", on=name, times=2)
        outcome = call()
        assert (outcome.kind, outcome.pause is not None) == (kind, True)
        assert (world.proxy.count(name), world.proxy.count("Session")) == (2, 1)
    assert world.there(one) == 0


def test_a_lost_image_is_found_out_by_sending_and_mended_by_uploading(world: World) -> None:
    platform = world.timely[LONG]
    picture = Image(mime="image/jpeg", width=1, height=1, data=thumbnail()[1].data)
    key = "lost"
    made: Content = content(platform, "lost", card=Card(uri="https://example.com", title="", description="", thumb=key))
    world.posts += 1
    (one,) = platform.deliveries(made, {key: picture}, fixed(world.login, world.posts))
    world.proxy.forget()
    world.proxy.fail_next("400-blob-not-found", on="applyWrites")
    assert "upload the image again" in platform.send(one).detail
    assert platform.upload(made, {key: picture}) is None
    assert platform.send(one).kind is SENT
    assert platform.upload(made, {}).kind is REFUSED  # type: ignore[union-attr]
