"""The model drafter: one structured call an article to any server that speaks OpenAI's chat completions."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from bot import clock
from bot.deadline import StillRunning, within
from bot.drafters import DraftingFailed, answer, prompt, written
from bot.drafters.calls import LONGEST_WAIT, TRIES, Failure, Meter, failure, retrying
from bot.errors import DraftError
from bot.values import Article, Brief, Drafting

if TYPE_CHECKING:
    from openai import OpenAI as Client

PUBLIC = "https://api.openai.com/v1"
TIMEOUT = 120.0
"""Seconds one call may take as a whole; models that think take a minute."""
ROUNDS = 2
"""The call, and one for a correction."""
LONGEST_SECONDS = ROUNDS * (TRIES * TIMEOUT + (TRIES - 1) * LONGEST_WAIT)
"""The longest a drafting may take as a whole: what comes of its limits. Whoever leases an article leases it for longer."""
_CONNECT = 10.0
_LONGEST_ANSWER = 100_000
"""Characters; what is longer is no answer to this prompt."""
_SECRET = 8
"""Characters from which a key that stands in an answer is no coincidence."""
_NO_KEY = "none"
"""Local servers need no key, but the SDK does."""
_QUOTED = 6_000
"""Characters of an unusable answer that the repair call shows again."""

_FORMATS: tuple[dict[str, Any] | None, ...] = (
    {"type": "json_schema", "json_schema": {"name": answer.NAME, "strict": True, "schema": answer.schema()}},
    {"type": "json_object"},
    None,
)
"""From what holds the model to the schema to what every server accepts; the answer is checked the same way in each case."""
_accepted: dict[tuple[str, str], int] = {}
"""By server and model, the first of the formats it did not refuse: asked once a process, not once an article."""


class OpenAI:
    """Asks a model; one repair call at most, then DraftingFailed with what was paid."""

    name = "openai"

    def __init__(
        self, *, key: SecretStr | None, base_url: str | None, model: str, price: str | None = None,
        prompts_dir: Path | None = None, timeout: float = TIMEOUT, longest: float = LONGEST_SECONDS,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`price` is dollars per million tokens, "in/out"; `timeout` seconds for one call as a whole, `longest` for a drafting."""
        self._key = key
        self._base_url = base_url or PUBLIC
        self._model = model
        self._price = price
        self._prompts_dir = prompts_dir
        self._timeout = timeout
        self._longest = longest
        self._sleep = sleep

    def draft(self, article: Article, brief: Brief) -> Drafting:
        """See the protocol. Raises DraftingFailed, ConfigError for a prompt file that is missing or broken."""
        asked = prompt.render(article, brief, self._prompts_dir)
        messages: list[dict[str, str]] = [{"role": "system", "content": asked.system}, {"role": "user", "content": asked.user}]
        meter = Meter(self._price)
        over = clock.monotonic() + self._longest
        usable, problem, finish = None, "", None
        try:
            with self._client() as client:
                for _ in range(ROUNDS):
                    content, finish = self._ask(client, messages, meter, over)
                    if self._key and len(self._key) >= _SECRET and self._key.get_secret_value() in content:
                        raise Failure("the language model's answer holds your OPENAI_API_KEY; look at what stands behind OPENAI_BASE_URL, and change the key.")
                    try:
                        if len(content) > _LONGEST_ANSWER:
                            raise answer.Unusable(f"it has {len(content):,} characters; {_LONGEST_ANSWER:,} are more than all posts need")
                        if finish == "length":
                            raise answer.Unusable("it was cut off at the length limit; write fewer and shorter posts")
                        usable = written.read(content, article, brief, asked.left_out)
                        problem = usable.shortcoming or ""
                    except answer.Unusable as error:
                        problem = str(error)
                    if not problem:
                        break
                    messages += _repair(content, problem)
            why = f"the language model's answer was not usable after one correction: {problem}."
        except Failure as error:
            why, finish = str(error), error.finish_reason or finish
        if usable is None:
            raise DraftingFailed(
                why, usage=meter.usage, model=self._model, prompt=asked.name, prompt_hash=asked.hash, finish_reason=finish
            )
        return Drafting(
            drafts=usable.drafts, notes=usable.notes, drafter=self.name, model=self._model, prompt=asked.name, prompt_hash=asked.hash,
            finish_reason=finish, usage=meter.usage,
        )

    def _client(self) -> Client:
        import openai

        key = self._key.get_secret_value() if self._key else _NO_KEY
        try:
            return openai.OpenAI(api_key=key, base_url=self._base_url, max_retries=0, timeout=openai.Timeout(self._timeout, connect=_CONNECT))
        except Exception as error:
            raise failure(error, self._base_url, self._model) from None

    def models(self, seconds: float) -> set[str]:
        """The names of the models that the server lists: a call that costs nothing, and that a wrong key does not survive. Raises DraftError."""
        try:
            with self._client() as client:
                return within(seconds, lambda: {str(one.id) for one in client.models.list().data or ()}, "language model")
        except StillRunning:
            raise DraftError(f"the language model's server did not answer within {seconds:g} seconds.") from None
        except Failure as error:
            raise DraftError(str(error)) from None
        except Exception as error:
            raise DraftError(str(failure(error, self._base_url, self._model))) from None

    def _ask(self, client: Client, messages: list[dict[str, str]], meter: Meter, over: float) -> tuple[str, str]:
        """One answer and why it ended, stepping down where the server refuses the format. Raises Failure, at `over` at the latest."""
        place = (self._base_url, self._model)
        while True:
            step = _accepted.get(place, 0)
            try:
                completion = retrying(self._sleep, lambda: over - clock.monotonic())(self._call, client, messages, _FORMATS[step], meter, over)
            except Exception as error:
                failed = error if isinstance(error, Failure) else failure(error, self._base_url, self._model)
                if failed.bad_request and step + 1 < len(_FORMATS):
                    _accepted[place] = step + 1
                    continue
                if failed.bad_request:  # it was never the format: the next article starts from the top
                    _accepted.pop(place, None)
                raise failed from None
            return _content(completion)

    def _call(
        self, client: Client, messages: list[dict[str, str]], shape: dict[str, Any] | None, meter: Meter, over: float
    ) -> object:
        """One request, over when the deadline is: a body that drips in never meets a read timeout."""
        if shape is None or shape["type"] != "json_schema":
            schema = json.dumps(answer.schema(), separators=(",", ":"))
            system = f"{messages[0]['content']}\n\nAnswer with one JSON object and nothing else, by this JSON schema:\n{schema}"
            messages = [{"role": "system", "content": system}, *messages[1:]]
        request: dict[str, Any] = {"model": self._model, "messages": messages}
        if shape is not None:
            request["response_format"] = shape
        seconds = min(self._timeout, over - clock.monotonic())
        late = Failure(
            f"the language model did not answer within {self._timeout:g} seconds; try again, or choose a faster BOT_MODEL."
            if seconds == self._timeout else f"the language model took longer than {self._longest:g} seconds over all; choose a faster BOT_MODEL."
        )
        if seconds <= 0:
            raise late
        try:
            completion: object = within(seconds, lambda: client.chat.completions.create(**request), "language model")
        except StillRunning:
            client.close()
            meter.lost()
            raise late from None
        except Exception as error:
            if _was_sent(error):
                meter.lost()
            raise
        meter.count(completion)
        return completion


