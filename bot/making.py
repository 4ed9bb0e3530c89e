"""From one article to its posts: draft → format → check, then dedup → review, stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from bot import allowance, approving, clock, dedup, draft, format, review, routing
from bot.accounts import Account
from bot.context import Bot
from bot.errors import HoldError
from bot.platforms import Platform, connect
from bot.store import accounts, articles, drafts, embargo, keyed, models, pages, planning, posts, said, watch
from bot.store.articles import Taken
from bot.store.states import ArticleState, Move
from bot.text import changes, links, oddities, planted, sentences, similarity
from bot.values import Article, Brief, Drafting, Formatted, Hold, Kind, Note, Variant

POLICY = "policy clean"
"""Who the history names when BOT_AUTO_APPROVE approved."""

KINDS = (Kind.SHORT, Kind.FAQ)
_RELATED = 0.5
"""Share of an article's sentences that a page must still have to be that article where the page says so itself."""
_MOST_PLANTED = 4
"""Notes about sentences that speak to a model; a page that is full of them need not name each."""


@dataclass(frozen=True)
class Composed:
    """One post as drafted, formatted and checked, not yet stored."""

    account: Account
    kind: Kind
    drafting: int
    """Which of the draftings it is from: its place in their list."""
    variant: int
    formatted: Formatted


def compose(
    bot: Bot, article: Article, *, kinds: Sequence[Kind] = KINDS, platforms: Collection[str] = (), drafter: str | None = None,
    feeds: Collection[str] = (), but: Collection[str] = (), barred: str | None = None,
) -> tuple[list[Drafting], list[Composed]]:
    """Draft → format → check, for every account that takes the article. The drafter may use the network; nothing is stored.

    One drafting serves all accounts that write in the same voice. No account takes it: no drafting either. `feeds`: the keys of those
    that brought it. `but`: accounts that are left out. `barred`: why its text may not leave this machine; the offline drafter writes
    then. Raises DraftError, or ConfigError before anything was paid for.
    """
    with bot.store.read() as session:
        no_threads = accounts.without_threads(session)
    taking = [
        taker for account in bot.accounts.values() if (not platforms or account.platform in platforms) and account.name not in but
        if (taker := _Taker.of(bot, account, kinds, article, feeds, threads=account.name not in no_threads))
    ]
    writer, offline = draft.choose(bot.settings, drafter), draft.choose(bot.settings, draft.OFFLINE)
    voices: dict[str | None, list[_Taker]] = {}
    for taker in taking:
        voices.setdefault(taker.account.voice if writer.name != offline.name else None, []).append(taker)
    speaking = planted.find(sentences.of_article(article))
    briefs = {voice: _brief(bot, article, kinds, takers, voice, frozenset(speaking)) for voice, takers in voices.items()}
    left_out = [Note(text=f"{at} {why}: left out", sentences=(at,)) for at, why in speaking.items()]
    told = (*left_out[:_MOST_PLANTED], *oddities.notes(article))
    draftings: list[Drafting] = []
    composed: list[Composed] = []
    for voice, brief in briefs.items():
        with allowance.asking(bot, article) as asked:
            written = draft.write(article, brief, writer, offline, barred=barred or asked.barred)
            paid = asked.paid(written.usage)
        written = written.model_copy(update={"notes": tuple(dict.fromkeys((*told, *written.notes))), "paid": paid})
        composed += _posts(bot, article, written, len(draftings), voices[voice])
        draftings.append(written)
    return draftings, composed


@dataclass(frozen=True)
class _Taker:
    """An account that takes the article, and the kinds of posts it takes."""

    account: Account
    platform: Platform
    kinds: tuple[Kind, ...]

    @classmethod
    def of(cls, bot: Bot, account: Account, kinds: Sequence[Kind], article: Article, feeds: Collection[str], *, threads: bool) -> _Taker | None:
        """None for an account that takes none of the kinds."""
        taken = tuple(kind for kind in kinds if routing.takes(account, kind, article, feeds) and (threads or kind is not Kind.FAQ))
        return cls(account, connect(account, timeout=bot.settings.http_timeout), taken) if taken else None


def _posts(bot: Bot, article: Article, drafting: Drafting, place: int, taking: Sequence[_Taker]) -> list[Composed]:
    """A post for each account and kind. Accounts on one platform take different wordings, where there are as many."""
    thumb = sha256(article.image.data).hexdigest() if article.image else None
    composed = []
    for written in drafting.drafts:
        before: Counter[str] = Counter()
        for taker in taking:
            chosen = [n for n, variant in enumerate(written.variants) if taker.account.platform in variant.platforms]
            if not chosen or written.kind not in taker.kinds:
                continue
            variant = chosen[before[taker.account.platform] % len(chosen)]
            before[taker.account.platform] += 1
            formatted = of_variant(bot, article, written.kind, written.variants[variant], taker.account, taker.platform, thumb)
            composed.append(Composed(taker.account, written.kind, place, variant, formatted))
    return composed


