"""Posts on the real Bluesky server: sent by the adapter, read back over plain HTTP."""

from __future__ import annotations

import json
import time

import pytest

from bot.errors import ConfigError
from bot.platforms import records
from bot.platforms.seal import unseal
from bot.values import Card, Content, Facet, OutcomeKind
from tests.integration.bluesky_world import TEXTS, adapter, content, fixed, forged, request, sealed, thumbnail
from tests.servers.pds import Pds, own_server

pytestmark = pytest.mark.pds


def test_a_short_post_with_card_and_thumbnail_stands_as_it_was_made(pds: Pds) -> None:
    login = pds.create_account()
    platform = adapter(pds, login)
    key, picture = thumbnail()
    card = Card(uri="https://example.com/a?b=1&c=2", title="Über den Titel", description="", thumb=key)
    made = content(platform, TEXTS[0], card=card)
    assert platform.upload(made, {key: picture}) is None
    (one,) = platform.deliveries(made, {key: picture}, fixed(login))
    outcome = platform.send(one)
    assert outcome.kind is OutcomeKind.SENT, outcome

    (record,) = pds.records(login.did)
    assert [(remote.id, remote.cid) for remote in outcome.remote] == [(record["uri"], record["cid"])]
    rkey = record["uri"].rsplit("/", 1)[1]
    assert outcome.remote[0].url == f"https://bsky.app/profile/{login.did}/post/{rkey}"
    assert record["value"] == json.loads(one.body)["writes"][0]["value"]
    assert record["value"]["createdAt"] == "2026-03-04T05:06:07.891Z"
    external = record["value"]["embed"]["external"]
    assert (external["uri"], external["title"]) == (card.uri, card.title)
    assert pds.blob(login.did, external["thumb"]["ref"]["$link"]) == picture.data


def test_a_thread_is_written_at_once_in_order_and_each_reply_points_at_the_servers_own_records(pds: Pds) -> None:
    login = pds.create_account()
    platform = adapter(pds, login)
    one = request(platform, login, *TEXTS)
    outcome = platform.send(one)
    assert outcome.kind is OutcomeKind.SENT, outcome

    found = pds.records(login.did)
    assert [record["value"]["text"] for record in found] == list(TEXTS)
    assert [(remote.id, remote.cid) for remote in outcome.remote] == [(record["uri"], record["cid"]) for record in found]
    refs = [{"uri": record["uri"], "cid": record["cid"]} for record in found]
    assert "reply" not in found[0]["value"]
    for index in (1, 2, 3):
        assert found[index]["value"]["reply"] == {"root": refs[0], "parent": refs[index - 1]}
    for record in found:
        got = pds.query("com.atproto.repo.getRecord", repo=login.did, collection="app.bsky.feed.post", rkey=record["uri"].rsplit("/", 1)[1])
        assert got["cid"] == record["cid"] == records.record_cid(record["value"])
    commits = {record["value"]["createdAt"] for record in found}
    assert len(commits) == 4


def test_facets_cover_the_words_they_name_in_the_stored_bytes(pds: Pds) -> None:
    login = pds.create_account()
    platform = adapter(pds, login)
    text = "日本 👩‍👩‍👧‍👧 https://example.com/a #news"
    start = text.encode().index(b"https")
    facets = (
        Facet(start=start, end=start + 21, type="link", value="https://example.com/a"),
        Facet(start=start + 22, end=start + 27, type="tag", value="news"),
    )
    segment = platform.measure(text).model_copy(update={"facets": facets})
    (one,) = platform.deliveries(Content(segments=(segment,)), {}, fixed(login))
    assert platform.send(one).kind is OutcomeKind.SENT
    (record,) = pds.records(login.did)
    stored = record["value"]["text"].encode()
    spans = [stored[f["index"]["byteStart"] : f["index"]["byteEnd"]].decode() for f in record["value"]["facets"]]
    assert spans == ["https://example.com/a", "#news"]


def test_the_same_request_twice_never_doubles_and_is_unknown(pds: Pds) -> None:
    login = pds.create_account()
    platform = adapter(pds, login)
    one = request(platform, login, *TEXTS)
    assert platform.send(one).kind is OutcomeKind.SENT
    again = adapter(pds, login).send(one)
    assert again.kind is OutcomeKind.UNKNOWN, again
    assert [record["value"]["text"] for record in pds.records(login.did)] == list(TEXTS)


def test_one_bad_segment_and_nothing_of_the_thread_is_written(pds: Pds) -> None:
    login = pds.create_account()
    platform = adapter(pds, login)
    outcome = platform.send(request(platform, login, "one", "x" * 301))
    assert outcome.kind is OutcomeKind.REFUSED
    assert "text" in outcome.detail
    assert pds.records(login.did) == []


def test_an_image_the_server_does_not_have_is_to_be_uploaded_again(pds: Pds) -> None:
    login = pds.create_account()
    platform = adapter(pds, login)
    key, picture = thumbnail()
    made = content(platform, "one", card=Card(uri="https://example.com", title="", description="", thumb=key))
    (one,) = platform.deliveries(made, {key: picture}, fixed(login))
    outcome = platform.send(one)
    assert (outcome.kind, outcome.pause) == (OutcomeKind.NOT_SENT, None)
    assert "upload the image again" in outcome.detail
    assert platform.upload(made, {key: picture}) is None
    assert platform.send(one).kind is OutcomeKind.SENT


