"""X: how a post is counted, priced, sent, looked up and deleted there, through tweepy (OAuth 1.0a user context).

A post is one request per segment; each but the first replies to the one before, whose id only X's answer gives. The first
replies to another post where the content says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from math import inf
from typing import TYPE_CHECKING, Any

from bot import clock
from bot.accounts import Account
from bot.errors import BotError, ConfigError, UsageError
from bot.platforms import x_deletion, x_lookup, x_match, x_outcomes, x_recent
from bot.text import weighted
from bot.text.nfc import nfc
from bot.text.tidy import sendable
from bot.text.urls import has_url
from bot.values import (
    Content,
    Fixed,
    Identity,
    Image,
    Limits,
    Outcome,
    OutcomeKind,
    Recent,
    Remote,
    Request,
    Segment,
    Sought,
)

if TYPE_CHECKING:
    from bot.platforms.x_transport import Call

LENGTH = 280
"""Weighted characters of a post without Premium (twitter-text configuration v3)."""
POST_MICROS = 15_000
"""Creating a post: $0.015 (X docs, 2026-08)."""
POST_WITH_URL_MICROS = 200_000
"""Creating a post with a URL: $0.200 (X docs, 2026-08)."""
IDENTITY_MICROS = 5_000
"""Asking whose the keys are: $0.005 (X docs, 2026-08)."""
REFERENCE = re.compile(
    r"(?:https?://)?(?:www\.|mobile\.)?(?:x|twitter)\.com/(?:[A-Za-z0-9_]{1,15}|i/web)/status/([1-9][0-9]{0,18})(?:[/?#]\S*)?|([1-9][0-9]{0,18})"
)
LONG_BEFORE = timedelta(days=2)
"""An id that tells an earlier time than this before the first try is of another post; less may be a clock that is wrong."""
PARENT = "$.reply.in_reply_to_tweet_id"
UNSENT_PARENT = "0"


class X:
    """One account on X. Building it, measuring and previewing load no SDK."""

    def __init__(self, account: Account, *, timeout: float, looks: Sequence[float] = ()) -> None:
        self._account = account
        self._timeout = timeout
        self.looks, self.repeatable = tuple(looks), False
        self.limits = Limits(
            unit=weighted.UNIT, length=account.limit or LENGTH, threads=account.threads, delete_micros=x_deletion.DELETE_MICROS,
        )

    @property
    def fingerprint(self) -> str:
        """Of the four keys."""
        return self._account.fingerprint

    def measure(self, text: str) -> Segment:
        """The text in NFC, with line feeds, as a segment; lone surrogates, which JSON can not carry, become U+FFFD."""
        sent = nfc(sendable(text))
        linked = has_url(sent)
        return Segment(
            text=sent, length=weighted.weighted_length(sent), limit=self.limits.length, has_url=linked,
            cost_micros=POST_WITH_URL_MICROS if linked else POST_MICROS,
        )

    def deliveries(self, content: Content, images: Mapping[str, Image], fixed: Fixed | None) -> tuple[Request, ...]:
        """One request per segment; a parent that is not out yet stands as `0`, named as provisional."""
        sent = fixed.sent if fixed else ()
        requests = []
        for position, segment in enumerate(content.segments):
            body: dict[str, Any] = {"text": segment.text}
            out = position <= len(sent)
            if position:
                body["reply"] = {"in_reply_to_tweet_id": sent[position - 1] if out else UNSENT_PARENT}
            elif content.reply_to is not None:
                body["reply"] = {"in_reply_to_tweet_id": content.reply_to.parent.id}
            requests.append(Request(
                position=position, segments=(position,), body=json.dumps(body, ensure_ascii=False),
                provisional=() if out else (PARENT,),
            ))
        return tuple(requests)

    def upload(self, content: Content, images: Mapping[str, Image]) -> Outcome | None:
        """Nothing: posts on X carry text only."""
        return None

    def send(self, request: Request, *, before: float = inf) -> Outcome:
        """POST exactly `request.body`, once, within the timeout; what the answer means: `x_outcomes`."""
        if request.provisional:
            return _not_sent("the post it replies to is not out yet")
        if not self._account.ready:
            return _not_sent(self._unready())
        try:
            body, fields = request.body.encode(), _fields(request.body)
        except (ValueError, KeyError, TypeError):
            return _not_sent(x_outcomes.UNSENDABLE)
        call = self._call(lambda client: client.create_tweet(**fields), body, before)
        if call.answer is None:
            outcome = x_outcomes.failure(call.error, begun=call.begun, late=call.late, ended=call.ended)
        else:
            outcome = x_outcomes.answer(*call.answer, clock.now())
        return self._told(outcome)

    def find(self, sought: Sought) -> Outcome:
        """Read the account's own timeline, within two timeouts; what it shows: `x_lookup`."""
        if not self._account.ready:
            return Outcome(kind=OutcomeKind.UNKNOWN, detail=self._unready())

        def ask(asked: dict[str, Any]) -> Call:
            return self._call(lambda client: client.get_users_tweets(sought.account_id, user_auth=True, **asked))

        return self._told(x_lookup.look(sought, ask, seconds=self._timeout))

    def delete(self, remote: Remote) -> Outcome:
        """DELETE the post, once, within the timeout; what the answer means: `x_deletion`."""
        if not self._account.ready:
            return _not_sent(self._unready())
        if not x_outcomes.is_id(remote.id):
            return Outcome(kind=OutcomeKind.REFUSED, detail="this is no id of a post on X")
        call = self._call(lambda client: client.delete_tweet(remote.id, user_auth=True))
        if call.answer is None:
            outcome = x_outcomes.failure(call.error, begun=call.begun, late=call.late, ended=call.ended, doubt="the post may be gone")
        else:
            outcome = x_deletion.answer(remote, *call.answer, clock.now())
        return self._told(outcome)

    def named(self, request: str, reference: str, *, since: datetime | None = None) -> tuple[Remote, ...]:
        """The post with this id, or at this address on x.com or twitter.com; a request carries one post. An id tells its time."""
        found = REFERENCE.fullmatch(reference.strip())
        if found is None:
            raise UsageError("On X, name the post by its id or its address: 1900000000000000001 or https://x.com/NAME/status/1900000000000000001.")
        number = found[1] or found[2]
        if since is not None and x_match.made(int(number)) < since - LONG_BEFORE:
            raise UsageError(f"{number} is a post from before this one was sent, or of nobody. Give the id of this one.")
        return (x_outcomes.remote(number),)

    def recent(self, account_id: str) -> Recent:
        """Read one page of the account's own timeline, within the timeout; what it shows: `x_recent`."""
        if not self._account.ready:
            return Recent(failed=Outcome(kind=OutcomeKind.UNKNOWN, detail=self._unready()))
        found = x_recent.read(account_id, lambda asked: self._call(lambda client: client.get_users_tweets(account_id, user_auth=True, **asked)))
        return found.model_copy(update={"failed": self._told(found.failed)}) if found.failed else found

    def verify(self) -> Identity:
        """Whose the four keys are (`GET /2/users/me`; $0.005, X docs 2026-08)."""
        if not self._account.ready:
            raise ConfigError(self._unready())
        call = self._call(lambda client: client.get_me(user_auth=True))
        if call.answer is None:
            what = x_outcomes.failure(call.error, begun=call.begun, late=call.late).detail if not call.begun else "X did not answer"
            raise BotError(f"account {self._account.name}: {what.removeprefix('not sent: ')}. Check the network and X_BASE_URL, then try again.")
        status, headers, body = call.answer
        data = x_outcomes.payload(body).get("data")
        if status == 200 and isinstance(data, dict) and x_outcomes.is_id(data.get("id")) and isinstance(data.get("username"), str):
            remarks, troubles = x_outcomes.standing(headers)
            return Identity(
                handle=data["username"], remote_id=data["id"], cost_micros=IDENTITY_MICROS, at=headers.get("date"), remarks=remarks, troubles=troubles
            )
        outcome = x_outcomes.answer(status, headers, body, clock.now())
        if (outcome.pause and outcome.pause_until is None) or status == 403:
            raise ConfigError(f"account {self._account.name}: {self._scrubbed(outcome.detail)}.")
        raise BotError(f"account {self._account.name}: X did not say whose keys these are ({status}); try again later.")

    def _call(self, ask: Callable[[Any], object], body: bytes | None = None, before: float = inf) -> Call:
        from bot.platforms import x_transport

        return x_transport.make(self._account.service, self._secrets(), self._timeout, ask, body, before)

    def _told(self, outcome: Outcome) -> Outcome:
        return outcome.model_copy(update={"detail": self._scrubbed(outcome.detail)})

    def _unready(self) -> str:
        return f"account {self._account.name} has no credentials: set {', '.join(self._account.missing)}"

    def _secrets(self) -> dict[str, str]:
        return {name: secret.get_secret_value() for name, secret in self._account.secrets.items()}

    def _scrubbed(self, text: str) -> str:
        """X may quote what it was sent; no secret may reach the history or a log by that way."""
        for secret in self._secrets().values():
            text = text.replace(secret, "…")
        return text


def _fields(body: str) -> dict[str, Any]:
    """The arguments with which `create_tweet` builds this body; the transport checks that it does."""
    meant = json.loads(body)
    if not isinstance(meant, dict):
        raise TypeError("a request is a JSON object")
    reply = meant.get("reply")
    return {"text": meant["text"], "in_reply_to_tweet_id": reply["in_reply_to_tweet_id"] if reply else None, "user_auth": True}


def _not_sent(why: str) -> Outcome:
    return Outcome(kind=OutcomeKind.NOT_SENT, detail=f"not sent: {why}")