def of_variant(
    bot: Bot, article: Article, kind: Kind, variant: Variant, account: Account, platform: Platform, thumb: str | None
) -> Formatted:
    """Format → check: the post of one variant for one account; `thumb` is the SHA-256 (hex) of the article's picture."""
    formatted = format.format_post(article, kind, variant, account, platform, thumb=thumb, prompts_dir=bot.settings.prompts_dir)
    found = checked(article, account, formatted)
    return found.model_copy(update={"warnings": (*found.warnings, *review.unsupported(variant))})


def _brief(
    bot: Bot, article: Article, kinds: Sequence[Kind], taking: Sequence[_Taker], voice: str | None, left_out: frozenset[str]
) -> Brief:
    """What is asked for. Every layout is tried here, so that one that can not be used costs no model call."""
    room: dict[str, int] = {}
    for taker in taking:
        name = taker.account.platform
        for kind in kinds:
            free = format.room(article, kind, taker.account, taker.platform, bot.settings.prompts_dir)
            if kind is Kind.SHORT or Kind.SHORT not in kinds:
                room[name] = min(free, room.get(name, free))
    wordings = Counter(taker.account.platform for taker in taking if Kind.SHORT in taker.kinds)
    units = {taker.account.platform: taker.platform.limits.unit for taker in taking}
    banned = dict.fromkeys(word for taker in taking for word in taker.account.banned_words)
    return Brief(
        kinds=tuple(kinds), platforms=tuple(room), room=room, units=units, language=article.language, voice=voice, banned=tuple(banned),
        left_out=left_out, wordings={name: count for name, count in wordings.items() if count > 1},
    )


def checked(article: Article, account: Account, formatted: Formatted) -> Formatted:
    """The formatted post with what checking its text against the article found; see `review.checked`."""
    card = formatted.content.card
    return review.checked(
        formatted, article, urls=[article.url, card.uri if card else None, format.link(article, account)],
        words=[*account.signoff.split(), *(f"#{tag}" for tag in account.hashtags)],
        signoff=account.signoff, banned=account.banned_words, allow_bait=account.allow_bait,
    )


def store_article(
    session: Session, article: Article, *, sample: bool = False, not_before: datetime | None = None, again: str | None = None,
    feeds: Collection[str] = (), dates_ahead: bool = False, urgent: bool = False, hear: Callable[[Taken], object] = lambda taken: None,
) -> models.Article:
    """Queue an article, or find the row it has. What changed in it holds its waiting posts until it is drafted again, and raises
    an alert where posts are out (see `watch.updated`); a change that can make no post wrong does neither. One that says the same
    as another article is a duplicate, unless a person (`again`, their name) wants it all the same. `feeds`: keys of those that bring
    it, whose dates may be known to run ahead. `hear` is told what it came to.
    """
    article = believed(session, article)
    keys = dedup.article_keys(article, keyed.rules(session))
    now = clock.now(session)
    before = articles.before(session, url_key=keys.url_key, fingerprint=keys.fingerprint)
    row, taken = articles.take_in(
        session, article, url_key=keys.url_key, fingerprint=keys.fingerprint, now=now, sample=sample, not_before=not_before
    )
    if taken is Taken.NEW:
        row.dates_ahead = dates_ahead
    articles.brought(session, row, feeds)
    if taken is Taken.UPDATED and before is not None:
        watch.updated(session, row, before, article, now)
    pages.taken_in(session, row, article, now, updated=taken is Taken.UPDATED)
    if urgent:
        row.priority = planning.URGENT
        for post in posts.of_article(session, row.id):
            if posts.can(post, Move.APPROVE):  # what is approved has its time
                post.priority = planning.URGENT
    articles.compare(session, row, article, taken, before, again=again)
    hear(taken)
    return row


@dataclass(frozen=True)
class Stored:
    """What is known of an article that is about to be drafted without being stored first."""

    feeds: frozenset[str]
    """The keys of the feeds that have brought it."""
    barred: str | None
    """Why its text may not leave this machine now, or None."""


