"""An account's newest posts on X, as they were written: what it said before this database knew of it.

One page, because X charges for each post it shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot import clock
from bot.platforms import x_lookup, x_match, x_outcomes
from bot.values import Outcome, OutcomeKind, Posted, Recent

if TYPE_CHECKING:
    from bot.platforms.x_transport import Call

FIELDS = [*x_lookup.FIELDS, "in_reply_to_user_id"]


def read(account_id: str, ask: Callable[[dict[str, Any]], Call]) -> Recent:
    """The posts of this account; `ask` makes the one request, with these parameters."""
    if not x_outcomes.is_id(account_id):
        return Recent(failed=Outcome(kind=OutcomeKind.REFUSED, detail="the account's id on X is not known (`bot accounts verify`)"))
    call = ask({"max_results": x_lookup.PAGE_SIZE, "tweet_fields": FIELDS, "exclude": ["retweets"]})
    now = clock.now()
    page = x_lookup.read(*call.answer, now) if call.answer else x_lookup.unanswered(call)
    if isinstance(page, Outcome):
        # What a person is to do about a look is nothing to do here; the rest of the reason stays.
        return Recent(failed=page.model_copy(update={"detail": page.detail.replace(f", or {x_lookup.LOOK_YOURSELF}", "").replace(f"; {x_lookup.LOOK_YOURSELF}", "")}))
    own = {post["id"] for post in page.posts}
    found = [posted(post, now) for post in page.posts if _ours(post, own, account_id)]
    return Recent(posted=tuple(found), cost_micros=page.count * x_lookup.READ_MICROS)


def posted(post: Mapping[str, Any], now: datetime) -> Posted:
    """A post of a timeline; `now` for one that does not tell when it was made."""
    above = x_match.parents(post)
    return Posted(
        remote=x_outcomes.remote(post["id"]), at=min(x_match.made_at(post), now), text=x_match.expanded(post, plain=True),
        above=above[0] if above else None,
    )


def _ours(post: Mapping[str, Any], own: set[str], account_id: str) -> bool:
    """Not what answers somebody else."""
    above = x_match.parents(post)
    return not above or above[0] in own or post.get("in_reply_to_user_id") in (None, account_id)
