"""The monthly allowance of the language model: what is spent of it, and when the offline drafter writes instead."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot import clock
from bot.context import Bot
from bot.drafters import DraftingFailed
from bot.store import spending
from bot.values import Article, Usage

PAYEE = "llm"
"""Who is paid for drafting, in the spend table."""
_CHARACTERS_A_TOKEN = 3
"""Rather few: English has four, other languages fewer."""
_PROMPT = 2_500
"""Tokens of the instructions."""
_ANSWER = 4_000
"""Tokens of an answer, with what a model thinks before it."""


def micros(bot: Bot) -> int | None:
    """Micro-dollars a month (BOT_LLM_BUDGET_USD); None: no limit."""
    dollars = bot.settings.llm_budget_usd
    return None if dollars is None else int(dollars * 1_000_000)


class Asking:
    """One drafting that is about to be asked for."""

    def __init__(self, bot: Bot, article: Article, barred: str | None) -> None:
        self.barred = barred
        """Why the model may not be asked, or None."""
        self._bot = bot
        self._article = article

    def paid(self, usage: Usage) -> int | None:
        """Write down what it cost, at once: the money is gone whatever becomes of the draft. The row's id; None where nothing was paid.

        Where the server did not count tokens, what it costs by estimate counts against the allowance.
        """
        cost, what = usage.cost_micros, "draft"
        if cost is None:
            cost, what = estimated(self._bot, self._article, calls=usage.calls), "draft (estimated)"
        if not cost:
            return None
        with self._bot.store.write() as session:
            return spending.book(session, PAYEE, what, cost, clock.now(session))


@contextmanager
def asking(bot: Bot, article: Article) -> Iterator[Asking]:
    """Ask the model about this article within the block, unless that is barred; what it may cost is set aside until it is paid.

    What a DraftingFailed cost is written down as well. What is set aside is seen by this process alone: several machines may together
    pass the limit by what they ask at the same time.
    """
    limit, expected = micros(bot), estimated(bot, article, calls=1)
    barred = None if limit is None else _set_aside(bot, limit, expected)
    asked = Asking(bot, article, barred)
    try:
        yield asked
    except DraftingFailed as error:
        asked.paid(error.usage)
        raise
    finally:
        if limit is not None and not barred:
            with bot.set_aside.lock:
                bot.set_aside.micros -= expected


def _set_aside(bot: Bot, limit: int, expected: int) -> str | None:
    with bot.set_aside.lock:
        with bot.store.read() as session:
            spent = spending.spent(session, clock.month(clock.now(session), bot.settings.timezone)).get(PAYEE, 0)
        if spent + bot.set_aside.micros + expected > limit:
            return f"another call would pass this month's {_dollars(limit)} for the language model (BOT_LLM_BUDGET_USD; {_dollars(spent)} spent)."
        bot.set_aside.micros += expected
    return None


def _dollars(micros: int) -> str:
    return f"${micros / 1e6:.2f}" if micros >= 100_000 or not micros else f"${micros / 1e6:.4f}"


def estimated(bot: Bot, article: Article, *, calls: int) -> int:
    """Micro-dollars that so many calls about this article cost by its length; 0 where the price is not known."""
    if bot.settings.llm_price is None:
        return 0
    price_in, price_out = map(float, bot.settings.llm_price.split("/"))
    told = sum(map(len, (article.title, article.dek, article.body, *(pair.question + pair.answer for pair in article.faq))))
    return round(calls * ((_PROMPT + min(told, 60_000) / _CHARACTERS_A_TOKEN) * price_in + _ANSWER * price_out))

