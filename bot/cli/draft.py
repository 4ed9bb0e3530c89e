"""`bot draft`: what would be posted about an article, shown as it would be sent."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy.orm import Session

from bot import actions, config, intake, routing, views
from bot.cli import common, each, preview, say_faults, worst
from bot.config import Settings
from bot.context import Bot
from bot.errors import UsageError
from bot.making import KINDS
from bot.store import models
from bot.store.engine import read_url
from bot.values import Article, Kind


@click.command("draft")
@common.source_argument()
@common.url_option
@click.option("--kind", type=click.Choice(["short", "faq", "all"]), default="all", show_default=True, help="What to write.")
@click.option("--platform", type=click.Choice(["x", "bluesky"]), help="Only for accounts on this platform.")
@common.drafter_option
@click.option("--save", is_flag=True, help="Keep the article and its posts, for review.")
@click.option("--requests", is_flag=True, help="Show the exact requests, too.")
@common.as_json
def draft_command(
    source: tuple[str, ...], url: str | None, kind: str, platform: str | None, drafter: str | None, save: bool,
    requests: bool, as_json: bool,
) -> int:
    """Show what would be posted about each SOURCE: a file, a URL, a feed, or - (standard input).

    \b
    Texts, counts, prices, evidence, holds and warnings, at most 40 lines
    for an article. The drafter may ask the language model; nothing else
    leaves this machine. Never publishes. Keeps nothing without --save.

    \b
    Exit codes: 0 ok · 1 a source could not be read · 2 usage
                3 a post shown has a hold · 4 configuration
    """
    common.check_sources(source, url)
    bot = common.open_bot(_elsewhere(config.load(), save))
    kinds = KINDS if kind == "all" else (Kind(kind),)

    def one(spec: str) -> int:
        batch = intake.read(
            spec, timeout=bot.settings.http_timeout, allow_private=bot.settings.allow_private, url=url,
            stdin=common.standard_input(), rules=bot.settings.url_rules,
        )
        codes = [each(batch.articles, _Drafted(bot, kinds, platform, drafter, save, requests, as_json, routing.feeds(spec, batch)), "{0.title}")]
        return worst([*codes, say_faults(batch.faults)])

    return each(source, one)


class _Drafted:
    """Draft one article and show it; the exit code says whether a post has a hold."""

    def __init__(
        self, bot: Bot, kinds: tuple[Kind, ...], platform: str | None, drafter: str | None, save: bool, requests: bool, as_json: bool,
        feeds: tuple[str, ...],
    ) -> None:
        self._bot, self._kinds, self._platforms, self._drafter = bot, kinds, [platform] if platform else [], drafter
        self._save, self._requests, self._as_json, self._feeds = save, requests, as_json, feeds
        self._shown = False

    def __call__(self, article: Article) -> int:
        held, lines, objects = actions.draft_now(
            self._bot, article, kinds=self._kinds, platforms=self._platforms, drafter=self._drafter, save=self._save, show=self._show,
            feeds=self._feeds,
        )
        if self._shown and lines:
            click.echo()
        self._shown = True
        common.emit(self._as_json, lines, objects)
        return 3 if held else 0

    def _show(self, session: Session, row: models.Article, posts: list[models.Post]) -> tuple[bool, list[str], list[object]]:
        if not posts:
            why = f" ({row.reason})" if row.reason else ""
            raise UsageError(f"no account takes this article{why}: see bot accounts, and --kind and --platform.")
        held = any(common.holds(self._bot, post) for post in posts)
        if self._as_json:
            ordered = preview.in_order(self._bot, posts)
            return held, [], [views.post(session, post, self._bot.platform, saved=self._save) for post in ordered]
        lines = preview.article(self._bot, session, row, posts, saved=self._save, requests=self._requests)
        lines.append(preview.cost_line(posts, saved=self._save))
        lines.append("Judge them: bot review" if self._save else "Keep them: bot draft … --save    Judge them: bot review")
        return held, lines, []


def _elsewhere(settings: Settings, save: bool) -> str | None:
    """A preview over a database that is not there yet must not leave one behind: it works in memory."""
    where = read_url(settings.database)
    fresh = where.get_backend_name() == "sqlite" and where.database and not Path(where.database).exists()
    return "sqlite://" if fresh and not save else None