def stored(bot: Bot, article: Article) -> Stored:
    """What the store knows of an article: who brought it, and until when it is under embargo."""
    keys = dedup.article_keys(article, bot.settings.url_rules)
    with bot.store.read() as session:
        now = clock.now(session)
        row = articles.find(session, url_key=keys.url_key, fingerprint=keys.fingerprint)
        dated = embargo.Read(
            not_before=row.not_before if row else None, published_at=article.published_at or (row.published_at if row else None),
            created_at=row.created_at if row else now, dates_ahead=bool(row and row.dates_ahead),
        )
        return Stored(articles.feeds_of(row) if row else frozenset(), embargo.barred(dated, now))


def believed(session: Session, article: Article) -> Article:
    """The article under the address it was read from, where the one that its page names is another article's.

    Broken sites name one page for all of theirs, and a page could so take the place of a neighbour's. Another article is one that has
    another headline and either less than half of the same sentences, or the other's with other numbers, dates or names in them. At its
    own address an article may change as much as it likes.
    """
    rules = keyed.rules(session)
    named, own = (links.url_key(url, rules) if url else None for url in (article.url, article.read_at))
    if own is None or own == named:
        return article
    known = articles.find(session, url_key=named, fingerprint=dedup.article_keys(article, rules).fingerprint)
    if known is None:
        return article
    there = articles.text_of(known)
    change = changes.compare(there, article)
    before, now = (similarity.article_text(one.title, one.dek, one.body) for one in (there, article))
    other = change.title and (change.kept < _RELATED or similarity.explain_articles(before, now).other_numbers)
    return article.model_copy(update={"url": article.read_at}) if other else article


def keep(
    bot: Bot, session: Session, article: models.Article, draftings: Sequence[Drafting], composed: Sequence[Composed],
    *, replace_edits: bool = False, but: Collection[str] = (),
) -> list[models.Post]:
    """Dedup → review: store drafts and posts, put holds on what was said before, let the policy approve the rest.

    A person's edit is replaced only when asked for; else it keeps the hold that the change of its article put on it. `but`: accounts
    that had their posts before.
    """
    now = clock.now(session)
    although = article.reason if article.state in (ArticleState.QUEUED, ArticleState.DUPLICATE) else None
    article.state, article.reason, article.untaken_by = ArticleState.DRAFTED, although, None
    if not draftings:
        if not but:
            article.reason = routing.refused(bot.accounts.values(), articles.text_of(article), articles.feeds_of(article))
            article.untaken_by = routing.configured(bot.accounts)
        return []
    rows = [drafts.save(session, article.id, drafting, now) for drafting in draftings]
    article.notes = tuple(dict.fromkeys(note for drafting in draftings for note in drafting.notes))
    kept = []
    for one in composed:
        account = accounts.get(session, one.account.name)
        post = posts.find(session, article.id, one.kind, account.id)
        if post is None:
            post = posts.create(session, article_id=article.id, kind=one.kind, account_id=account.id, now=now)
            post.priority = article.priority
            if although:
                posts.note(session, post, "intake", "drafted although its article is a duplicate", although, now)
        kept.append(post)
        what = review.redraft(
            revisable=posts.can(post, Move.REVISE), edited=bool(post.revision_n) and post.revision.draft_id is None,
            same=bool(post.revision_n) and post.revision.content == one.formatted.content, replace_edits=replace_edits,
        )
        if what is review.Redraft.REVISE:
            posts.revise(
                session, post, one.formatted, who=draftings[one.drafting].drafter, now=now,
                draft_id=rows[one.drafting][one.kind].id, variant=one.variant, ignore=one.account.ending,
            )
        elif what is review.Redraft.SAME:
            posts.notice(session, post, one.formatted, ignore=one.account.ending)
    for post in sorted(kept, key=lambda post: post.account_id):  # in one order everywhere: each approval locks the post's account
        if bot.settings.auto_approve != "none" and not article.sample and posts.can(post, Move.APPROVE):
            said.check(session, post, bot.accounts[post.account.name].ending)  # one approved just now may say nearly the same
            if review.by_policy(bot.settings.auto_approve, _in_the_way(post, now), post.warnings):
                _by_policy(bot, session, post)
    return kept


def _in_the_way(post: models.Post, now: datetime) -> list[Hold]:
    return [*posts.holds(post), *filter(None, [embargo.hold(post.article, now)])]


def _by_policy(bot: Bot, session: Session, post: models.Post) -> None:
    try:
        approving.approve(bot, session, post, who=POLICY)
    except HoldError as error:  # another post took the same words just now: it waits for a person
        posts.note(session, post, POLICY, "not approved", str(error), clock.now(session))
