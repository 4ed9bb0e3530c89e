"""An account's newest records on Bluesky, as messages: what it said before this database knew of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple

from bot.platforms.bluesky_answers import Answer
from bot.text import links
from bot.values import Posted, Remote

PAGE_SIZE, PAGES = 50, 2
"""A page of the longest records there can be is still no larger than any answer may be."""


class Page(NamedTuple):
    """A part of the account's records, the newest first."""

    posted: tuple[Posted, ...]
    following: str | None
    """The cursor of the next page."""


def page(answer: Answer, did: str, now: datetime) -> Page | None:
    """Of a 200 to `listRecords`; None when it is none. `now` for a record that does not tell when it was made."""
    found = answer.content if isinstance(answer.content, dict) else {}
    listed = found.get("records")
    if not isinstance(listed, list):
        return None
    posted = tuple(one for record in listed if (one := _posted(record, did, now)) is not None)
    cursor = found.get("cursor")
    return Page(posted, cursor if isinstance(cursor, str) and cursor and len(listed) >= PAGE_SIZE else None)


def _posted(record: object, did: str, now: datetime) -> Posted | None:
    """A record as a message; None for one that can not be read, and for an answer to somebody else."""
    if not isinstance(record, dict):
        return None
    uri, cid, value = record.get("uri"), record.get("cid"), record.get("value")
    if not isinstance(uri, str) or not isinstance(value, dict) or not isinstance(text := value.get("text"), str):
        return None
    above = _at(value, "reply", "parent", "uri")
    home = f"at://{did}/"
    if not uri.startswith(home) or (isinstance(above, str) and not above.startswith(home)):
        return None
    facets, card = value.get("facets"), _at(value, "embed", "external", "uri") or _at(value, "embed", "media", "external", "uri")
    return Posted(
        remote=Remote(
            id=uri, url=f"https://bsky.app/profile/{did}/post/{uri.rpartition('/')[2]}", cid=cid if isinstance(cid, str) else None,
        ),
        at=_made(value.get("createdAt"), now), text=whole(text, facets if isinstance(facets, list) else ()),
        card=card if isinstance(card, str) else None, above=above if isinstance(above, str) else None,
    )


def whole(text: str, facets: Sequence[object]) -> str:
    """The text with the addresses that its links lead to, where it shows something else: "example.com/a…", "here".

    The server checks no offsets, so those that fit no text are left out.
    """
    encoded, found = text.encode(errors="replace"), []
    for facet in facets:
        start, end = _at(facet, "index", "byteStart"), _at(facet, "index", "byteEnd")
        features = _at(facet, "features")
        uri = next((led for one in features if isinstance(led := _at(one, "uri"), str)), None) if isinstance(features, list) else None
        if uri and type(start) is int and type(end) is int and 0 <= start < end <= len(encoded):
            found.append((start, end, uri))
    pieces, at = [], 0
    for start, end, uri in sorted(found):
        shown = encoded[start:end].decode(errors="replace")
        if start >= at and "\ufffd" not in shown and links.bare(shown) != links.bare(uri):
            pieces += [encoded[at:start], uri.encode(errors="replace")]
            at = end
    return b"".join([*pieces, encoded[at:]]).decode(errors="replace")


def _made(told: object, now: datetime) -> datetime:
    """When it says it was made, which anybody may have written; never later than now."""
    with suppress(ValueError, TypeError, OverflowError):
        moment = datetime.fromisoformat(told)  # type: ignore[arg-type]
        return min(moment if moment.tzinfo else moment.replace(tzinfo=UTC), now)
    return now


def _at(value: object, *path: str) -> Any:
    """What stands at this path; None where there is none."""
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