def _was_sent(error: Exception) -> bool:
    """Did the request reach a server that then did not answer? It may have been paid for."""
    import openai
    from httpx2 import ConnectError, ConnectTimeout

    return isinstance(error, openai.APIConnectionError) and not isinstance(error.__cause__, ConnectError | ConnectTimeout)


def _content(completion: object) -> tuple[str, str]:
    """Text and finish reason of the first choice. Raises Failure for a refusal, a filter, or an answer that is none."""
    choices = getattr(completion, "choices", None)
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = getattr(choice, "message", None)
    finish = str(getattr(choice, "finish_reason", None) or "stop")[:40]
    if message is None:
        raise Failure("the language model's server answered with something that is no chat completion; check OPENAI_BASE_URL.")
    if getattr(message, "refusal", None):
        raise Failure("the language model refused to write about this article.", finish_reason=finish)
    if finish == "content_filter":
        raise Failure("the language model's content filter stopped the answer.", finish_reason=finish)
    content = getattr(message, "content", None)
    return (content if isinstance(content, str) else ""), finish


def _repair(content: str, problem: str) -> list[dict[str, str]]:
    return [
        {"role": "assistant", "content": content[:_QUOTED] or "(nothing)"},
        {"role": "user", "content": f"That answer can not be used: {problem}. Send the whole corrected JSON object, nothing else."},
    ]
