"""Calls to a language model: what they cost, which failures are tried again, and failures in words that hold no secret."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.errors import DraftError
from bot.values import Usage

if TYPE_CHECKING:
    from tenacity import RetryCallState, Retrying

TRIES = 2
"""Of one call; more would make a drafting longer than an article may be leased."""
LONGEST_WAIT = 30.0
"""Seconds between two tries; where a server asks for a longer wait, the offline drafter writes instead."""
_NOT_THE_FORMAT = ("context_length", "context length", "maximum context", "too many tokens", "model_not_found", "content_policy", "content_filter")


class Failure(DraftError):
    """A call that gave no answer, in one line for a person; no text of the server is in it."""

    def __init__(self, message: str, *, bad_request: bool = False, finish_reason: str | None = None) -> None:
        super().__init__(message)
        self.finish_reason = finish_reason
        """Why the model stopped, where it answered."""
        self.bad_request = bad_request
        """The server refused the request itself, perhaps for the answer format it asked for."""


class Meter:
    """Adds up calls, tokens and cost."""

    def __init__(self, price: str | None) -> None:
        """`price`: dollars per million tokens, "in/out", or None where it is not known."""
        self._prices = tuple(float(part) for part in price.split("/")) if price else None
        self._calls = self._input = self._output = 0
        self._known = True

    def count(self, completion: object) -> None:
        """An answered call; a server that reports no tokens leaves the cost unknown."""
        self._calls += 1
        usage = getattr(completion, "usage", None)
        tokens = [getattr(usage, name, None) for name in ("prompt_tokens", "completion_tokens")]
        if all(isinstance(number, int) and number >= 0 for number in tokens):
            self._input += tokens[0] or 0
            self._output += tokens[1] or 0
        else:
            self._known = False

    def lost(self) -> None:
        """A call that was made and never answered: it may have been paid for."""
        self._calls += 1
        self._known = False

    @property
    def usage(self) -> Usage:
        cost: int | None = 0
        if self._calls:
            known = self._known and self._prices is not None
            # Dollars per million tokens are micro-dollars per token.
            cost = math.ceil(self._input * self._prices[0] + self._output * self._prices[1]) if known and self._prices else None
        return Usage(calls=self._calls, input_tokens=self._input, output_tokens=self._output, cost_micros=cost)


def retrying(sleep: Callable[[float], None], left: Callable[[], float]) -> Retrying:
    """Tries a call again after a refused connection, 429 (unless the credit is gone) and 5xx; waits as the server asks.

    No wait begins that would not be over within the seconds that are `left`.
    """
    from tenacity import Retrying, retry_if_exception, stop_after_attempt

    def late(state: RetryCallState) -> bool:
        return state.upcoming_sleep >= left()

    return Retrying(
        retry=retry_if_exception(_again), wait=_wait, stop=stop_after_attempt(TRIES) | late, sleep=sleep, reraise=True  # type: ignore[operator]
    )


def _again(error: BaseException) -> bool:
    import openai
    from httpx2 import ConnectError

    if isinstance(error, openai.APIConnectionError):
        return isinstance(error.__cause__, ConnectError)
    if not isinstance(error, openai.APIStatusError) or (asked_wait(error) or 0) > LONGEST_WAIT:
        return False
    return (error.status_code == 429 and not _no_credit(error)) or error.status_code >= 500


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = asked_wait(error) if error is not None else None
    return float(2 ** (state.attempt_number - 1)) if asked is None else asked


def asked_wait(error: BaseException) -> float | None:
    """Seconds of the answer's Retry-After (a number or an HTTP date), if it has one."""
    headers = getattr(getattr(error, "response", None), "headers", {})
    try:
        if "retry-after-ms" in headers:
            wait = float(headers["retry-after-ms"]) / 1000
        elif "retry-after" in headers:
            value = headers["retry-after"]
            wait = float(value) if value.replace(".", "", 1).isdecimal() else parsedate_to_datetime(value).timestamp() - time.time()
        else:
            return None
    except (TypeError, ValueError, OverflowError):
        return None
    return max(0.0, wait) if math.isfinite(wait) else None


def _no_credit(error: object) -> bool:
    return "insufficient_quota" in (getattr(error, "code", None), getattr(error, "type", None))


def failure(error: Exception, base_url: str, model: str) -> Failure:
    """The failure in our own words: never the server's text, nor an exception's, which may repeat the key."""
    import openai

    try:
        host = urlsplit(base_url).hostname or "the language model's server"
    except ValueError:
        host = "the language model's server"
    if isinstance(error, openai.APITimeoutError):
        return Failure(f"{host} did not answer in time; try again, or choose a faster BOT_MODEL.")
    if isinstance(error, openai.APIConnectionError):
        return Failure(f"{host} can not be reached or closed the connection; check OPENAI_BASE_URL and the network.")
    if isinstance(error, openai.APIStatusError):
        return _status(error, host, model)
    if isinstance(error, openai.APIError | ValueError):
        return Failure(f"{host} answered with something that is no chat completion; check OPENAI_BASE_URL and OPENAI_API_KEY.")
    return Failure(f"the language model could not be asked ({type(error).__name__}); check OPENAI_BASE_URL and OPENAI_API_KEY.")


def _status(error: object, host: str, model: str) -> Failure:
    status = getattr(error, "status_code", 0)
    body = f"{getattr(error, 'code', '')} {getattr(error, 'message', '')}".lower()
    words = {
        401: f"{host} did not accept the key (401); check OPENAI_API_KEY.",
        402: f"{host} wants payment first (402); check the account's credit.",
        403: f"{host} does not allow this key to use {model} (403); check the key's rights and BOT_MODEL.",
        404: f"{host} does not know {model} (404); check BOT_MODEL and OPENAI_BASE_URL.",
    }
    if status in words:
        return Failure(words[status])
    if status == 429 and _no_credit(error):
        return Failure(f"the account at {host} has no credit left (429); top it up.")
    if status == 429:
        return Failure(f"{host} limits the rate (429); try again later.")
    if status in (400, 422):
        known = any(word in body for word in _NOT_THE_FORMAT)
        why = "the article is too long for it, or " if known else ""
        return Failure(f"{host} refused the request ({status}): {why}{model} may not take it; try another BOT_MODEL.", bad_request=not known)
    return Failure(f"{host} has a fault of its own ({status}); try again later.")
