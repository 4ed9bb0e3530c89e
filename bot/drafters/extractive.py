"""The offline drafter: the article's own whole sentences, word for word; no key, no network, the same result every time."""

from __future__ import annotations

from bot.drafters.openers import undated
from bot.drafters.picks import Picks
from bot.drafters.room import room
from bot.text import invisible, sentences
from bot.values import Article, Brief, Draft, Drafting, Kind, Part, Statement, Variant

MOST_PAIRS = 10
"""Questions in one thread; a page of a hundred makes no thread anybody reads."""


class Extractive:
    """Picks whole sentences. The dek where it can stand alone; else those that stand best for the article."""

    name = "extractive"

    def draft(self, article: Article, brief: Brief) -> Drafting:
        """See the protocol. Raises DraftError when the article has no words at all."""
        told = {at: "" if at in brief.left_out else undated(text) for at, text in sentences.of_article(article).items()}
        picks = Picks(article, told)
        drafts: list[Draft] = []
        if Kind.SHORT in brief.kinds:
            drafts.append(Draft(kind=Kind.SHORT, variants=_shorts(picks, told, brief)))
        if Kind.FAQ in brief.kinds:
            parts = _faq(article, told, picks)
            if parts:
                drafts.append(Draft(kind=Kind.FAQ, variants=(Variant(platforms=brief.platforms, parts=parts),)))
        return Drafting(drafts=tuple(drafts), drafter=self.name)


def _shorts(picks: Picks, told: dict[str, str], brief: Brief) -> tuple[Variant, ...]:
    """One variant per distinct text, each naming the platforms whose room it was chosen for; the best of each platform first."""
    found: dict[tuple[int, tuple[str, ...]], list[str]] = {}
    for platform in brief.platforms:
        for place, chosen in enumerate(picks.shorts(room(brief, platform), brief.wordings.get(platform, 1))):
            found.setdefault((place, chosen), []).append(platform)
    return tuple(
        Variant(platforms=tuple(platforms), parts=(Part(paragraphs=(tuple(_said(at, told) for at in chosen),)),))
        for (_, chosen), platforms in sorted(found.items(), key=lambda one: one[0][0])
    )


def _faq(article: Article, told: dict[str, str], picks: Picks) -> tuple[Part, ...]:
    """An opening, then each visible pair word for word; empty where the article has none: no answer is invented."""
    pairs = [number for number, pair in enumerate(article.faq, 1) if pair.visible]
    usable = [number for number in pairs if told[f"q{number}"] and told[f"a{number}"]][:MOST_PAIRS]
    if not usable:
        return ()
    opening = _opening(article, told, picks)
    first = (Part(paragraphs=((_said(opening, told),),)),) if opening else ()
    return first + tuple(
        Part(
            question=_said(f"q{number}", told),
            paragraphs=(tuple(
                Statement(text=invisible.strip(sentence), evidence=(f"a{number}",))
                for sentence in sentences.split(told[f"a{number}"], article.language)
            ),),
        )
        for number in usable
    )


def _opening(article: Article, told: dict[str, str], picks: Picks) -> str | None:
    """What a thread opens with: the headline, or the dek's first sentence where the headline asks or leans on something."""
    if picks.titled or (told["s0"] and not article.dek):
        return "s0"
    if article.dek and picks.stands(told.get("s1", "")):
        return "s1"
    return next((at for at in told if at[0] == "s" and told[at]), None)


def _said(at: str, told: dict[str, str]) -> Statement:
    return Statement(text=invisible.strip(told[at]), evidence=(at,))
