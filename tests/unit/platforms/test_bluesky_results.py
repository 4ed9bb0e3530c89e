"""What a 200 about our records means: only the server's own naming of exactly them counts."""

from __future__ import annotations

from typing import Any

import pytest

from bot.platforms import records
from bot.platforms.bluesky_answers import Answer
from bot.platforms.bluesky_results import deleted, found, sent
from bot.values import OutcomeKind

SENT, REFUSED, UNKNOWN = OutcomeKind.SENT, OutcomeKind.REFUSED, OutcomeKind.UNKNOWN
DID = "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
EXPECTED = tuple(
    records.Written(f"at://{DID}/{records.COLLECTION}/{rkey}", cid, DID, rkey)
    for rkey, cid in (("3jzfcijpj2z2a", "bafyreia"), ("3jzfcijpj2z2b", "bafyreib"))
)
ROOT = EXPECTED[0]


def test_all_messages_are_there_when_the_first_is() -> None:
    outcome = found(Answer(200, content={"uri": ROOT.uri, "cid": ROOT.cid, "value": {}}), EXPECTED)
    assert outcome.kind is SENT
    assert [(remote.id, remote.cid) for remote in outcome.remote] == [(one.uri, one.cid) for one in EXPECTED]


@pytest.mark.parametrize("content", [
    None, b"", b"<html>", [], {}, {"uri": ROOT.uri}, {"uri": ROOT.uri, "cid": 5}, {"uri": ROOT.uri, "cid": ""}, {"cid": ROOT.cid},
    {"uri": EXPECTED[1].uri, "cid": EXPECTED[1].cid},
])
def test_an_answer_that_does_not_name_the_record_settles_nothing(content: Any) -> None:
    assert found(Answer(200, content=content), EXPECTED).kind is UNKNOWN


def test_another_cid_under_our_key_is_never_taken_for_ours() -> None:
    outcome = found(Answer(200, content={"uri": ROOT.uri, "cid": "bafyother"}), EXPECTED)
    assert (outcome.kind, outcome.remote) == (REFUSED, ())
    assert "ANOTHER" in outcome.detail


def test_a_write_is_sent_only_if_each_record_is_named_in_order() -> None:
    named = [{"uri": one.uri, "cid": one.cid} for one in EXPECTED]
    assert sent(Answer(200, content={"results": named}), EXPECTED).kind is SENT
    for results in (named[:1], named[::-1], [], None, "x", [*named, named[0]]):
        assert sent(Answer(200, content={"results": results}), EXPECTED).kind is UNKNOWN


@pytest.mark.parametrize(("content", "kind"), [({}, SENT), ({"commit": {}}, SENT), (b"", UNKNOWN), (b"<html>", UNKNOWN), ([], UNKNOWN), (None, UNKNOWN)])
def test_a_deletion_is_confirmed_by_an_object_and_nothing_else(content: Any, kind: OutcomeKind) -> None:
    assert deleted(Answer(200, content=content)).kind is kind
