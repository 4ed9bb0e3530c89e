"""The numbers for Prometheus, counted in the database at each scrape, so that any machine tells the truth about all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import String, Text, func, select, type_coerce
from sqlalchemy.orm import Session

from bot import clock
from bot.context import Bot
from bot.store import accounts, models, workers
from bot.store.states import ArticleState, DeliveryState, State
from bot.values import Hold, HoldCode

TYPE = CONTENT_TYPE_LATEST
HELD = 10_000
"""Posts whose holds are read: more would make a scrape slow."""
LATELY = timedelta(hours=1)
_HOLDS = TypeAdapter(tuple[Hold, ...])
_WAITING = (State.IN_REVIEW, State.APPROVED, State.PUBLISHING, State.UNCERTAIN, State.STOPPED)


def text(bot: Bot) -> bytes:
    """The page. Raises StoreError when the database refuses."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Stored(bot))
    return generate_latest(registry)


class _Stored(Collector):
    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    def describe(self) -> Iterable[Metric]:
        return ()  # else it would be collected once more, only to be named

    def collect(self) -> Iterable[Metric]:
        with self._bot.store.read() as session:
            now = clock.now(session)
            parts = (_articles, _posts, _outcomes, _holds, _money, _sources)
            return [*(metric for part in parts for metric in part(session, now)), *_accounts(self._bot, session, now), *_workers(session, now)]


def _articles(session: Session, now: datetime) -> Iterator[Metric]:
    row = models.Article
    depth = GaugeMetricFamily("bot_articles", "Articles by state.", labels=["state"])
    counted = {str(state): (int(count), oldest) for state, count, oldest in session.execute(
        select(type_coerce(row.state, String), func.count(), func.min(row.created_at)).where(~row.sample).group_by(row.state))}
    for state in ArticleState:
        depth.add_metric([str(state)], counted.get(str(state), (0, None))[0])
    yield depth
    age = GaugeMetricFamily("bot_article_queued_oldest_seconds", "Age of the oldest article that waits to be drafted; 0: none waits.")
    age.add_metric([], _age(counted.get(str(ArticleState.QUEUED), (0, None))[1], now))
    yield age


def _posts(session: Session, now: datetime) -> Iterator[Metric]:
    row = models.Post
    depth = GaugeMetricFamily("bot_posts", "Posts by state.", labels=["state"])
    oldest = GaugeMetricFamily("bot_posts_oldest_seconds", "Age of the oldest post in a state in which something is to come; 0: none is.", labels=["state"])
    late = GaugeMetricFamily("bot_posts_due_seconds", "How long the oldest post that is due has been due; 0: none is.")
    counted = {str(state): (int(count), made, due) for state, count, made, due in session.execute(
        select(type_coerce(row.state, String), func.count(), func.min(row.created_at), func.min(row.due_at)).join(models.Article).where(~models.Article.sample).group_by(row.state))}
    for state in State:
        depth.add_metric([str(state)], counted.get(str(state), (0, None, None))[0])
    for state in _WAITING:
        oldest.add_metric([str(state)], _age(counted.get(str(state), (0, None, None))[1], now))
    late.add_metric([], max(_age(counted.get(str(state), (0, None, None))[2], now) for state in (State.APPROVED, State.PUBLISHING)))
    yield from (depth, oldest, late)


def _outcomes(session: Session, _now: datetime) -> Iterator[Metric]:
    delivery, account = models.Delivery, models.Account
    query = (
        select(account.platform, type_coerce(delivery.state, String), func.count(), func.sum(delivery.tries), func.sum(delivery.resends))
        .select_from(delivery).join(models.Revision, models.Revision.id == delivery.revision_id).join(models.Post, models.Post.id == models.Revision.post_id)
        .join(account, account.id == models.Post.account_id).group_by(account.platform, delivery.state)
    )
    rows = session.execute(query).all()
    states = GaugeMetricFamily("bot_deliveries", "Deliveries by platform and what is known of them: sent, refused, pending, sending, unknown.", labels=["platform", "state"])
    tries: Counter[str] = Counter()
    again: Counter[str] = Counter()
    there = {(platform, str(state)): int(count) for platform, state, count, _, _ in rows}
    for platform, _, _, tried, resent in rows:
        tries[platform] += int(tried or 0)
        again[platform] += int(resent or 0)
    unknown = GaugeMetricFamily("bot_deliveries_unknown", "Deliveries that may or may not be out, by platform.", labels=["platform"])
    tried_ = CounterMetricFamily("bot_delivery_tries", "Writes that were sent to a platform.", labels=["platform"])
    resent_ = CounterMetricFamily("bot_delivery_resends", "Writes that were sent once more after looking found nothing.", labels=["platform"])
    for platform in sorted(tries):
        for state in DeliveryState:
            states.add_metric([platform, str(state)], there.get((platform, str(state)), 0))
        unknown.add_metric([platform], there.get((platform, str(DeliveryState.UNKNOWN)), 0) + there.get((platform, str(DeliveryState.SENDING)), 0))
        tried_.add_metric([platform], tries[platform])
        resent_.add_metric([platform], again[platform])
    yield from (states, unknown, tried_, resent_)


