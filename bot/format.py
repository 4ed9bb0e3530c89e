"""The stage that makes a post of a draft: which text goes into which segment, where link, tags and sign-off stand, what it costs.

How a segment looks is a small template per platform and kind (see `bot.layout`); how much text fits is found by rendering and
measuring, never by adding lengths up.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.accounts import Account
from bot.errors import UsageError
from bot.layout import Layout, excess, folded
from bot.platforms import Platform
from bot.text import accidental, graphemes, links, passage, sentences, split, support
from bot.text.passage import Passage
from bot.values import (
    Article,
    Card,
    Content,
    Evidence,
    Formatted,
    Hold,
    HoldCode,
    Kind,
    Segment,
    Variant,
    Warn,
    WarningCode,
)

DESCRIPTION = 300
"""Graphemes of a card's description: about what readers' programs show of it."""


def format_post(
    article: Article, kind: Kind, variant: Variant, account: Account, platform: Platform, *,
    thumb: str | None = None, prompts_dir: Path | None = None,
) -> Formatted:
    """The post of one variant for one account, measured; with the holds and warnings that show in the form of it.

    A short is one segment: statements are dropped from its end until it fits; so is a correction, which has no card. An FAQ answer
    is shortened to whole sentences; what can not be shortened so goes on in the next segment. Raises ConfigError when a layout can
    not be used.
    """
    whole = passage.of_parts(variant.parts)
    layout = Layout(article, kind, account, platform, link(article, account), whole.text, prompts_dir)
    if kind is not Kind.FAQ:
        chunks = [_shortened(whole, layout)]
    else:
        passages = [passage.of_part(part) for part in variant.parts]
        chunks = _thread([each for each in passages if each.whole] or [whole], layout, article.language)
    known = sentences.of_article(article)
    segments = []
    for number, chunk in enumerate(chunks, 1):
        segment = layout.measured(chunk.text, chunk.question, number, len(chunks))
        evidence = tuple(Evidence(sentence=name, text=known[name]) for name in chunk.evidence if name in known)
        segments.append(segment.model_copy(update={"evidence": evidence}))
    content = Content(
        segments=tuple(segments), languages=(article.language,) if article.language else (),
        card=_card(article, account, layout.address, platform, len(segments), thumb) if kind is not Kind.CORRECTION else None,
    )
    formatted = _noticed(content, [chunk.whole for chunk in chunks], layout.meant, platform)
    if article.url is None and account.link_policy != "never" and kind is not Kind.CORRECTION:
        return _warned(formatted, "the article has no address, so the post has no link; give one with --url.")
    return formatted


def _warned(formatted: Formatted, no_link: str) -> Formatted:
    warning = Warn(code=WarningCode.NO_LINK, detail=no_link)
    return formatted.model_copy(update={"warnings": (warning, *formatted.warnings)})


def edited(texts: Sequence[str], before: Content, platform: Platform, article: Article | None = None) -> Formatted:
    """A person's edit: these texts, measured again; the card stays, and the evidence of what is as it was.

    What a new text most likely rests on is looked for in the article, where one is given. Raises UsageError when nothing is left of the
    post or of a segment.
    """
    if not texts or not all(text.strip() for text in texts):
        raise UsageError("a segment is empty. Write something, or take the segment out.")
    kept = {segment.text: segment.evidence for segment in before.segments}
    known = sentences.visible(article) if article else {}
    measured = []
    for segment in (platform.measure(folded(text)) for text in texts):
        names = () if segment.text in kept else support.found(segment.text, known, article.language if article else None)
        evidence = kept.get(segment.text, tuple(Evidence(sentence=name, text=known[name]) for name in names))
        measured.append(segment.model_copy(update={"evidence": evidence}))
    card = before.card
    if card is not None:
        everywhere = len(before.segments) > 1 and len(card.on) == len(before.segments)
        on = range(len(measured)) if everywhere else (index for index in card.on if index < len(measured))
        card = card.model_copy(update={"on": tuple(on)})
    content = before.model_copy(update={"segments": tuple(measured), "card": card})
    formatted = _noticed(content, [segment.text for segment in measured], [card.uri] if card else [], platform)
    if card is None and any(old.has_url for old in before.segments) and not any(new.has_url for new in measured):
        return _warned(formatted, "the edit took the link out of the post.")
    return formatted


def room(article: Article, kind: Kind, account: Account, platform: Platform, prompts_dir: Path | None = None) -> int:
    """How long the text of a segment may be, in the platform's own unit, beside link, tags and sign-off (for an FAQ: in its
    tightest segment). 0 when they alone fill it. Raises ConfigError when the layout can not be used.
    """
    layout = Layout(article, kind, account, platform, link(article, account), "", prompts_dir)
    total = 2 if kind is Kind.FAQ else 1

    def of_segment(number: int) -> int:
        return split.longest(platform.limits.length, lambda length: layout.fits("a" * length, "", number, total))

    return min(of_segment(number) for number in range(1, total + 1))


def link(article: Article, account: Account) -> str | None:
    """The address that is posted, with the account's query; None without one, or where the policy wants none."""
    if not article.url or account.link_policy == "never":
        return None
    return links.with_query(article.url, account.utm.replace("{platform}", account.platform))


