"""What a text says that its article does not: figures, dates, quotations, addresses, handles and tags, by containment.

Deterministic, whatever wrote the text. Rules about what a figure is said OF (predicate, attribution, forecast) return warnings
from here too, once they exist; the signature has their place.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from bot.text import dates, invisible, numbers, urls
from bot.text.plain import Plain, fold, plain
from bot.values import Article, Hold, HoldCode, Warn

QUOTED_WORDS = 3
"""Quotation marks around fewer words are irony or a name, not a quotation."""
_HIDDEN_RUN = 5
"""So many words in a row that stand only in hidden text are no coincidence; shorter hidden lines count whole from three."""

_MENTION = re.compile(r"(?<![\w@/.])[@](\w(?:[\w.-]*\w)?)")
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_HASHTAG = re.compile(r"(?<![\w&/#])#(\d*[^\W\d_]\w*|_\w+)")
_CASHTAG = re.compile(r"(?<![\w$])\$([A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?)(?!\w)")
_TAGS = (
    (_MENTION, HoldCode.UNLISTED_MENTION, "the handle {} is neither in the article nor configured"),
    (_HASHTAG, HoldCode.UNLISTED_HASHTAG, "the hashtag {} is neither in the article nor configured"),
    (_CASHTAG, HoldCode.UNLISTED_CASHTAG, "the cashtag {} is neither in the article nor configured"),
)
_QUOTATION = re.compile(
    r'“([^“”\n]*)[”“]|„([^“”„\n]*)[“”]|«([^«»\n]*)»|»([^«»\n]*)«|「([^」\n]*)」|『([^』\n]*)』'
    r'|(?<![\w"])"(?=\S)([^"\n]*)"|(?<!\w)\'(?=\S)([^\'\n]*(?:\w\'\w[^\'\n]*)*)\'(?!\w)'
)
_UNCLOSED = re.compile(r"[“„«「『](?![^\n]{0,2000}[”“»」』])([^.!?\n]*)")
_WORD = re.compile(r"\w+(?:'\w+)*")
_SPACELESS = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_CUT = re.compile(r"\.{3,}|\[[^\]]*\]")


class Support(NamedTuple):
    """All that an article says, prepared for looking things up."""

    text: str
    values: frozenset[tuple[Decimal, str]]
    """Each reading of each figure with its unit, and once more without."""
    names: frozenset[str]
    calendar: dates.Calendar
    words: str
    """The words alone, case folded, each between single spaces."""
    addresses: frozenset[str]
    hosts: frozenset[str]
    tags: frozenset[str]
    """Handles, hashtags and cashtags with their sign, case folded."""
    hidden_runs: frozenset[str]
    hidden_lines: frozenset[str]


def check(
    text: str, article: Article, *, allowed_urls: Collection[str] = (), allowed_words: Collection[str] = ()
) -> tuple[tuple[Hold, ...], tuple[Warn, ...]]:
    """The holds (and, one day, warnings) of a text about this article.

    `allowed_urls` are addresses the post may carry (its own link, with its query); `allowed_words` is what the configuration adds:
    hashtags, handles and sign-offs; their figures and addresses then need no article either.
    The spans of the holds are words of `text`, verbatim.
    """
    said = plain(text)
    support = _support(article)
    own = _configured(tuple(allowed_words), tuple(allowed_urls), article.language)
    holds = [
        *_hidden(text, said, support),
        *_dates(said, support, own),
        *_figures(said, support, own, article.language),
        *_quotations(said, support),
        *_addresses(said, support, own),
        *_tags(said, support, own),
    ]
    return tuple(dict.fromkeys(holds)), ()


@lru_cache(maxsize=16)
def _support(article: Article) -> Support:
    """All visible parts of the article; a pair that stands in hidden markup only supports nothing."""
    told = [article.title, article.dek, article.body, article.author or ""]
    hidden = [article.hidden]
    for pair in article.faq:
        (told if pair.visible else hidden).extend((pair.question, pair.answer))
    days = (article.published_at.date(),) if article.published_at else ()
    return _prepare("\n".join(told), article.language, days, (article.url,) if article.url else (), "\n".join(hidden))


@lru_cache(maxsize=64)
def _configured(words: tuple[str, ...], addresses: tuple[str, ...], language: str | None) -> Support:
    support = _prepare("\n".join(words), language, (), addresses, "")
    bare = {f"#{word.casefold()}" for word in words if word[:1].isalnum()}
    return support._replace(tags=support.tags | bare)


def _prepare(text: str, language: str | None, days: tuple[date, ...], addresses: tuple[str, ...], hidden: str) -> Support:
    text, hidden = fold(text), fold(hidden)
    figures = numbers.find(text, language)
    found = [span.text for span in urls.find(text)] + [match[0] for match in _MAIL.finditer(text)] + list(addresses)
    words = _words(text)
    runs, lines = _only_hidden(hidden, words) if hidden.strip() else (frozenset(), frozenset())
    return Support(
        text=_spaced(text.casefold()),
        values=frozenset((value, unit) for figure in figures for value in figure.readings for unit in (figure.unit, "")),
        names=frozenset(figure.name for figure in figures),
        calendar=dates.Calendar(dates.find(text), days),
        words=words,
        addresses=frozenset(_address(address) for address in found),
        hosts=frozenset(_address(address).partition("/")[0] for address in addresses),
        tags=frozenset(match[0].casefold() for pattern, _, _ in _TAGS for match in pattern.finditer(text)),
        hidden_runs=runs, hidden_lines=lines,
    )


def _hidden(text: str, said: Plain, support: Support) -> Iterator[Hold]:
    at = invisible.find(text)
    if at:
        named = ", ".join(dict.fromkeys(f"U+{ord(text[index]):04X}" for index in at[:3]))
        yield Hold(code=HoldCode.HIDDEN_TEXT, detail=f"holds {len(at)} characters a reader can not see ({named})", span=text[at[0] : at[-1] + 1])
    if not support.hidden_runs and not support.hidden_lines:
        return
    words = list(_WORD.finditer(said.text))
    folded = [word[0].casefold() for word in words]
    for size in sorted({line.count(" ") + 1 for line in support.hidden_lines} | {_HIDDEN_RUN}):
        for first in range(len(folded) - size + 1):
            run = " ".join(folded[first : first + size])
            if run in support.hidden_runs or run in support.hidden_lines:
                span = said.verbatim(words[first].start(), words[first + size - 1].end())
                yield Hold(code=HoldCode.HIDDEN_TEXT, detail=f"“{span}” stands only in hidden parts of the page", span=span)
                return


def _only_hidden(hidden: str, visible: str) -> tuple[frozenset[str], frozenset[str]]:
    """Runs of words, and short lines, that stand in the hidden text and nowhere in the visible."""
    runs: set[str] = set()
    lines: set[str] = set()
    for line in hidden.splitlines():
        words = _words(line).split()
        if QUOTED_WORDS <= len(words) < _HIDDEN_RUN:
            lines.add(" ".join(words))
        runs.update(" ".join(words[at : at + _HIDDEN_RUN]) for at in range(len(words) - _HIDDEN_RUN + 1))
    return (
        frozenset(run for run in runs if f" {run} " not in visible),
        frozenset(line for line in lines if f" {line} " not in visible),
    )


def _dates(said: Plain, support: Support, own: Support) -> Iterator[Hold]:
    for dated in dates.find(said.text):
        if support.calendar.holds(dated) or own.calendar.holds(dated) or _verbatim(said.text[dated.start : dated.end], support, own):
            continue
        years = {Decimal(year) for year, month, day in dated.readings if year and not month and not day}
        if any((year, "") in support.values for year in years):
            continue
        span = said.verbatim(dated.start, dated.end)
        yield Hold(code=HoldCode.UNSUPPORTED_DATE, detail=f"the article does not name {span}", span=span)


def _figures(said: Plain, support: Support, own: Support, language: str | None) -> Iterator[Hold]:
    elsewhere = bytearray(len(said.text))
    for start, end in [
        *((dated.start, dated.end) for dated in dates.find(said.text)), *((span.start, span.end) for span in urls.find(said.text)),
        *(match.span() for pattern, _, _ in _TAGS for match in pattern.finditer(said.text)),
    ]:
        elsewhere[start:end] = b"\1" * (end - start)
    for figure in numbers.find(said.text, language):
        if figure.weak or elsewhere[figure.start]:
            continue
        if figure.name in support.names or figure.name in own.names:
            continue
        if any((value, figure.unit) in known.values for value in figure.readings for known in (support, own)):
            continue
        if _verbatim(said.text[figure.start : figure.end], support, own):
            continue
        span = said.verbatim(figure.start, figure.end)
        yield Hold(code=HoldCode.UNSUPPORTED_NUMBER, detail=f"{span} is not in the article", span=span)


def _verbatim(span: str, *supports: Support) -> bool:
    """Do these very words stand in the article, between word boundaries? Covers what is read differently in other company."""
    wanted = re.compile(rf"(?<![\w.,$€£]){re.escape(_spaced(span.casefold()))}(?![\w%]|[.,]\d)")
    return any(wanted.search(support.text) for support in supports)


def _quotations(said: Plain, support: Support) -> Iterator[Hold]:
    for match in [*_QUOTATION.finditer(said.text), *_UNCLOSED.finditer(said.text)]:
        inside = next(group for group in match.groups() if group is not None)
        for piece in _CUT.split(inside):
            words = _words(piece)
            long = len(words.split()) >= QUOTED_WORDS or len(_SPACELESS.findall(piece)) > 2 * QUOTED_WORDS
            if not long or words in support.words or (_SPACELESS.search(piece) and words.strip() in support.words):
                continue
            span = said.verbatim(match.start(), match.end())
            yield Hold(code=HoldCode.UNSUPPORTED_QUOTE, detail=f"the article does not hold these words: {span}", span=span)
            break


def _addresses(said: Plain, support: Support, own: Support) -> Iterator[Hold]:
    mentions = [match.span() for match in _MENTION.finditer(said.text)]
    mails = [match.span() for match in _MAIL.finditer(said.text)]
    links = [(span.start, span.end) for span in urls.find(said.text)]
    links = [(start, end) for start, end in links if not any(left < end and start < right for left, right in (*mentions, *mails))]
    for start, end in sorted([*links, *mails]):
        address = _address(said.text[start:end])
        if address in support.addresses | own.addresses or address in support.hosts | own.hosts:
            continue
        span = said.verbatim(start, end)
        yield Hold(code=HoldCode.UNLISTED_URL, detail=f"{span} is neither the article's address nor in the article", span=span)


def _tags(said: Plain, support: Support, own: Support) -> Iterator[Hold]:
    links = [(span.start, span.end) for span in urls.find(said.text)]
    for pattern, code, detail in _TAGS:
        for match in pattern.finditer(said.text):
            inside = any(start < match.start() < end for start, end in links)
            if inside or match[0].casefold() in support.tags or match[0].casefold() in own.tags:
                continue
            span = said.verbatim(match.start(), match.end())
            yield Hold(code=code, detail=detail.format(span), span=span)


def _words(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def _spaced(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _address(address: str) -> str:
    """An address as far as it tells where it leads: no scheme, `www.` or closing slash, host in small letters."""
    rest = fold(address).split("://", 1)[-1].removeprefix("www.").removeprefix("WWW.")
    host, slash, path = rest.partition("/")
    return f"{host.casefold()}{slash}{path}".rstrip("/.,;:!?")
