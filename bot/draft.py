"""The draft stage: which drafter writes, what happens when it can not, and what evidence may be named."""

from __future__ import annotations

from bot.config import Settings
from bot.drafters import Drafter, DraftingFailed
from bot.drafters.extractive import Extractive
from bot.drafters.openai import LONGEST_SECONDS as LONGEST_SECONDS
from bot.drafters.openai import OpenAI
from bot.errors import ConfigError, DraftError
from bot.text import sentences, support
from bot.values import Article, Brief, Drafting, Part, Statement, Usage

OFFLINE = Extractive.name
MODEL = "openai"
NAMES = (OFFLINE, MODEL)
"""What `--drafter` takes."""


def choose(settings: Settings, name: str | None = None) -> Drafter:
    """The drafter of this name; without one, the model where its key or address is set, else the offline drafter.

    Raises ConfigError for a model without key and address (a server of one's own needs no key), and for an unknown name.
    """
    reachable = bool(settings.openai_api_key or settings.openai_base_url)
    name = name or (MODEL if reachable else OFFLINE)
    if name == OFFLINE:
        return Extractive()
    if name != MODEL:
        raise ConfigError(f"there is no drafter {name!r}; use {' or '.join(NAMES)}.")
    if not reachable:
        raise ConfigError("the drafter openai needs OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own.")
    return OpenAI(
        key=settings.openai_api_key, base_url=settings.openai_base_url, model=settings.model, price=settings.llm_price,
        prompts_dir=settings.prompts_dir,
    )


def write(article: Article, brief: Brief, drafter: Drafter, fallback: Drafter, *, barred: str | None = None) -> Drafting:
    """The drafts of this drafter, or the fallback's, with `problem` saying why and `drafter` who wrote.

    `barred`: why this drafter may not be asked at all.

    What the failed attempt cost, and which model, prompt and finish reason it had, stays. Evidence that names no sentence of the
    article, or one that can not support it, is dropped. Raises DraftError when nobody can write (DraftingFailed with what was paid), and ConfigError for a prompt
    that is missing or broken.
    """
    try:
        if barred and drafter.name != fallback.name:
            raise DraftingFailed(barred)
        return _checked(drafter.draft(article, brief), article)
    except DraftError as error:
        if drafter.name == fallback.name:
            raise
        failed = error if isinstance(error, DraftingFailed) else DraftingFailed(str(error))
    try:
        drafting = fallback.draft(article, brief)
    except DraftError as error:
        raise DraftingFailed(
            f"{error} (Without the model: {failed})", usage=failed.usage, model=failed.model, prompt=failed.prompt,
            prompt_hash=failed.prompt_hash, finish_reason=failed.finish_reason,
        ) from None
    return _checked(drafting.model_copy(update={
        "problem": f"Written without the model: {failed}", "usage": _sum(failed.usage, drafting.usage), "model": failed.model,
        "prompt": failed.prompt, "prompt_hash": failed.prompt_hash, "finish_reason": failed.finish_reason,
    }), article)


def _checked(drafting: Drafting, article: Article) -> Drafting:
    known = sentences.visible(article)

    def statement(said: Statement) -> Statement:
        named = tuple(at for at in said.evidence if at in known)
        return said.model_copy(update={"evidence": named if support.possible(said.text, (known[at] for at in named)) else ()})

    def part(one: Part) -> Part:
        return one.model_copy(update={
            "question": statement(one.question) if one.question else None,
            "paragraphs": tuple(tuple(statement(said) for said in paragraph) for paragraph in one.paragraphs),
        })

    return drafting.model_copy(update={
        "drafts": tuple(
            draft.model_copy(update={"variants": tuple(
                variant.model_copy(update={"parts": tuple(part(one) for one in variant.parts)}) for variant in draft.variants
            )})
            for draft in drafting.drafts
        ),
        "notes": tuple(
            note.model_copy(update={"sentences": tuple(at for at in note.sentences if at in known)}) for note in drafting.notes
        ),
    })


def _sum(one: Usage, other: Usage) -> Usage:
    unknown = one.cost_micros is None or other.cost_micros is None
    return Usage(
        calls=one.calls + other.calls, input_tokens=one.input_tokens + other.input_tokens,
        output_tokens=one.output_tokens + other.output_tokens,
        cost_micros=None if unknown else (one.cost_micros or 0) + (other.cost_micros or 0),
    )
