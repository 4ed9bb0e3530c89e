"""What a text says that its article does not: figures, dates, quotations, addresses, handles and tags hold, by containment.

Deterministic, whatever wrote the text. What a figure is said OF, who says it, and whether it has happened yet are doubts
(`bot.text.doubts`): they warn. docs/grounding.md lists what is checked, and what that finds.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import NamedTuple

from bot.text import addresses, doubts, figures, invisible, links, planted, quotations, signs, units, urls
from bot.text.dates import Dated
from bot.text.doubts import Sentence
from bot.text.figures import MENTION
from bot.text.numbers import Figure
from bot.text.plain import Plain, fold, plain
from bot.text.reading import Reading
from bot.text.scripts import SPACELESS
from bot.values import Article, Hold, HoldCode, Warn, WarningCode

QUOTED_WORDS = 3
"""Quotation marks around fewer words are irony or a name, not a quotation."""
_HIDDEN_RUN = 5
"""So many words in a row that stand only in hidden text are no coincidence; shorter hidden lines count whole from three."""

_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SIGNS = {"@": (HoldCode.UNLISTED_MENTION, "handle"), "#": (HoldCode.UNLISTED_HASHTAG, "hashtag"), "$": (HoldCode.UNLISTED_CASHTAG, "cashtag")}
_WORD = re.compile(r"\w+(?:'\w+)*")
_SPACELESS = re.compile(f"[{SPACELESS}]")
_COUNTED = re.compile(r"[ -](?!(?:and|or|in|on|at|by|for|from|to|of|over|this|last|next|a|the|per|more|less|as|with|while|than|during|since)\b)[^\W\d_]", re.IGNORECASE)
_BESIDE = 160
"""So many characters away another figure's unit, or a speaker, may still be meant."""
_UNIT_NAMES = {"%": "percent", "pp": "percentage points"}
_CUT = re.compile(r"\.{3,}|\[[^\]]*\]")


class Support(NamedTuple):
    """All that an article says, prepared for looking things up."""

    told: figures.Told
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
    """The holds and warnings of a text about this article.

    `allowed_urls` are addresses the post may carry (its own link, with its query); `allowed_words` is what the configuration adds:
    hashtags, handles and sign-offs; their figures and addresses then need no article either.
    The spans of both are words of `text`, verbatim; a warning's detail quotes them, and the article's sentence with its id.
    """
    said = plain(text)
    support = _support(article)
    own = _configured(tuple(allowed_words), tuple(allowed_urls), article.language)
    told = doubts.of_text(said, _reading(article))
    found: list[Hold | Warn] = [
        *_hidden(text, said, support),
        *_figures(said, support, own, article.language, told),
        *doubts.find(told, allowed_words),
        *_quotations(said, support, told, _reading(article)),
        *_addresses(said, support, own),
        *_tags(said, support, own),
    ]
    once = tuple(dict.fromkeys(found))
    return tuple(one for one in once if isinstance(one, Hold)), tuple(one for one in once if isinstance(one, Warn))


@lru_cache(maxsize=16)
def _reading(article: Article) -> Reading:
    return Reading(article)


@lru_cache(maxsize=16)
def _support(article: Article) -> Support:
    """All visible parts of the article; a pair that stands in hidden markup only supports nothing."""
    reading = _reading(article)
    told = [article.title, article.dek, article.body, article.author or ""]
    hidden = [article.hidden]
    for pair in article.faq:
        (told if pair.visible else hidden).extend((pair.question, pair.answer))
    days = (article.published_at.date(),) if article.published_at else ()
    # What speaks to a language model is no more the article's than what is hidden.
    at_fault = {id(line) for line in reading.lines if planted.reason(line.text)}
    if at_fault:
        told = [line.text for line in reading.lines if id(line) not in at_fault]
        hidden += [line.text for line in reading.lines if id(line) in at_fault]
        said = figures.told("\n".join(told), article.language, days)
    else:
        said = figures.known(reading.text, reading.figures, reading.dates, days)
    return _prepare("\n".join(told), said, (article.url,) if article.url else (), "\n".join(hidden))


@lru_cache(maxsize=64)
def _configured(words: tuple[str, ...], addresses: tuple[str, ...], language: str | None) -> Support:
    support = _prepare("\n".join(words), figures.told("\n".join(words), language), addresses, "")
    bare = {f"#{word.casefold()}" for word in words if word[:1].isalnum()}
    return support._replace(tags=support.tags | bare)


