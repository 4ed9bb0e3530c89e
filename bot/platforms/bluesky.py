"""The Bluesky adapter: a whole post, thread included, is one atomic `applyWrites` with record keys and CIDs of ours.

Text is sent as it stands, less what no reader sees: CRLF and CR become LF, trailing white space goes, and half
surrogates, which have no UTF-8, become U+FFFD. It is not put into NFC: Bluesky stores and counts what it gets, and a
changed text would no longer be the one that was approved.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from math import inf

from bot import clock
from bot.accounts import Account
from bot.errors import BotError, ConfigError, UsageError
from bot.platforms import bluesky_recent, records
from bot.platforms import bluesky_results as results
from bot.platforms.bluesky_answers import DELETES, LOOKS, QUERIES, UPLOADS, WRITES, Answer
from bot.platforms.bluesky_line import Line
from bot.text import facets, graphemes
from bot.text.tidy import one_line, sendable
from bot.values import (
    Content,
    Fixed,
    Identity,
    Image,
    Limits,
    Outcome,
    OutcomeKind,
    Posted,
    Recent,
    Remote,
    Request,
    Segment,
    Sought,
)

MAX_GRAPHEMES, MAX_BYTES = 300, 3000
"""`text` of the lexicon app.bsky.feed.post."""

_REFERENCE = re.compile(
    rf"(at://(?P<uri>[^/]+)/{re.escape(records.COLLECTION)}/|https://bsky\.app/profile/(?P<page>[^/]+)/post/)(?P<rkey>[2-7a-z]{{13}})/?"
)
LOOK_AFTER: tuple[float, ...] = (5.0,)
"""Seconds until the record key is looked up: one look settles it, because what is not there is sent again under the same key."""


class Bluesky:
    """One Bluesky account (see `bot.platforms.Platform`). `session` is what `persist` was last given: sealed."""

    def __init__(
        self, account: Account, *, timeout: float, session: str | None = None, persist: Callable[[str], None] | None = None
    ) -> None:
        self.limits = Limits(
            unit=graphemes.UNIT, length=min(account.limit or MAX_GRAPHEMES, MAX_GRAPHEMES), bytes=MAX_BYTES, cards=True,
            facets=True, threads=account.threads,
        )
        self.looks, self.repeatable = LOOK_AFTER, True
        self._account, self._timeout = account, timeout
        self._line = Line(account, timeout=timeout, session=session, persist=persist)

    @property
    def fingerprint(self) -> str:
        """Of the handle and the app password."""
        return self._account.fingerprint

    def measure(self, text: str) -> Segment:
        """Graphemes, and one more than the limit when the text has more than 3,000 bytes: it would not fit either."""
        text = sendable(text).rstrip()
        length, found = graphemes.length(text), facets.find(text)
        if len(text.encode()) > MAX_BYTES:
            length = max(length, self.limits.length + 1)
        return Segment(
            text=text, length=length, limit=self.limits.length, has_url=any(facet.type == "link" for facet in found),
            facets=found,
        )

    def deliveries(self, content: Content, images: Mapping[str, Image], fixed: Fixed | None) -> tuple[Request, ...]:
        """One request. Raises ValueError for facets that do not fit their text, for a card image that is not there, and for a
        message to reply to that has no CID.
        """
        did = fixed.account_id if fixed else None
        body = records.apply_writes(
            content, images, did=did, post=fixed.post if fixed else None, created_at=fixed.created_at if fixed else None
        )
        count = len(content.segments)
        open_paths = () if did else records.provisional_paths(count, only_repo=fixed is not None, rooted=content.reply_to is not None)
        return (Request(position=0, segments=tuple(range(count)), body=body, provisional=open_paths),)

    def upload(self, content: Content, images: Mapping[str, Image]) -> Outcome | None:
        """The card's thumbnail. An image that the server has already is uploaded again without harm."""
        if content.card is None or content.card.thumb is None or not content.card.on:
            return None
        image = images.get(content.card.thumb)
        if image is None:
            return Outcome(kind=OutcomeKind.REFUSED, detail=f"the image {content.card.thumb[:12]} of the card is not at hand")
        expected = records.blob_ref(image)
        done = self._line.upload(image.data, image.mime)
        if isinstance(done, Outcome):
            return done
        if done.status != 200:
            return self._line.outcome(done, UPLOADS)
        got = done.content.get("blob") if isinstance(done.content, dict) else None
        if got == expected:
            return None
        if isinstance(got, dict) and got.get("ref") == expected["ref"]:
            return Outcome(kind=OutcomeKind.REFUSED, detail=f"the server takes the image for {got.get('mimeType')}, not {image.mime}")
        return Outcome(kind=OutcomeKind.NOT_SENT, detail="the server did not confirm the image that was uploaded")

    def send(self, request: Request, *, before: float = inf) -> Outcome:
        """`unknown` unless proven. A lost image comes back as `not sent` without a time: upload again, then send again."""
        if request.provisional:
            return _refused("the request still has placeholders; it is a preview")
        try:
            expected, body = records.written(request.body), request.body.encode()
        except ValueError as error:
            return _refused(one_line(str(error)))
        did = expected[0].did

        def stranger(login: str) -> Outcome:
            reason = f"the login belongs to {login}, but the post was made for {did}"
            return Outcome(kind=OutcomeKind.NOT_SENT, detail=reason, pause=reason)

        done = self._line.write("com.atproto.repo.applyWrites", body, did, WRITES, stranger=stranger, before=before)
        if isinstance(done, Outcome):
            return done
        return results.sent(done, expected) if done.status == 200 else self._line.outcome(done, WRITES)

    def find(self, sought: Sought) -> Outcome:
        """Asks for the first record of the request, in the repository that it was made for, whoever is logged in."""
        try:
            expected = records.written(sought.request)
        except ValueError as error:
            return _refused(one_line(str(error)))
        root = expected[0]
        done = self._line.look(root.did, records.COLLECTION, root.rkey)
        if isinstance(done, Outcome):  # of a login, or of no answer: a `not sent` there says nothing about the record
            return done.model_copy(update={"kind": OutcomeKind.UNKNOWN})
        return results.found(done, expected) if done.status == 200 else self._line.outcome(done, LOOKS)

    def delete(self, remote: Remote) -> Outcome:
        """`sent` for a record that was gone already, too."""
        record = records.RECORD.fullmatch(remote.id)
        if record is None:
            return _refused(f"{one_line(remote.id)} is not the address of a Bluesky post")
        did = record["did"]
        body = json.dumps({"repo": did, "collection": records.COLLECTION, "rkey": record["rkey"]}).encode()

        def stranger(login: str) -> Outcome:
            return _refused(f"the login belongs to {login}, but the post is of {did}")

        done = self._line.write("com.atproto.repo.deleteRecord", body, did, DELETES, stranger=stranger)
        if isinstance(done, Outcome):
            return done
        return results.deleted(done) if done.status == 200 else self._line.outcome(done, DELETES)

    def named(self, request: str, reference: str, *, since: datetime | None = None) -> tuple[Remote, ...]:
        """All records of the request, given the at-uri or bsky.app address of any of them.

        The record keys are ours, so an address with another key is another post: UsageError.
        """
        found = _REFERENCE.fullmatch(reference.strip())
        try:
            all_records = records.written(request)
        except ValueError as error:
            raise UsageError(f"{error}: this post can not be resolved by an address.") from error
        if found is None:
            raise UsageError(f"{reference!r} is not the address of a Bluesky post; give at://… or https://bsky.app/profile/…/post/….")
        author, rkey = found["uri"] or found["page"], found["rkey"]
        same_author = not author.startswith("did:") or author == all_records[0].did
        if not same_author or rkey not in [record.rkey for record in all_records]:
            raise UsageError(f"{reference!r} is another post: the keys of this one are {', '.join(record.rkey for record in all_records)}.")
        return results.remotes(all_records)

    def recent(self, account_id: str) -> Recent:
        """Two pages of the account's own records, the second only while a timeout's time is not over; public, so without a login."""
        until, now = clock.monotonic() + self._timeout, clock.now()
        posted: list[Posted] = []
        cursor: str | None = None
        for _ in range(bluesky_recent.PAGES):
            done = self._line.listed(account_id, records.COLLECTION, bluesky_recent.PAGE_SIZE, cursor)
            if isinstance(done, Outcome):
                return Recent(failed=done.model_copy(update={"kind": OutcomeKind.UNKNOWN}))
            if done.status != 200:
                return Recent(failed=self._line.outcome(done, LOOKS).model_copy(update={"kind": OutcomeKind.UNKNOWN}))
            page = bluesky_recent.page(done, account_id, now)
            if page is None:
                return Recent(failed=Outcome(kind=OutcomeKind.UNKNOWN, detail="200, but not a list of posts"))
            posted += page.posted
            cursor = page.following
            if cursor is None or clock.monotonic() > until:
                break
        return Recent(posted=tuple(posted))

    def verify(self) -> Identity:
        """Raises ConfigError when the credentials are missing or refused, BotError when the server does not answer."""
        done = self._line.who()
        if isinstance(done, Answer) and done.status == 200 and isinstance(done.content, dict):
            who = done.content
            if isinstance(who.get("handle"), str) and isinstance(who.get("did"), str):
                status = str(who.get("status") or "not active")
                return Identity(
                    handle=who["handle"], remote_id=who["did"], at=done.headers.get("date"),
                    troubles=() if who.get("active", True) else (f"Bluesky calls the account {one_line(status)}: settle that in the app",),
                )
        problem = done if isinstance(done, Outcome) else self._line.outcome(done, QUERIES)
        if problem.pause:
            raise ConfigError(f"account {self._account.name}: {problem.pause}.")
        raise BotError(f"account {self._account.name}: {self._account.service} can not be asked now: {problem.detail}; try again later.")


    def labels(self) -> tuple[str, ...] | None:
        """The labels that moderation put on the account, as its readers see them; None where they can not be asked for."""
        done = self._line.profile()
        if not isinstance(done, Answer) or done.status != 200 or not isinstance(done.content, dict):
            return None
        found = done.content.get("labels", [])
        return tuple(one_line(str(one["val"])) for one in found if isinstance(one, dict) and "val" in one) if isinstance(found, list) else None


def _refused(why: str) -> Outcome:
    return Outcome(kind=OutcomeKind.REFUSED, detail=why)
