"""How posts are shown before they go out: an article's block of at most 40 lines, and one post whole."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from bot import clock, views
from bot.cli import common, evidence, fate, moments, screen
from bot.context import Bot
from bot.store import drafts, embargo, models
from bot.store.states import State
from bot.values import Hold, Kind, Segment, Warn

LINES = 40
"""One article, with what is said under it, is never longer: it is to be read at a glance."""


@dataclass(frozen=True)
class Detail:
    """How much of each post is shown."""

    text: int
    """Lines of a text."""
    found: int
    """Holds and warnings."""
    words: int
    """Lines of each of these."""
    segments: int
    notes: int
    gaps: bool = True
    """Blank lines within a text, and between posts."""


WHOLE = Detail(text=10**6, found=10**6, words=10**6, segments=10**6, notes=10**6)
_LESS = (
    WHOLE, Detail(12, 4, 2, 12, 4), Detail(8, 2, 2, 6, 3), Detail(4, 2, 1, 4, 2), Detail(3, 1, 1, 2, 1, gaps=False),
    Detail(1, 1, 1, 1, 1, gaps=False), Detail(0, 1, 1, 0, 0, gaps=False), Detail(0, 0, 0, 0, 0, gaps=False),
)


def by_article(posts: Iterable[models.Post]) -> list[list[models.Post]]:
    """The posts of each article together, in the order in which the articles first appear."""
    found: dict[int, list[models.Post]] = {}
    for post in posts:
        found.setdefault(post.article_id, []).append(post)
    return list(found.values())


def in_order(bot: Bot, posts: Sequence[models.Post]) -> list[models.Post]:
    """Shorts before FAQs, accounts as configured."""
    names = [*bot.accounts]
    kinds = [*Kind]
    return sorted(
        posts, key=lambda post: (kinds.index(post.kind), names.index(post.account.name) if post.account.name in names else len(names), post.id)
    )


def article(
    bot: Bot, session: Session, row: models.Article, posts: Sequence[models.Post], *, saved: bool, room: int = LINES - 3,
    requests: bool = False,
) -> list[str]:
    """An article with its posts, in at most `room` lines (requests, when asked for, come on top). Inside a unit of work."""
    wide = screen.columns()
    ordered = in_order(bot, posts)
    for detail in _LESS:
        lines = [*_head(bot, session, row, wide, detail), *_posts(bot, ordered, wide, detail, saved)]
        if len(lines) <= room:
            break
    else:
        lines = [*lines[: room - 1], f"… {len(lines) - room + 1} lines more: --json shows everything"]
    if requests:
        for post in ordered:
            lines += ["", f"Requests of {common.where(post)}:", *_requests(bot, session, post)]
    return lines


def _head(bot: Bot, session: Session, row: models.Article, wide: int, detail: Detail) -> list[str]:
    count = sum(name.startswith("s") for name in views.sentences_of(row))
    address = (row.url or "no address").removeprefix("https://").removeprefix("http://")
    facts = screen.parted([
        row.language, screen.counted(count, "sentence"), screen.counted(len(row.faq), "FAQ pair") if row.faq else "no FAQ",
        "tail cut" if row.tail_cut else None,
    ])
    lines = [screen.cut(row.title, wide), f"{screen.cut(address, wide - screen.width(facts) - 3)} · {facts}"]
    latest = drafts.latest(session, row.id)
    together = [draft for draft in latest if draft.created_at == latest[0].created_at]
    if together:
        lines.append(screen.cut(_drafted(together) + (" · the built-in sample" if row.sample else ""), wide))
    end = embargo.stands(row, clock.now())
    told = [f"Embargo until {moments.moment(bot, end)}"] if end else []
    told += [moments.localized(bot, draft.problem) for draft in together[:1] if draft.problem]
    for note in row.notes:
        names = " ".join(name for name in note.sentences if name not in note.text)
        told.append(f"{note.text} ({names})" if names else note.text)
    for text in told[: detail.notes]:
        lines += screen.wrap(screen.one_line(text), wide, "Note  ", "      ")[: detail.words]
    return lines


def _drafted(together: Sequence[models.Draft]) -> str:
    first = together[0]
    calls = sum(draft.calls for draft in together)
    micros = None if any(draft.cost_micros is None for draft in together) else sum(draft.cost_micros or 0 for draft in together)
    return "Drafted by " + ", ".join(part for part in (
        first.model or f"{first.drafter} (offline)", first.prompt and f"prompt {first.prompt}",
        screen.counted(calls, "call") if calls else None, screen.money(micros),
    ) if part)


def _posts(bot: Bot, posts: Sequence[models.Post], wide: int, detail: Detail, saved: bool) -> list[str]:
    lines: list[str] = []
    threads: list[models.Post] = []
    for post in posts:
        segments = post.revision.content.segments
        follows = bool(threads) and len(segments) > 1
        if detail.gaps and not follows:
            lines.append("")
        if len(segments) == 1:
            lines += [_rule(bot, post, wide, saved), *_text(post, segments[0], wide, detail), *found(bot, post, wide, detail), *_when(bot, post, wide)]
            continue
        twin = next((other for other in threads if _said(other) == _said(post)), None)
        same = f" (same text{_card_on(post)})" if twin else ""
        lines.append(_rule(bot, post, wide, saved, same))
        lines += [] if twin else _thread(segments, _carded(post), wide, detail.segments)
        lines += [*found(bot, post, wide, detail), *_when(bot, post, wide)]
        threads.append(post)
    return lines


def _rule(bot: Bot, post: models.Post, wide: int, saved: bool, more: str = "") -> str:
    content = post.revision.content
    segments = content.segments
    one = segments[0] if len(segments) == 1 else None
    title = common.where(post) + common.reply(post) + (f", {len(segments)} segments" if one is None else "") + more + (f" · #{post.id}" if saved else "")
    right = screen.parted([
        f"{one.length}/{one.limit}" if one else None, "link" if one and one.has_url else None,
        "card" if one and content.card else None, screen.money(sum(segment.cost_micros for segment in segments)), common.word(bot, post),
    ])
    return screen.rule(title, right, wide)


def _carded(post: models.Post) -> tuple[int, ...]:
    card = post.revision.content.card
    return card.on if card else ()


def _card_on(post: models.Post) -> str:
    on = _carded(post)
    return f", card on {', '.join(str(index + 1) for index in on)}" if on else ""


def _said(post: models.Post) -> list[str]:
    """The text without the paragraphs that hold the link, which travels differently on each platform."""
    whole = [segment.text for segment in post.revision.content.segments]
    return ["\n\n".join(part for part in text.split("\n\n") if "://" not in part) for text in whole]


def _text(post: models.Post, segment: Segment, wide: int, detail: Detail) -> list[str]:
    held: list[Hold | Warn] = [*post.holds, *post.warnings]
    shown = screen.wrap(evidence.bracketed(segment.text, held), wide - 2, "  ")
    shown = shown if detail.gaps else [line for line in shown if line]
    if len(shown) > detail.text:
        more = len(shown) - detail.text
        shown = [*shown[: detail.text], f"  … {screen.counted(more, 'line')} more"] if detail.text else []
    told = evidence.line(segment, views.sentences_of(post.article), post.article.language, held) if detail.text else ""
    return shown + (screen.wrap(told, wide, "  ", "        ")[: detail.words] if told else [])


def _thread(segments: Sequence[Segment], carded: Sequence[int], wide: int, most: int) -> list[str]:
    lines = []
    for index, segment in enumerate(segments[:most]):
        flag = "card" if index in carded else "link" if segment.has_url else ""
        head = f"{index + 1:>3}  {f'{segment.length}/{segment.limit}':<8} {flag:<6}   "
        lines.append(head + screen.cut(segment.text, wide - screen.width(head)))
    if len(segments) > most > 0:
        lines.append(f"     … {screen.counted(len(segments) - most, 'segment')} more")
    return lines


def found(bot: Bot, post: models.Post, wide: int, detail: Detail = WHOLE) -> list[str]:
    """The HOLD lines, then the WARN lines; what a person let pass says so."""
    passed = {override.code: override for override in post.overrides}
    told = []
    for hold in views.holds(post, known=post.account.name in bot.accounts):
        override = passed.get(hold.code)
        told.append(("HOLD  ", f"{hold.code}: {hold.detail}" + (f" (let pass by {override.by}: {override.reason})" if override else "")))
    told += [("WARN  ", f"{warning.code}: {warning.detail}") for warning in post.warnings]
    lines = []
    for mark, text in told[: detail.found]:
        wrapped = screen.wrap(screen.one_line(moments.localized(bot, text)), wide, mark, "      ")
        if len(wrapped) > detail.words:
            last = wrapped[detail.words - 1][6:] + " " + wrapped[detail.words].strip()
            wrapped = [*wrapped[: detail.words - 1], screen.cut_keeping(mark if detail.words == 1 else "      ", last, wide)]
        lines += wrapped
    if len(told) > detail.found > 0:
        lines.append(f"      … {len(told) - detail.found} more")
    return lines


def _when(bot: Bot, post: models.Post, wide: int) -> list[str]:
    if post.state == State.IN_REVIEW:
        return []
    return [screen.cut(f"{common.state(post)}{common.due(bot, post)}", wide)]


def _requests(bot: Bot, session: Session, post: models.Post) -> list[str]:
    shown = views.post(session, post, bot.platform)
    lines = []
    for request in shown["requests"]:
        text = json.dumps(request, ensure_ascii=False, indent=2)
        lines += [screen.clean(line) for line in text.splitlines()]
    if shown["provisional"]:
        lines.append(f"Fixed only when sent: {', '.join(shown['provisional'])}")
    return lines


def alone(bot: Bot, row: models.Post, wide: int) -> list[str]:
    """One post: where, its whole text, and what was found. Inside a unit of work."""
    segments = row.revision.content.segments
    text = [line for segment in segments for line in _text(row, segment, wide, WHOLE)]
    return [_rule(bot, row, wide, True), *text, *found(bot, row, wide)]


def post(bot: Bot, session: Session, row: models.Post, valid: Sequence[str]) -> list[str]:
    """One post, whole, with its history and the commands that are `valid` now. Inside a unit of work."""
    wide = screen.columns()
    content = row.revision.content
    lines = [*_head(bot, session, row.article, wide, WHOLE), "", _rule(bot, row, wide, True)]
    for index, segment in enumerate(content.segments):
        if len(content.segments) > 1:
            flags = screen.parted([
                f"{segment.length}/{segment.limit}", "link" if segment.has_url else None,
                "card" if index in _carded(row) else None, screen.money(segment.cost_micros),
            ])
            lines += ["", f"{index + 1:>3}  {flags}"]
        lines += _text(row, segment, wide, WHOLE)
    if content.card:
        lines += ["", *screen.wrap(screen.one_line(f"{content.card.title} · {content.card.uri}"), wide, "Card  ", "      ")]
    lines += ["", *found(bot, row, wide)]
    lines += screen.wrap(screen.one_line(f"{common.state(row)}, revision {row.revision_n} by {row.revision.by}{common.due(bot, row)}"), wide, "", "    ")
    for delivery in row.revision.deliveries:
        lines += [line for told in fate.delivery(bot, row, delivery) for line in screen.wrap(screen.one_line(told), wide, "  ", "    ")]
    lines += ["", "History"]
    for event in row.events:
        told = f"{moments.moment(bot, event.at)}  {event.who}: {event.what}" + (f" ({moments.localized(bot, event.why)})" if event.why else "")
        lines += screen.wrap(screen.one_line(told), wide, "  ", "    ")
    lines += ["", "You can:  " + "\n          ".join(valid) if valid else "Nothing can be done with it now."]
    return [part for line in lines for part in line.split("\n")]


def cost_line(posts: Sequence[models.Post], *, saved: bool, sent: str = "nothing sent") -> str:
    """`Not saved, nothing sent. 4 posts, X would cost $0.445.`"""
    prices: dict[str, int] = {}
    for post in posts:
        micros = sum(segment.cost_micros for segment in post.revision.content.segments)
        prices[post.account.platform] = prices.get(post.account.platform, 0) + micros
    told = "".join(f", {common.platform_name(name)} would cost {screen.money(micros)}" for name, micros in prices.items() if micros > 0)
    return f"{'Saved' if saved else 'Not saved'}, {sent}. {screen.counted(len(posts), 'post')}{told}."
