"""The offline drafter: the article's own whole sentences, word for word; no key, no network, the same result every time."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.drafters.room import Room, room
from bot.errors import DraftError
from bot.text import invisible, sentences
from bot.text.rank import Ranking
from bot.values import Article, Brief, Draft, Drafting, Kind, Part, Statement, Variant

MOST_SENTENCES = 3
"""A short of more sentences than this reads as a torn page."""
MOST_PAIRS = 10
"""Questions in one thread; a page of a hundred makes no thread anybody reads."""
MOST_RANKED = 400
"""Sentences of a very long article that are weighed: news puts what matters first."""
_SHORTEST = 25
"""Characters below which a line is a label, a byline or a stray heading rather than a statement."""

_DANGLING = {
    "en": "i my me their theirs they them it its itself this that these those he she his her hers him such both neither either but and or nor so yet "
    "however therefore thus hence moreover furthermore meanwhile also then instead nevertheless nonetheless otherwise consequently "
    "additionally besides still similarly likewise conversely afterwards because there here which",
    "de": "ich mein meine er sie es ihr ihre ihren ihrem ihrer ihres sein seine seinen seinem seiner dies diese dieser dieses diesen diesem jener jene jenes "
    "aber und oder doch denn jedoch dennoch trotzdem deshalb daher darum deswegen außerdem zudem ferner dabei damit dadurch dafür "
    "dagegen daraus darin danach dann dort hier so auch stattdessen allerdings hingegen somit folglich weil beide solche",
    "fr": "je j' mon ma mes il elle ils elles ce cet cette ces cela ceci ça c' son sa ses leur leurs mais et ou or donc car ni cependant toutefois pourtant "
    "néanmoins ainsi alors ensuite puis aussi enfin celui celle ceux celles parce eux lui",
    "es": "yo mi mis él ella ellos ellas ello este esta esto estos estas ese esa eso esos esas aquel aquella su sus pero y e o u sino aunque "
    "además también así entonces luego ambos dicho dicha tal tales porque",
}
_PHRASES = {
    "en": ("as a result", "for example", "for instance", "in addition", "in contrast", "by contrast", "on the other hand", "at the same time",
           "in other words", "the same", "the former", "the latter", "after that", "even so", "of course", "in turn", "that said"),
    "de": ("zum beispiel", "im gegensatz", "auf der anderen seite", "mit anderen worten", "aus diesem grund", "darüber hinaus", "nichtsdestotrotz"),
    "fr": ("par exemple", "en revanche", "par contre", "en outre", "de plus", "par conséquent", "en effet", "c'est pourquoi", "d'autre part"),
    "es": ("sin embargo", "por eso", "por ejemplo", "por otro lado", "por otra parte", "en cambio", "por lo tanto", "no obstante", "de hecho", "es decir", "después de eso"),
}
_OPENERS = {language: frozenset(words.split()) for language, words in _DANGLING.items()}
_LABEL = re.compile(r"(?:[QA]\s?\d+\b|[QAFR]:|\d{1,2}[.)]\s|[-–—•*·>→#])")
_FIRST = re.compile(r"[^\W\d_]+['’]?")
_TRAILS_OFF = re.compile(r"(?:…|\.\.\.|\[[^\]]*\])[\"'”’»)\]]*\Z")
_PAIRED = (("“", "”"), ("«", "»"), ("(", ")"), ("[", "]"), ("「", "」"))


class Extractive:
    """Picks whole sentences. The dek where it can stand alone; else those that stand best for the article."""

    name = "extractive"

    def draft(self, article: Article, brief: Brief) -> Drafting:
        """See the protocol. Raises DraftError when the article has no words at all."""
        told = {at: invisible.strip(text) for at, text in sentences.of_article(article).items()}
        drafts: list[Draft] = []
        if Kind.SHORT in brief.kinds:
            drafts.append(Draft(kind=Kind.SHORT, variants=_shorts(article, told, brief)))
        if Kind.FAQ in brief.kinds:
            parts = _faq(article, told)
            if parts:
                drafts.append(Draft(kind=Kind.FAQ, variants=(Variant(platforms=brief.platforms, parts=parts),)))
        return Drafting(drafts=tuple(drafts), drafter=self.name)


def dangling(sentence: str, language: str | None = None) -> bool:
    """Does it open with a word that points at the sentence before it (Their, But, Q1…), or at a speaker named there (I, my)?"""
    if _LABEL.match(sentence) or sentence[:1].islower():
        return True
    opening = sentence.lstrip("\"'“‘„«‹(¿¡[ ").lower().replace("’", "'")
    word = _FIRST.match(opening)
    code = (language or "en").split("-")[0].lower()
    if word is None or code not in _OPENERS:
        return False
    return word[0] in _OPENERS[code] or word[0].rstrip("'") in _OPENERS[code] or opening.startswith(_PHRASES[code])


def whole(sentence: str) -> bool:
    """Is it a sentence a reader takes for complete: ends as one, closes what it opens, and is not trailing off?"""
    if not sentences.ended(sentence, but="…") or _TRAILS_OFF.search(sentence) or sentence.count('"') % 2:
        return False
    return all(sentence.count(left) == sentence.count(right) for left, right in _PAIRED)


def _shorts(article: Article, told: dict[str, str], brief: Brief) -> tuple[Variant, ...]:
    """One variant per distinct text, each naming the platforms whose room it was chosen for."""
    found: dict[tuple[str, ...], list[str]] = {}
    ranking: Ranking | None = None
    dek = _dek(article, told)
    body = [at for at in told if at[0] == "s" and at != "s0"][:MOST_RANKED]
    for platform in brief.platforms:
        free = room(brief, platform)
        if dek and free.fits(_text(dek, told)):
            found.setdefault(tuple(dek), []).append(platform)
            continue
        if ranking is None:
            ranking = Ranking([told[at] for at in body], article.title)
        chosen = _choose(body, told, ranking, free, article.language)
        found.setdefault(tuple(chosen), []).append(platform)
    return tuple(
        Variant(platforms=tuple(platforms), parts=(Part(paragraphs=(tuple(_said(at, told) for at in chosen),)),))
        for chosen, platforms in found.items()
    )


def _dek(article: Article, told: dict[str, str]) -> list[str]:
    """The ids of the dek's sentences, where it can stand alone as a post; else none."""
    ids = [f"s{number}" for number in range(1, len(sentences.split(article.dek, article.language)) + 1)]
    if not ids or any(at not in told for at in ids) or dangling(told[ids[0]], article.language):
        return []
    text = " ".join(told[at] for at in ids)
    if len(text) < _SHORTEST or not all(whole(told[at]) for at in ids):
        return []
    return [] if _same(text, article.title) else ids