def _holds(session: Session, _now: datetime) -> Iterator[Metric]:
    row = models.Post
    query = select(type_coerce(row.holds, Text)).where(row.state.in_([State.IN_REVIEW, State.APPROVED, State.MISSED]), type_coerce(row.holds, Text) != "[]")
    found: Counter[str] = Counter()
    for stored in session.scalars(query.order_by(row.id.desc()).limit(HELD)):
        with suppress(ValidationError):  # changed by hand: publishing sets it aside
            found.update({str(hold.code) for hold in _HOLDS.validate_json(stored or "[]")})
    metric = GaugeMetricFamily("bot_posts_held", f"Posts that may still go out and have a hold, by its code (of the newest {HELD}).", labels=["code"])
    for code in HoldCode:
        metric.add_metric([str(code)], found[str(code)])
    yield metric


def _money(session: Session, _now: datetime) -> Iterator[Metric]:
    draft, spend = models.Draft, models.Spend
    tokens = CounterMetricFamily("bot_tokens", "Tokens of the language model, by model and direction.", labels=["model", "direction"])
    for model, read, written in session.execute(
        select(draft.model, func.sum(draft.input_tokens), func.sum(draft.output_tokens)).where(draft.model.is_not(None)).group_by(draft.model).order_by(draft.model)
    ):
        tokens.add_metric([str(model), "in"], int(read or 0))
        tokens.add_metric([str(model), "out"], int(written or 0))
    dollars = CounterMetricFamily("bot_spent_dollars", "Dollars paid, by payee and for what.", labels=["payee", "what"])
    for payee, what, micros in session.execute(select(spend.payee, spend.what, func.sum(spend.micros)).group_by(spend.payee, spend.what).order_by(spend.payee, spend.what)):
        dollars.add_metric([payee, what], int(micros) / 1e6)
    yield from (tokens, dollars)


def _sources(session: Session, now: datetime) -> Iterator[Metric]:
    row = models.Source
    rows = session.execute(select(row.off, row.failures, row.next_poll_at)).all()
    feeds = GaugeMetricFamily("bot_sources", "Feeds by how they are: ok, failing, off.", labels=["state"])
    found = Counter("off" if off else "failing" if failures else "ok" for off, failures, _ in rows)
    for state in ("ok", "failing", "off"):
        feeds.add_metric([state], found[state])
    failed = GaugeMetricFamily("bot_source_failures", "Failed polls in a row, summed over all feeds that are polled.")
    failed.add_metric([], sum(failures for off, failures, _ in rows if not off))
    late = GaugeMetricFamily("bot_source_late_seconds", "How long the feed that waits longest should have been polled.")
    late.add_metric([], max((_age(due, now) for off, _, due in rows if not off), default=0.0))
    yield from (feeds, failed, late)


def _accounts(bot: Bot, session: Session, now: datetime) -> Iterator[Metric]:
    paused = GaugeMetricFamily("bot_account_paused", "1 while an account is paused.", labels=["account", "platform"])
    for name, account in bot.accounts.items():
        paused.add_metric([name, account.platform], int(accounts.paused(accounts.get(session, name), now)))
    yield paused


def _workers(session: Session, now: datetime) -> Iterator[Metric]:
    passes = CounterMetricFamily("bot_passes", "Passes that a worker made.", labels=["worker"])
    failed = CounterMetricFamily("bot_passes_failed", "Passes that did not come to their end.", labels=["worker"])
    spent = CounterMetricFamily("bot_pass_seconds", "Seconds that its passes took.", labels=["worker"])
    last = GaugeMetricFamily("bot_last_pass_seconds", "Seconds that its last pass took.", labels=["worker"])
    beat = GaugeMetricFamily("bot_worker_beat_age_seconds", "Seconds since its last beat; beats come every 30 seconds.", labels=["worker"])
    for row in workers.listed(session):
        if row.beat_at < now - LATELY and row.stopped_at is not None:
            continue
        for metric, value in ((passes, row.passes), (failed, row.failed), (spent, row.pass_ms / 1000), (last, row.last_ms / 1000), (beat, _age(row.beat_at, now))):
            metric.add_metric([row.owner], value)
    yield from (passes, failed, spent, last, beat)


def _age(moment: datetime | None, now: datetime) -> float:
    """Seconds since then, 0 for what is still to come; the database's own functions may give a time without its zone."""
    if moment is None:
        return 0.0
    return max(0.0, (now - (moment if moment.tzinfo else moment.replace(tzinfo=UTC))).total_seconds())
