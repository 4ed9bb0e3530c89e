"""Which matters need a person just now: found in the stored rows and in what the health checks say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import String, select, type_coerce

from bot import standing
from bot.health import Finding, Level
from bot.health.finding import Look
from bot.health.people import expiring
from bot.store import accounts, models, watch
from bot.store.states import State
from bot.telling.words import Matter, plain, title

MOST = 2000
"""Posts in review that are looked at, the newest; a person who has more does not need to hear of each."""
_OWN = ("accounts", "people", "alerts")
"""Health checks whose matters are told one by one."""


def of_health(found: Iterable[Finding]) -> list[Matter]:
    """What is red and not told otherwise."""
    red = [one for one in found if one.level is Level.RED and one.check not in _OWN]
    return [Matter(f"health:{one.check}", "health", f"{one.check}: {plain(one.told)}") for one in {one.check: one for one in reversed(red)}.values()]


def _settle(look: Look) -> list[Matter]:
    return [
        Matter(f"{state}:{number}", state, _SETTLE[state].format(number, where, title(about)), number, account)
        for number, state, where, about, account in _posts(look, [State.UNCERTAIN, State.STOPPED])
    ]


_SETTLE = {
    "uncertain": "#{0} {1} {2} may or may not be out: look, then bot resolve {0} --sent ID, or --not-sent",
    "stopped": "#{0} {1} {2} stopped, partly out: bot show {0} names the ways on",
}


def _review(look: Look) -> list[Matter]:
    return [
        Matter(f"review:{number}", "review", f"#{number} {where} {title(about)}", number, account)
        for number, _, where, about, account in _posts(look, [State.IN_REVIEW])
    ]


def _posts(look: Look, states: Sequence[State]) -> list[tuple[int, str, str, str, str]]:
    post, account = models.Post, models.Account
    query = (
        select(post.id, type_coerce(post.state, String), account.name, type_coerce(post.kind, String), models.Article.title)
        .join(account, account.id == post.account_id).join(models.Article, models.Article.id == post.article_id)
        .where(post.state.in_(states), ~models.Article.sample).order_by(post.id.desc()).limit(MOST)
    )
    return [(number, state, f"{plain(name)} {kind}", about, name) for number, state, name, kind, about in look.session.execute(query)]


def _paused(look: Look) -> list[Matter]:
    found = []
    for name in look.bot.accounts:
        pause = standing.paused(accounts.get(look.session, name), look.now)
        if pause is not None:
            found.append(Matter(f"paused:{name}"[:120], "paused", f"{plain(pause.told)}{pause.remedy}", account=name))
    return found


def _changed(look: Look) -> list[Matter]:
    return [
        Matter(f"changed:{one.article}", "changed", f"{title(one.title)} {plain(one.kind)} after publication: bot correct {one.posts[0]}, or bot unwind {one.posts[0]}", one.posts[0])
        for one in watch.alerts(look.session)
    ]


def _expiring(look: Look) -> list[Matter]:
    found = []
    for number in expiring(look):
        post = models.Post
        state, expires = look.session.execute(select(type_coerce(post.state, String), post.expires_at).where(post.id == number)).one()
        way = "bot review" if state == State.IN_REVIEW else f"bot publish {number}, or bot show {number} says why not"
        found.append(Matter(f"expiring:{number}", "expiring", f"#{number} will be missed at {expires:%Y-%m-%d %H:%M} UTC unless it goes out: {way}", number))
    return found


OF_POSTS: tuple[tuple[tuple[str, ...], Callable[[Look], list[Matter]]], ...] = (
    (("uncertain", "stopped"), _settle), (("paused",), _paused), (("changed",), _changed), (("expiring",), _expiring), (("review",), _review),
)
"""What finds the matters of posts, accounts and articles, by their kinds; in the order in which they are told."""