def _choose(
    body: Sequence[str], told: dict[str, str], ranking: Ranking, free: Room, language: str | None
) -> list[str]:
    """The best sentences that fit, in the article's order; the headline where none does."""
    units = _units(body, told, language)
    chosen: list[int] = []
    left = list(units)
    while left and len(chosen) < MOST_SENTENCES:
        ends = [at for at in left if _fits(chosen, units[at], body, told, free)]
        if not ends:
            break
        best = ranking.next(ends, chosen)
        chosen = sorted({*chosen, *units[best]})
        left = [at for at in ends if at not in chosen]
    if chosen:
        return [body[at] for at in chosen]
    if told["s0"] and (free.fits(told["s0"]) or not body):
        return ["s0"]
    if not body:
        raise DraftError("the article has no sentence that could be posted; give it a headline or a text.")
    if not units and told["s0"]:
        return ["s0"]
    every = list(units.values()) or [(at,) for at in range(len(body))]
    return min(([body[at] for at in unit] for unit in every), key=lambda ids: free.taken(_text(ids, told)))


def _units(body: Sequence[str], told: dict[str, str], language: str | None) -> dict[int, tuple[int, ...]]:
    """By the sentence wanted, the sentences that must go out with it: a dangling one takes the one before along."""
    units: dict[int, tuple[int, ...]] = {}
    for at, name in enumerate(body):
        text = told[name]
        if not whole(text):
            continue
        if not dangling(text, language):
            if len(text) >= _SHORTEST:
                units[at] = (at,)
        elif at - 1 in units and not _LABEL.match(text):
            units[at] = (*units[at - 1], at)
    return {at: unit for at, unit in units.items() if len(unit) <= MOST_SENTENCES}


def _fits(
    chosen: Sequence[int], unit: Sequence[int], body: Sequence[str], told: dict[str, str], free: Room
) -> bool:
    wanted = sorted({*chosen, *unit})
    return len(wanted) <= MOST_SENTENCES and free.fits(_text([body[at] for at in wanted], told))


def _faq(article: Article, told: dict[str, str]) -> tuple[Part, ...]:
    """The headline, then each visible pair word for word; empty where the article has none: no answer is invented."""
    pairs = [number for number, pair in enumerate(article.faq, 1) if pair.visible]
    usable = [number for number in pairs if told[f"q{number}"] and told[f"a{number}"]][:MOST_PAIRS]
    if not usable:
        return ()
    opening = "s0" if told["s0"] else next((at for at in told if at[0] == "s" and told[at]), None)
    first = (Part(paragraphs=((_said(opening, told),),)),) if opening else ()
    return first + tuple(
        Part(
            question=_said(f"q{number}", told),
            paragraphs=(tuple(
                Statement(text=sentence, evidence=(f"a{number}",))
                for sentence in sentences.split(told[f"a{number}"], article.language)
            ),),
        )
        for number in usable
    )


def _said(at: str, told: dict[str, str]) -> Statement:
    return Statement(text=told[at], evidence=(at,))


def _text(ids: Sequence[str], told: dict[str, str]) -> str:
    return " ".join(told[at] for at in ids)


def _same(one: str, other: str) -> bool:
    return re.sub(r"[\W_]+", "", one.casefold()) == re.sub(r"[\W_]+", "", other.casefold())
