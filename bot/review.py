"""The review stage: does a post say only what its article says, who may approve it, when is it due. Pure decisions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from bot.errors import UsageError
from bot.text import banned as unwanted
from bot.text import grounding, language, sentences, stub
from bot.values import Article, Content, Formatted, Hold, HoldCode, Value, Variant, Warn, WarningCode

_PIECE = 3_000
"""Characters of a text that are checked at a time: reading figures beside each other takes more than their number."""
CHECKED = 30_000
"""Characters of a segment that are checked: more than any platform takes. A longer one is held: an address may count as 23, however long it is."""
_LONG = 40
"""Characters from which a sentence's language is asked about."""
_LEADS_OVER = re.compile(
    r"(?:what|why|how|when|where|who|which|was|wer|wie|warum|wann|wo|ce que?|pourquoi|comment|quand|où|qué|por qué|cómo|cuándo|lo que|cosa|che cosa|perché|come|quando|wat|waarom|hoe"
    r"|o que|por que|como)\b[^.!?\n]{1,100}:", re.IGNORECASE
)
"""What leads over to the questions of a thread ("What travellers need to know:") claims nothing."""
_DIVIDER = re.compile(r"^[ \t]*-{3}[ \t]*$", re.MULTILINE)


class Redraft(StrEnum):
    """What becomes of a post that exists when its article was drafted again."""

    REVISE = "revise"
    """It gets a new revision."""
    SAME = "same"
    """It says the same already; only its holds and warnings are brought up to date."""
    EDITED = "edited"
    """A person wrote what it says: it is not overwritten."""
    TOO_LATE = "too late"
    """It is on its way, out, or turned down."""


def redraft(*, revisable: bool, same: bool, edited: bool, replace_edits: bool) -> Redraft:
    """What to do with a known post."""
    if not revisable:
        return Redraft.TOO_LATE
    if same:
        return Redraft.SAME
    return Redraft.EDITED if edited and not replace_edits else Redraft.REVISE


class Times(Value):
    """When an approved post goes out, and when it is too late for it."""

    due_at: datetime
    expires_at: datetime | None
    earliest_at: datetime
    """When grace time and embargo are over."""
    slot_at: datetime | None = None
    """The slot it takes."""


def checked(
    formatted: Formatted, article: Article, *, urls: Iterable[str | None], words: Iterable[str], signoff: str = "",
    banned: Sequence[str] = (), allow_bait: bool = True,
) -> Formatted:
    """The formatted post with what checking each segment against the article found.

    `urls` and `words` (the account's sign-off, hashtags) may stand in it although the article does not have them. `banned` are
    words and phrases that may not; nor, without `allow_bait`, calls to like and follow, and teasing. `signoff` is the sign-off as a
    whole, which may hold either: the publisher wrote it.
    """
    holds, warnings = list(formatted.holds), list(formatted.warnings)
    no_article = stub.reason(article)
    holds += [Hold(code=HoldCode.NOT_AN_ARTICLE, detail=no_article)] if no_article else []
    unread = max((len(segment.text) for segment in formatted.content.segments), default=0) > CHECKED
    holds += [Hold(code=HoldCode.TOO_LONG, detail=f"it has over {CHECKED:,} characters: what stands behind them can not be checked")] if unread else []
    allowed_urls, allowed_words = [url for url in urls if url], list(words)
    own = [signoff, *(word for word in allowed_words if word.startswith("#"))]
    for text in (piece for segment in formatted.content.segments for piece in _pieces(segment.text)):
        found_holds, found_warnings = grounding.check(text, article, allowed_urls=allowed_urls, allowed_words=allowed_words)
        found_holds = (*found_holds, *_unwanted(text, article, own, banned, allow_bait=allow_bait))
        holds += [hold for hold in found_holds if hold not in holds]
        warnings += [warning for warning in found_warnings if warning not in warnings]
    card = formatted.content.card
    for text in (card.title, card.description) if card else ():  # a page's head may say what no reader of the page sees
        found_holds, _ = grounding.check(text, article, allowed_urls=allowed_urls, allowed_words=allowed_words)
        holds += [hold for hold in found_holds if hold not in holds]
    foreign = _in_another_language(formatted.content, article, own)
    holds += [foreign] if foreign else []
    return formatted.model_copy(update={"holds": tuple(holds), "warnings": tuple(warnings)})


