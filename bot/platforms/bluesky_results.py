"""What a Bluesky server's 200 says about our records: written, there, or gone. Pure."""

from __future__ import annotations

from typing import Any

from bot.platforms.bluesky_answers import Answer, describe
from bot.platforms.records import Written
from bot.values import Outcome, OutcomeKind, Remote


def sent(answer: Answer, expected: tuple[Written, ...]) -> Outcome:
    """Of a 200 to `applyWrites`. Sent only if the server names exactly our records: with another CID the replies would point at nothing."""
    results = _object(answer).get("results")
    got = [(item.get("uri"), item.get("cid")) for item in results if isinstance(item, dict)] if isinstance(results, list) else None
    if got != [(record.uri, record.cid) for record in expected]:
        detail = "200, but the answer does not name the records" if got is None else "200, but with other records than were sent"
        return Outcome(kind=OutcomeKind.UNKNOWN, detail=detail)
    return Outcome(kind=OutcomeKind.SENT, detail=describe(answer), remote=remotes(expected))


def found(answer: Answer, expected: tuple[Written, ...]) -> Outcome:
    """Of a 200 to `getRecord` for the first of these records.

    The first settles it for all: `applyWrites` is atomic, so a thread is there whole or not at all. And its CID settles it
    without a look at the text: it is the hash of every byte of the record.
    """
    root, record = expected[0], _object(answer)
    uri, cid = record.get("uri"), record.get("cid")
    if uri != root.uri or not isinstance(cid, str) or not cid:
        return Outcome(kind=OutcomeKind.UNKNOWN, detail="200, but the answer does not name the record")
    if cid != root.cid:
        detail = f"ANOTHER record stands at {uri}, under the key of this post: {cid[:80]} instead of {root.cid}; look who else writes with this account"
        return Outcome(kind=OutcomeKind.REFUSED, detail=detail)
    return Outcome(kind=OutcomeKind.SENT, detail="it is there", remote=remotes(expected))


def deleted(answer: Answer) -> Outcome:
    """Of a 200 to `deleteRecord`: any JSON object, empty where the record was gone already. Else it was not the server that spoke."""
    if not isinstance(answer.content, dict):
        return Outcome(kind=OutcomeKind.UNKNOWN, detail="200, but not as a Bluesky server says it")
    return Outcome(kind=OutcomeKind.SENT, detail=describe(answer))


def remotes(written: tuple[Written, ...]) -> tuple[Remote, ...]:
    """The records as messages, with their pages on bsky.app."""
    return tuple(
        Remote(id=record.uri, url=f"https://bsky.app/profile/{record.did}/post/{record.rkey}", cid=record.cid)
        for record in written
    )


def _object(answer: Answer) -> dict[str, Any]:
    return answer.content if isinstance(answer.content, dict) else {}