def test_an_image_that_is_something_else_is_refused_before_anything_is_posted(pds: Pds) -> None:
    login = pds.create_account()
    platform = adapter(pds, login)
    key, picture = thumbnail()
    made = content(platform, "one", card=Card(uri="https://example.com", title="", description="", thumb=key))
    outcome = platform.upload(made, {key: picture.model_copy(update={"mime": "image/png"})})
    assert outcome is not None
    assert outcome.kind is OutcomeKind.REFUSED
    assert "image/jpeg" in outcome.detail


def test_a_wrong_password_pauses_the_account_and_is_told_nowhere(pds: Pds) -> None:
    login = pds.create_account()
    platform = adapter(pds, login, password="wrong-pass-word")
    outcome = platform.send(request(platform, login, "one"))
    assert outcome.kind is OutcomeKind.NOT_SENT
    assert outcome.pause is not None
    assert "wrong-pass-word" not in outcome.model_dump_json()
    with pytest.raises(ConfigError, match="app password") as caught:
        platform.verify()
    assert "wrong-pass-word" not in str(caught.value)
    assert pds.records(login.did) == []


def test_verify_says_who_it_is_and_stores_one_sealed_session(pds: Pds) -> None:
    login = pds.create_account()
    stored: list[str] = []
    who = adapter(pds, login, persist=stored.append).verify()
    assert (who.handle, who.remote_id) == (login.handle, login.did)
    assert len(stored) == 1
    opened = unseal(stored[0], password=login.password, context=f"{pds.url} {login.handle}")
    assert opened is not None
    assert opened.startswith(f"{login.handle}:::{login.did}:::")
    assert opened.split(":::")[2] not in stored[0]
    assert unseal(stored[0], password="another", context=f"{pds.url} {login.handle}") is None


def test_a_stored_session_is_used_again_without_a_login(pds: Pds) -> None:
    login = pds.create_account()
    stored: list[str] = []
    adapter(pds, login, persist=stored.append).verify()
    later = adapter(pds, login, session=stored[0], persist=stored.append)
    assert later.send(request(later, login, "one")).kind is OutcomeKind.SENT
    assert later.verify().remote_id == login.did
    assert len(stored) == 1


def test_a_session_about_to_end_is_renewed_by_its_refresh_token(pds: Pds) -> None:
    login = pds.create_account()
    stored: list[str] = []
    adapter(pds, login, persist=stored.append).verify()
    context = f"{pds.url} {login.handle}"
    refresh = str(unseal(stored[0], password=login.password, context=context)).split(":::")[3]
    ending = sealed(pds.url, login, forged(login, time.time() - 60), refresh)
    later = adapter(pds, login, session=ending, persist=stored.append)
    assert later.send(request(later, login, "one")).kind is OutcomeKind.SENT
    assert len(stored) == 2
    assert str(unseal(stored[1], password=login.password, context=context)).split(":::")[3] != refresh


@pytest.mark.parametrize("expires_in", [-60, 3600])
def test_a_dead_session_falls_back_to_one_login_by_password(pds: Pds, expires_in: int) -> None:
    login = pds.create_account()
    stored: list[str] = []
    dead = sealed(pds.url, login, forged(login, time.time() + expires_in), forged(login, time.time() + expires_in))
    platform = adapter(pds, login, session=dead, persist=stored.append)
    assert platform.send(request(platform, login, "one")).kind is OutcomeKind.SENT
    assert len(stored) == 1
    assert len(pds.records(login.did)) == 1


@pytest.mark.parametrize("junk", ["", "junk", "a.b"])
def test_a_session_that_can_not_be_read_is_no_session(pds: Pds, junk: str) -> None:
    login = pds.create_account()
    assert adapter(pds, login, session=junk).verify().remote_id == login.did


def test_a_post_made_for_another_account_is_not_sent(pds: Pds) -> None:
    login, other = pds.create_account(), pds.create_account()
    platform = adapter(pds, login)
    outcome = platform.send(request(platform, other, "one"))
    assert outcome.kind is OutcomeKind.NOT_SENT
    assert outcome.pause is not None
    assert other.did in outcome.pause
    assert pds.records(other.did) == pds.records(login.did) == []


def test_a_session_that_can_not_be_stored_does_not_change_the_outcome(pds: Pds, caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: str) -> None:
        raise OSError("disk full")

    login = pds.create_account()
    platform = adapter(pds, login, persist=broken)
    assert platform.send(request(platform, login, "one")).kind is OutcomeKind.SENT
    assert "could not be stored (OSError)" in caplog.text


def test_the_real_login_limit_says_when_to_come_back() -> None:
    with own_server(RATE_LIMITS="1") as server:
        login = server.create_account()
        for _ in range(30):
            server.procedure("com.atproto.server.createSession", {"identifier": login.handle, "password": login.password})
        platform = adapter(server, login)
        outcome = platform.send(request(platform, login, "one"))
    assert (outcome.kind, outcome.pause) == (OutcomeKind.NOT_SENT, None)
    assert outcome.retry_at is not None
    assert 0 < outcome.retry_at.timestamp() - time.time() <= 300
