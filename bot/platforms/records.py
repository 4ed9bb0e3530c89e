"""Bluesky records as they are sent: record keys (TID), content ids (CID), and the JSON of one `applyWrites`. Pure.

The rules are the AT Protocol's: https://atproto.com/specs/tid, /specs/data-model, /specs/blob, and the lexicons
app.bsky.feed.post, app.bsky.embed.external and app.bsky.richtext.facet.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import libipld

from bot.text.tidy import sendable
from bot.values import JSON, Card, Content, Facet, Image, Message

COLLECTION = "app.bsky.feed.post"
MAX_LANGUAGES = 3
"""`langs` of app.bsky.feed.post."""

RECORD = re.compile(rf"at://(?P<did>did:[a-z]+:[A-Za-z0-9._:%-]+)/{re.escape(COLLECTION)}/(?P<rkey>[2-7a-z]{{13}})")
"""The address of a post of ours: by DID and by a record key that is a TID."""

_CREATE = "com.atproto.repo.applyWrites#create"
_TID_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
_DAG_CBOR, _RAW = 0x71, 0x55
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?")  # language, script, region
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

PLACEHOLDER_DID = "did:plc:" + "a" * 24
"""Stands for the account until the send; valid in form, nobody's."""


class Written(NamedTuple):
    """A record as the server will know it once it has accepted it."""

    uri: str
    cid: str
    did: str
    rkey: str


def tid(microseconds: int, clock: int) -> str:
    """A timestamp identifier: 53 bits of microseconds since 1970 and 10 bits of clock, as 13 sortable characters."""
    if not (0 <= microseconds < 1 << 53 and 0 <= clock < 1 << 10):
        raise ValueError("a TID holds 53 bits of microseconds and 10 bits of clock")
    number = microseconds << 10 | clock
    return "".join(_TID_ALPHABET[number >> shift & 31] for shift in range(60, -5, -5))


def clock_bits(post: int) -> int:
    """The clock bits of a post's record keys: 10 bits of a hash of its id, so that two posts of one instant differ."""
    return int.from_bytes(hashlib.sha256(f"post {post}".encode()).digest()[:2], "big") & 0x3FF


def record_cid(record: JSON) -> str:
    """The content id of a record in JSON form: CIDv1, dag-cbor, SHA-256."""
    return _cid(_DAG_CBOR, libipld.encode_dag_cbor(_ipld(record)))


def blob_cid(data: bytes) -> str:
    """The content id of uploaded bytes: CIDv1, raw, SHA-256."""
    return _cid(_RAW, data)


def _cid(codec: int, data: bytes) -> str:
    binary = bytes((1, codec, 0x12, 0x20)) + hashlib.sha256(data).digest()
    return "b" + base64.b32encode(binary).decode().rstrip("=").lower()


