"""Record keys, content ids and the JSON of one applyWrites, against the protocol's own vectors."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.platforms import records
from bot.values import Card, Content, Facet, Image, Message, ReplyTo, Segment

TID = re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")
DID = "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
MOMENT = datetime(2026, 3, 4, 5, 6, 7, 891234, tzinfo=UTC)
PICTURE = Image(mime="image/png", width=2, height=1, data=b"\x89PNG not really")
THUMB = "ab" * 32


def segment(text: str, *facets: Facet) -> Segment:
    return Segment(text=text, length=len(text), limit=300, has_url=False, facets=facets)


def thread(*texts: str, card: bool = True) -> Content:
    shown = Card(uri="https://example.com/a", title="Title", description="", thumb=THUMB) if card else None
    return Content(segments=tuple(segment(text) for text in texts), card=shown, languages=("en",))


def body(content: Content, *, did: str | None = DID, post: int | None = 7, at: datetime | None = MOMENT) -> str:
    return records.apply_writes(content, {THUMB: PICTURE}, did=did, post=post, created_at=at)


def leaves(value: Any, path: str = "$") -> dict[str, Any]:
    if isinstance(value, dict):
        return {k: v for key, item in value.items() for k, v in leaves(item, f"{path}.{key}").items()}
    if isinstance(value, list):
        return {k: v for at, item in enumerate(value) for k, v in leaves(item, f"{path}[{at}]").items()}
    return {path: value}


def lines(path: Path) -> list[str]:
    return [line for line in path.read_text().splitlines() if line and not line.startswith("#")]


@pytest.mark.data
def test_content_ids_are_those_of_the_protocols_fixtures(data: Path) -> None:
    fixtures = json.loads((data / "atproto/data-model-fixtures.json").read_text())
    assert len(fixtures) == 3
    for fixture in fixtures:
        assert records.record_cid(fixture["json"]) == fixture["cid"]


@pytest.mark.data
def test_the_tid_pattern_of_these_tests_is_the_protocols(data: Path) -> None:
    assert all(TID.fullmatch(line) for line in lines(data / "atproto/syntax/tid_syntax_valid.txt"))
    assert not any(TID.fullmatch(line) for line in lines(data / "atproto/syntax/tid_syntax_invalid.txt"))


@pytest.mark.data
def test_only_language_tags_of_the_protocol_are_kept(data: Path) -> None:
    bad = lines(data / "atproto/syntax/language_syntax_invalid.txt")
    assert bad
    assert records.languages(bad) == []
    assert records.languages(["en", "en_US", "pt-BR", "", "x" * 20, "zh-Hant", "de"]) == ["en", "pt-BR", "zh-Hant"]


def test_a_tid_known_from_elsewhere() -> None:
    # 2023-06-30T00:00:00Z with clock 0, worked out by hand from the specification's layout.
    number = 1688083200000000 << 10
    assert records.tid(1688083200000000, 0) == "".join(
        "234567abcdefghijklmnopqrstuvwxyz"[number // 32**power % 32] for power in range(12, -1, -1)
    )
    assert records.tid(0, 0) == "2222222222222"


@settings(max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 2**53 - 1), st.integers(0, 1023)), min_size=2, max_size=2))
def test_tids_are_well_formed_and_sort_as_their_times(pairs: list[tuple[int, int]]) -> None:
    made = [records.tid(*pair) for pair in pairs]
    assert all(TID.fullmatch(one) for one in made)
    assert (made[0] < made[1]) == (pairs[0] < pairs[1])


@pytest.mark.parametrize(("micros", "clock"), [(-1, 0), (2**53, 0), (0, 1024), (0, -1)])
def test_a_tid_that_would_not_fit_is_refused(micros: int, clock: int) -> None:
    with pytest.raises(ValueError, match="TID"):
        records.tid(micros, clock)


def test_blob_ids_are_raw_sha256() -> None:
    # The well-known CIDv1 of an empty raw block.
    assert records.blob_cid(b"") == "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"


def test_floats_are_refused_because_the_data_model_has_none() -> None:
    with pytest.raises(ValueError, match="float"):
        records.record_cid({"a": 1.0})


def test_created_at_is_utc_with_milliseconds() -> None:
    east = timezone(timedelta(hours=5, minutes=30))
    assert records.timestamp(datetime(2026, 1, 1, 2, 0, 0, 1999, tzinfo=east)) == "2025-12-31T20:30:00.001Z"


def test_equal_inputs_give_equal_bytes_and_another_post_other_keys() -> None:
    content = thread("one", "two")
    assert body(content) == body(content)
    assert body(content) != body(content, post=8)
    assert body(content) != body(content, at=MOMENT + timedelta(microseconds=1))


def test_record_keys_grow_within_a_thread_and_times_with_them() -> None:
    writes = json.loads(body(thread("one", "two", "three")))["writes"]
    assert [write["rkey"] for write in writes] == sorted({write["rkey"] for write in writes})
    assert [write["value"]["createdAt"] for write in writes] == [
        "2026-03-04T05:06:07.891Z", "2026-03-04T05:06:07.892Z", "2026-03-04T05:06:07.893Z",
    ]


def test_each_reply_names_the_first_and_the_previous_record_by_the_hash_of_what_is_sent() -> None:
    text = body(thread("één", "日本語", "👩‍👩‍👧‍👧"))
    writes = json.loads(text)["writes"]
    expected = records.written(text)
    assert "reply" not in writes[0]["value"]
    for index in (1, 2):
        reply = writes[index]["value"]["reply"]
        assert reply["root"] == {"uri": expected[0].uri, "cid": expected[0].cid}
        assert reply["parent"] == {"uri": expected[index - 1].uri, "cid": expected[index - 1].cid}
    assert expected[2].cid == records.record_cid(writes[2]["value"])


ROOT, LAST = (Message(id=f"at://{DID}/app.bsky.feed.post/3jzfcijpj2z2{end}", cid=f"bafyrei{end * 52}") for end in "ab")


def replying(*texts: str, to: Message = LAST) -> Content:
    return thread(*texts, card=False).model_copy(update={"reply_to": ReplyTo(post=1, root=ROOT, parent=to)})


def test_a_reply_to_another_post_hangs_under_its_last_message_and_its_thread_under_the_same_root() -> None:
    text = body(replying("one", "two"))
    first, second = (write["value"]["reply"] for write in json.loads(text)["writes"])
    root = {"uri": ROOT.id, "cid": ROOT.cid}
    assert first == {"root": root, "parent": {"uri": LAST.id, "cid": LAST.cid}}
    expected = records.written(text)[0]
    assert second == {"root": root, "parent": {"uri": expected.uri, "cid": expected.cid}}


def test_what_a_reply_replies_to_is_known_in_its_preview() -> None:
    content = replying("one", "two")
    preview, sent = (leaves(json.loads(text)) for text in (body(content, did=None, post=None, at=None), body(content)))
    assert {path for path in preview if preview[path] != sent[path]} == set(records.provisional_paths(2, rooted=True))


def test_a_reply_to_a_message_without_a_hash_is_an_error_not_a_reply_to_nothing() -> None:
    with pytest.raises(ValueError, match="the CID of at://"):
        body(replying("one", to=Message(id=LAST.id)))


def test_the_card_stands_on_the_segments_it_names_with_its_thumbnail() -> None:
    content = thread("one", "two").model_copy(update={"card": Card(
        uri="https://example.com/", title="T\ud800", description="D\r\nE", thumb=THUMB, on=(1,),
    )})
    first, second = (write["value"] for write in json.loads(body(content))["writes"])
    assert "embed" not in first
    assert second["embed"] == {"$type": "app.bsky.embed.external", "external": {
        "uri": "https://example.com/", "title": "T\ufffd", "description": "D\nE",
        "thumb": {"$type": "blob", "ref": {"$link": records.blob_cid(PICTURE.data)}, "mimeType": "image/png", "size": 15},
    }}


def test_a_thumbnail_that_is_not_at_hand_is_an_error_not_another_post() -> None:
    with pytest.raises(ValueError, match="not at hand"):
        records.apply_writes(thread("one"), {}, did=DID, post=1, created_at=MOMENT)


def test_a_preview_differs_from_what_is_sent_exactly_where_it_says_so() -> None:
    content = thread("one", "two", "three")
    preview, sent = (leaves(json.loads(text)) for text in (body(content, did=None, post=None, at=None), body(content)))
    assert preview.keys() == sent.keys()
    differing = {path for path in preview if preview[path] != sent[path]}
    assert differing == set(records.provisional_paths(3))
    assert all(TID.fullmatch(preview[f"$.writes[{at}].rkey"]) for at in range(3))


def test_without_the_accounts_id_only_what_names_it_is_provisional() -> None:
    content = thread("one", "two", "three")
    before, after = (leaves(json.loads(text)) for text in (body(content, did=None), body(content)))
    differing = {path for path in before if before[path] != after[path]}
    assert differing <= set(records.provisional_paths(3, only_repo=True))
    assert {"$.repo", "$.writes[2].value.reply.parent.cid"} <= differing


@pytest.mark.parametrize(("start", "end"), [(0, 99), (-1, 2), (3, 3), (2, 1), (0, 2), (2, 4)])
def test_facets_that_do_not_fit_are_refused(start: int, end: int) -> None:
    bad = Facet(start=start, end=end, type="tag", value="x")
    with pytest.raises(ValueError, match="facet"):
        records.check_facets("añb 👍", [bad])  # ñ is bytes 1-3


def test_overlapping_facets_are_refused_and_touching_ones_are_not() -> None:
    def tags(*spans: tuple[int, int]) -> list[Facet]:
        return [Facet(start=start, end=end, type="tag", value="x") for start, end in spans]

    records.check_facets("abcdef", tags((3, 6), (0, 3)))
    with pytest.raises(ValueError, match="facet"):
        records.check_facets("abcdef", tags((0, 4), (3, 6)))


def test_facets_of_each_type_use_the_lexicons_keys() -> None:
    made = [records.facet_record(Facet(start=0, end=1, type=kind, value="v"))["features"][0] for kind in ("link", "mention", "tag")]
    assert made == [
        {"$type": "app.bsky.richtext.facet#link", "uri": "v"}, {"$type": "app.bsky.richtext.facet#mention", "did": "v"},
        {"$type": "app.bsky.richtext.facet#tag", "tag": "v"},
    ]


@pytest.mark.data
def test_records_use_only_what_the_lexicons_define_and_all_they_require(data: Path) -> None:
    def lexicon(name: str, definition: str = "main") -> dict[str, Any]:
        found: dict[str, Any] = json.loads((data / f"atproto/lexicons/{name}.json").read_text())["defs"][definition]
        return found.get("record") or found.get("input", {}).get("schema") or found

    def agrees(value: dict[str, Any], schema: dict[str, Any]) -> None:
        assert value.keys() - {"$type"} <= schema["properties"].keys()
        assert set(schema["required"]) <= value.keys()

    content = Content(
        segments=(segment("see example.com", Facet(start=4, end=15, type="link", value="https://example.com")), segment("two")),
        card=Card(uri="https://example.com", title="T", description="", thumb=THUMB), languages=("en",),
    )
    request = json.loads(body(content))
    agrees(request, lexicon("com.atproto.repo.applyWrites"))
    for write in request["writes"]:
        agrees(write, lexicon("com.atproto.repo.applyWrites", "create"))
        agrees(write["value"], lexicon("app.bsky.feed.post"))
    first, second = (write["value"] for write in request["writes"])
    agrees(first["embed"]["external"], lexicon("app.bsky.embed.external", "external"))
    agrees(first["facets"][0], lexicon("app.bsky.richtext.facet"))
    agrees(second["reply"], lexicon("app.bsky.feed.post", "replyRef"))
    agrees(second["reply"]["root"], lexicon("com.atproto.repo.strongRef"))


@pytest.mark.parametrize("text", [
    "", "junk", "null", "[]", "{}", "5", '"x"', '{"repo": "did:plc:a"}', '{"repo": "did:plc:a", "writes": []}', '{"repo": 1, "writes": 2}',
    '{"repo": "did:plc:a", "writes": [1]}', '{"repo": "did:plc:a", "writes": {"a": 1}}', "[" * 100_000, "\ud800",
])
def test_a_stored_request_that_can_not_be_read_is_one_line_of_error(text: str) -> None:
    with pytest.raises(ValueError, match="stored request") as caught:
        records.written(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("key", "value"), [
    ("rkey", "self"), ("rkey", None), ("collection", "app.bsky.feed.like"), ("$type", "com.atproto.repo.applyWrites#update"),
    ("value", 1.5), ("value", {"a": 1e3}), ("value", {"$link": 5}), ("value", {"a": 2**80}),
])
def test_a_write_that_is_not_the_creation_of_a_post_is_no_request_of_ours(key: str, value: Any) -> None:
    request = json.loads(body(thread("one", "two")))
    request["writes"][1][key] = value
    with pytest.raises(ValueError, match="stored request"):
        records.written(json.dumps(request))