# --- what goes into which segment ---------------------------------------------------------------


def _shortened(whole: Passage, layout: Layout) -> Passage:
    """As many statements from the beginning as fit; all of them, too long, if the first alone does not."""
    if layout.fits(whole.text, "", 1, 1):
        return whole
    ends = whole.statement_ends()
    count = split.longest(len(ends), lambda n: layout.fits(whole.text[: ends[n - 1]], "", 1, 1))
    return whole.cut(0, ends[count - 1], asked=False) if count else whole


def _thread(passages: Sequence[Passage], layout: Layout, language: str | None) -> list[Passage]:
    """The passages by segment. How many there are may show in each (`2/10`), so it is tried until the number holds."""
    total = len(passages)
    chunks: list[Passage] = []
    for _ in range(4):
        chunks = []
        for index, each in enumerate(passages, 1):
            chunks += passage.spread(each, _place(layout, len(chunks), total, closing=index == len(passages)), language)
        if len(chunks) == total:
            break
        total = len(chunks)
    return chunks


def _place(layout: Layout, before: int, total: int, *, closing: bool) -> passage.Fits:
    """What fits after the `before` segments that are laid out already; `closing`: the thread ends here."""

    def fits(text: str, question: str, number: int, *, final: bool) -> bool:
        return layout.fits(text, question, before + number + 1, total, last=final and closing)

    return fits


# --- what goes with it --------------------------------------------------------------------------


def _card(article: Article, account: Account, address: str | None, platform: Platform, count: int, thumb: str | None) -> Card | None:
    """The link as a card, where the platform has cards: on the first segment, which is the one people see, or on all."""
    if address is None or not platform.limits.cards:
        return None
    return Card(
        uri=address, title=sentences.fold(article.title), description=_description(article), thumb=thumb,
        on=tuple(range(count)) if account.link_policy == "always" else (0,),
    )


def _description(article: Article) -> str:
    """The dek, as many whole sentences of it as a card shows."""
    dek = sentences.fold(article.dek)
    ends = sentences.ends(dek, article.language)
    count = split.longest(len(ends), lambda n: graphemes.length(dek[: ends[n - 1]]) <= DESCRIPTION)
    if count or not dek:
        return dek[: ends[count - 1]] if count else ""
    start, end = split.pieces(dek, lambda text, _number, _final: graphemes.length(text) < DESCRIPTION)[0]
    return dek[start:end] + "…" if graphemes.length(dek[start:end]) < DESCRIPTION else ""


def _noticed(content: Content, said: Sequence[str], meant: Sequence[str], platform: Platform) -> Formatted:
    """The content with its holds and warnings; `said`: the words of each segment that are not the layout's."""
    segments = content.segments
    pairs = list(zip(segments, said, strict=True))
    warnings = []
    if platform.limits.facets:
        segments = tuple(accidental.unlinked(segment, words, meant) for segment, words in pairs)
    else:
        for number, (segment, words) in enumerate(pairs):
            found = accidental.warnings(segment, accidental.names(words, meant), platform.measure)
            warnings += [warning.model_copy(update={"detail": _where(number, segments) + warning.detail}) for warning in found]
    holds = [
        Hold(code=HoldCode.TOO_LONG, detail=f"{_where(number, segments)}{too_long}.")
        for number, segment in enumerate(segments) if (too_long := excess(segment, platform))
    ]
    return Formatted(content=content.model_copy(update={"segments": segments}), holds=tuple(holds), warnings=tuple(warnings))


def _where(number: int, segments: Sequence[Segment]) -> str:
    return f"segment {number + 1}: " if len(segments) > 1 else ""