def _ipld(value: Any) -> Any:
    """The JSON form of the data model as libipld wants it: links and bytes are `bytes`."""
    if isinstance(value, dict):
        if value.keys() == {"$link"}:
            text = value["$link"][1:].upper()
            return base64.b32decode(text + "=" * (-len(text) % 8))
        if value.keys() == {"$bytes"}:
            return base64.b64decode(value["$bytes"] + "=" * (-len(value["$bytes"]) % 4))
        return {key: _ipld(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_ipld(item) for item in value]
    if isinstance(value, float):
        raise ValueError("the AT Protocol's data model has no floats")
    return value


def timestamp(moment: datetime) -> str:
    """A moment as `createdAt` has it: UTC, milliseconds, `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def languages(tags: Sequence[str]) -> list[str]:
    """The tags that the lexicon takes: well-formed, at most three; one bad tag would have the whole post refused."""
    return [tag for tag in tags if _LANGUAGE.fullmatch(tag)][:MAX_LANGUAGES]


def facet_record(facet: Facet) -> JSON:
    """A facet as app.bsky.richtext.facet."""
    key = {"link": "uri", "mention": "did", "tag": "tag"}[facet.type]
    return {
        "index": {"byteStart": facet.start, "byteEnd": facet.end},
        "features": [{"$type": f"app.bsky.richtext.facet#{facet.type}", key: facet.value}],
    }


def check_facets(text: str, facets: Sequence[Facet]) -> None:
    """Raises ValueError for offsets outside the text, inside a character, or overlapping: the server takes them all."""
    encoded, done = text.encode(), 0
    for facet in sorted(facets, key=lambda facet: facet.start):
        inside = done <= facet.start < facet.end <= len(encoded)
        if not inside or any(at < len(encoded) and encoded[at] & 0xC0 == 0x80 for at in (facet.start, facet.end)):
            raise ValueError(f"facet {facet.type} {facet.start}-{facet.end} does not fit its text")
        done = facet.end


def blob_ref(image: Image) -> JSON:
    """What a record says about an uploaded image; the server holds it against the bytes it has."""
    return {"$type": "blob", "ref": {"$link": blob_cid(image.data)}, "mimeType": image.mime, "size": len(image.data)}


def card_embed(card: Card, images: Mapping[str, Image]) -> JSON:
    """A link card as app.bsky.embed.external. Raises ValueError when its thumbnail is not among the images."""
    external: JSON = {"uri": card.uri, "title": sendable(card.title), "description": sendable(card.description)}
    if card.thumb is not None:
        if card.thumb not in images:
            raise ValueError(f"the image {card.thumb[:12]} of the card is not at hand")
        external["thumb"] = blob_ref(images[card.thumb])
    return {"$type": "app.bsky.embed.external", "external": external}


def _strong(message: Message) -> JSON:
    """A reference as com.atproto.repo.strongRef. Raises ValueError without a CID: a reply to it would point at nothing."""
    if message.cid is None:
        raise ValueError(f"the CID of {message.id} is not known")
    return {"uri": message.id, "cid": message.cid}


def apply_writes(
    content: Content, images: Mapping[str, Image], *, did: str | None, post: int | None, created_at: datetime | None
) -> str:
    """The JSON text of the one `applyWrites` that publishes this content, thread included.

    The records are written here, not by the SDK, and hashed as they stand: were a key added on the way, the server
    would answer 200 and every reply would point at a record that does not exist. Each later segment is one
    millisecond (and its record key one microsecond) younger than the one before, because readers sort by both.
    """
    repo, moment = did or PLACEHOLDER_DID, (created_at or _EPOCH).astimezone(UTC)
    micros, clock = (moment - _EPOCH) // timedelta(microseconds=1), clock_bits(post) if post is not None else 0
    writes: list[JSON] = []
    to = content.reply_to
    above = [_strong(message) for message in (to.root, to.parent)] if to else []  # the root first, the parent last
    for index, segment in enumerate(content.segments):
        check_facets(segment.text, segment.facets)
        record: JSON = {"$type": COLLECTION, "text": segment.text}
        if segment.facets:
            record["facets"] = [facet_record(facet) for facet in segment.facets]
        if above:
            record["reply"] = {"root": above[0], "parent": above[-1]}
        if content.card is not None and index in content.card.on:
            record["embed"] = card_embed(content.card, images)
        if langs := languages(content.languages):
            record["langs"] = langs
        record["createdAt"] = timestamp(moment + timedelta(milliseconds=index))
        rkey = tid(micros + index, clock)
        writes.append({"$type": _CREATE, "collection": COLLECTION, "rkey": rkey, "value": record})
        above.append({"uri": f"at://{repo}/{COLLECTION}/{rkey}", "cid": record_cid(record)})
    return json.dumps({"repo": repo, "writes": writes}, ensure_ascii=False, separators=(",", ":"))


def provisional_paths(segments: int, *, only_repo: bool = False, rooted: bool = False) -> tuple[str, ...]:
    """The JSON paths of an `applyWrites` body whose values only the send can fix; `rooted`: it replies to what is out already."""
    paths = ["$.repo"]
    for index in range(segments):
        value = f"$.writes[{index}].value"
        if not only_repo:
            paths += [f"$.writes[{index}].rkey", f"{value}.createdAt"]
        if index:
            paths += [f"{value}.reply.{end}.{key}" for end in (("parent",) if rooted else ("root", "parent")) for key in ("uri", "cid")]
    return tuple(paths)


def written(body: str) -> tuple[Written, ...]:
    """What the server must answer to this `applyWrites` body, computed from the very text that is sent.

    Raises ValueError when it is not the JSON of creates that this module writes: it was stored by another version, or
    changed by hand.
    """
    try:
        request = json.loads(body)
        repo, writes = request["repo"], request["writes"]
        found = tuple(
            Written(f"at://{repo}/{write['collection']}/{write['rkey']}", record_cid(write["value"]), repo, write["rkey"])
            for write in writes
            if write["$type"] == _CREATE
        )
        ours = found and len(found) == len(writes) and all(RECORD.fullmatch(one.uri) for one in found)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"the stored request can not be read ({type(error).__name__})") from error
    if not ours:
        raise ValueError("the stored request is no list of posts to create")
    return found