def _pieces(text: str) -> list[str]:
    """A text as it is checked: whole, or where it is longer than ordinary posts in pieces parted at spaces. What is longer than `CHECKED`
    is held for that, and checked at its beginning.
    """
    found, start = [], 0
    text = text[:CHECKED]
    while len(text) - start > _PIECE:
        end = max(text.rfind("\n", start + _PIECE // 2, start + _PIECE), text.rfind(". ", start + _PIECE // 2, start + _PIECE)) + 1
        end = end or text.rfind(" ", start + _PIECE // 2, start + _PIECE) + 1 or start + _PIECE
        found.append(text[start:end])
        start = end
    return [*found, text[start:]]


def _visible(article: Article) -> str:
    pairs = (f"{pair.question}\n{pair.answer}" for pair in article.faq if pair.visible)
    return "\n".join([article.title, article.dek, article.body, *pairs])


def _in_another_language(content: Content, article: Article, own: Sequence[str]) -> Hold | None:
    """The hold of a post that is plainly in another language than its article: as a whole, in one segment, or in a long sentence.

    A sentence that the article has in the same words is not asked about.
    """
    texts = [segment.text[:CHECKED] for segment in content.segments]
    for one in own:
        texts = [text.replace(one, " ") for text in texts] if one else texts
    told = _visible(article)
    whole = ["\n".join(texts), *(texts if len(texts) > 1 else ())]
    parts = [part for text in texts for part in sentences.split(text, article.language) if _is_long(part) and part not in told]
    for text in (*whole, *parts):
        found = language.foreign(text, article.language, told)
        if found:
            detail = f"written in {language.name(found[0])}, the article is in {language.name(found[1])}"
            if text in whole:
                return Hold(code=HoldCode.LANGUAGE, detail=detail)
            return Hold(code=HoldCode.LANGUAGE, detail=f"“{text}” is {detail}", span=text)
    return None


def _is_long(sentence: str) -> bool:
    return len(sentence) >= _LONG or language.script(sentence) is not None


def _unwanted(text: str, article: Article, own: Sequence[str], banned: Sequence[str], *, allow_bait: bool) -> Iterator[Hold]:
    for span, rule in unwanted.words(text, banned, own=own):
        told = "is a banned word" if rule.casefold() == span.casefold() else f"is banned by “{rule}”"
        yield Hold(code=HoldCode.BANNED_WORDS, detail=f"“{span}” {told} (BOT_BANNED_WORDS)", span=span)
    if allow_bait:
        return
    for span, _ in unwanted.bait(text, own=own, article=_visible(article)):
        span = span.strip(" ,.;:–—-")
        yield Hold(code=HoldCode.BANNED_WORDS, detail=f"“{span}” is engagement bait (BOT_ALLOW_BAIT=on lets it pass)", span=span)


def unsupported(variant: Variant) -> tuple[Warn, ...]:
    """A warning for each statement that names no sentence of the article in its support."""
    stated = [one for part in variant.parts for group in part.paragraphs for one in group if not _LEADS_OVER.fullmatch(one.text.strip())]
    return tuple(
        Warn(code=WarningCode.PREDICATE, detail=f"no sentence of the article is named in support of: {one.text}", span=one.text)
        for one in stated if not one.evidence
    )


def by_policy(auto_approve: str, holds: Iterable[Hold], warnings: Iterable[Warn]) -> bool:
    """May the policy approve without a person? Only `clean`, and only a post with no hold and no warning."""
    return auto_approve == "clean" and not tuple(holds) and not tuple(warnings)


def times(approved_at: datetime, grace: timedelta, max_age: timedelta | None, not_before: datetime | None) -> Times:
    """Due as soon as the grace time and the article's embargo are over; expired `max_age` after that."""
    due_at = max(approved_at + grace, not_before or approved_at)
    return Times(due_at=due_at, expires_at=None if max_age is None else due_at + max_age, earliest_at=due_at)


def as_text(content: Content) -> str:
    """The segments as a person edits them: parted by lines of three hyphens."""
    return "\n---\n".join(segment.text for segment in content.segments)


def from_text(edited: str) -> tuple[str, ...]:
    """The segments of an edited text. Raises UsageError when nothing is left."""
    texts = tuple(part.strip() for part in _DIVIDER.split(edited.replace("\r\n", "\n")))
    if not all(texts):
        raise UsageError("a segment is empty. Write its text, or take its --- line out.")
    return texts


def with_segment(content: Content, number: int, text: str) -> tuple[str, ...]:
    """The segments with number `number` (from 1) replaced. Raises UsageError when there is no such segment."""
    texts = [segment.text for segment in content.segments]
    if not 1 <= number <= len(texts):
        raise UsageError(f"there is no segment {number}; the post has {len(texts)}.")
    if not text.strip():
        raise UsageError("the text is empty. Reject the post if nothing should go out.")
    texts[number - 1] = text.strip()
    return tuple(texts)