def _prepare(text: str, told: figures.Told, own: tuple[str, ...], hidden: str) -> Support:
    text, hidden = fold(text), fold(hidden)
    found = [span.text for span in urls.find(text)] + [match[0] for match in _MAIL.finditer(text)] + list(own)
    words = _words(text)
    runs, lines = _only_hidden(hidden, words) if hidden.strip() else (frozenset(), frozenset())
    return Support(
        told=told,
        words=words,
        addresses=frozenset(links.bare(address) for address in (*found, *(text[start:end] for start, end in addresses.find(text)))),
        hosts=frozenset(links.bare(address).partition("/")[0] for address in own),
        tags=frozenset(signs.names(text)),
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


def _figures(said: Plain, support: Support, own: Support, language: str | None, told: list[Sentence]) -> Iterator[Hold | Warn]:
    """Figures and dates the article lacks. Figures told as words that someone worked out are judged elsewhere."""
    reading = told[0].reading if told else None
    starts = [one.start for one in told]
    derived = {at for one in told for factor in one.factors for at in range(one.start + factor.start, one.start + factor.end)}
    found = figures.find(said.text, language)
    for one in found:
        words = said.text[one.start : one.end]
        if support.told.says(one, words) or own.told.says(one, words) or one.start in derived:
            continue
        span = said.verbatim(one.start, one.end)
        at = bisect_right(starts, one.start) - 1
        sentence = told[at] if at >= 0 and told[at].english and one.start < told[at].start + len(told[at].text) else None
        if isinstance(one, Figure) and sentence:
            if reading and units.twin(one, said.text, reading):
                continue
            loosely = doubts.loose(sentence, one, span)
            if loosely:
                yield loosely
                continue
        if isinstance(one, Dated):
            yield Hold(code=HoldCode.UNSUPPORTED_DATE, detail=f"the article does not name {span}", span=span)
        elif _unit_left_out(one, said.text, [other for other in found if isinstance(other, Figure)], support):
            only = " and ".join(sorted(_UNIT_NAMES.get(unit, unit) for unit in support.told.loosely(one)))
            yield Warn(code=WarningCode.PREDICATE, detail=f'"{span}". The article has this figure only in {only}.', span=span)
        else:
            yield Hold(code=HoldCode.UNSUPPORTED_NUMBER, detail=f"{span} is not in the article", span=span)


def _unit_left_out(one: Figure, text: str, others: list[Figure], support: Support) -> bool:
    """Is it the article's figure with the unit understood: 56% … 122, or 38 million with no noun? Then it is doubted, not held."""
    units = support.told.loosely(one) - {"", "th", "name"}
    if not units:
        return False
    if {one.unit, *units} <= {"%", "pp"}:
        return True
    if one.unit:
        return False
    beside = text.rfind("\n", 0, one.start) + 1, (text.find("\n", one.end) + 1 or len(text) + 1)
    if any(other.unit in units and beside[0] <= other.start < beside[1] and abs(other.start - one.start) < _BESIDE for other in others):
        return True
    return "%" not in units and "pp" not in units and not _COUNTED.match(text, one.end)


def _quotations(said: Plain, support: Support, told: list[Sentence], reading: Reading) -> Iterator[Hold | Warn]:
    for one in quotations.find(said.text):
        span = said.verbatim(one.start, min(one.end, len(said.text)))
        for piece in _CUT.split(one.words):
            words = _words(piece)
            count = len(words.split())
            long = count >= QUOTED_WORDS or (one.spoken and count > 0) or len(_SPACELESS.findall(piece)) > 2 * QUOTED_WORDS
            if not long:
                continue
            if words in support.words or (_SPACELESS.search(piece) and words.strip() in support.words):
                sentence = next((told_ for told_ in told if told_.english and told_.start <= one.end and one.start <= told_.start + len(told_.text)), None)
                warning = doubts.quotation(piece, _around(said.text, one), span, reading) if sentence else None
                if warning:
                    yield warning
                    break
                continue
            yield Hold(code=HoldCode.UNSUPPORTED_QUOTE, detail=f"the article does not hold these words: {span}", span=span)
            break


def _around(text: str, one: quotations.Quotation) -> str:
    """The line a quotation stands in, as far as it matters who speaks."""
    start = max(text.rfind("\n", 0, one.start) + 1, one.start - _BESIDE)
    end = text.find("\n", one.end)
    return text[start : min(end if end >= 0 else len(text), one.end + _BESIDE)]


def _addresses(said: Plain, support: Support, own: Support) -> Iterator[Hold]:
    mentions = [match.span() for match in MENTION.finditer(said.text)]
    mails = [match.span() for match in _MAIL.finditer(said.text)]
    spans = [(span.start, span.end) for span in urls.find(said.text)]
    spans = [(start, end) for start, end in spans if not any(left < end and start < right for left, right in (*mentions, *mails))]
    judged: list[tuple[int, int]] = []
    held: list[tuple[int, int]] = []
    known = support.addresses | own.addresses
    for start, end in sorted([*spans, *mails]):
        address = links.bare(said.text[start:end])
        judged.append((start, end))
        if address not in known and address not in support.hosts | own.hosts:
            held.append((start, end))
    # What is no link of X's but leads somewhere: only where it says more than a link that was judged already.
    for start, end in sorted(addresses.find(said.text), key=lambda span: span[0] - span[1]):
        more = "".join(said.text[at] for at in range(start, end) if not any(left <= at < right for left, right in (*judged, *mentions)))
        if not re.search(r"\w", more) or links.bare(said.text[start:end]) in known or any(left < end and start < right for left, right in held):
            continue
        held.append((start, end))
    for start, end in sorted(held):
        span = said.verbatim(start, end)
        yield Hold(code=HoldCode.UNLISTED_URL, detail=f"{span} is neither the article's address nor in the article", span=span)


def _tags(said: Plain, support: Support, own: Support) -> Iterator[Hold]:
    spans = [(span.start, span.end) for span in urls.find(said.text)] + [match.span() for match in _MAIL.finditer(said.text)]
    for one in signs.find(said.text):
        inside = any(start < one.start < end for start, end in spans)
        if inside or one.name in support.tags or one.name in own.tags or (one.spaced and f" {one.word} " in support.words):
            continue
        code, what = _SIGNS[one.sign]
        span = said.verbatim(one.start, one.end)
        yield Hold(code=code, detail=f"the {what} {span} is neither in the article nor configured", span=span)


def _words(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.casefold()))} "

