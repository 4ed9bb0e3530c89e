"""`bot run`: the main job, one pass; with `--dry-run`, everything that would be sent."""

from __future__ import annotations

from collections.abc import Sequence

import click

from bot import actions, draft, pipeline, views, worker
from bot.cli import INTERRUPTED, common, moments, preview, screen, teller, worst
from bot.cli.publish import show_published, undeliverable
from bot.context import Bot
from bot.store import models, posts
from bot.store.states import State

WAITING = (State.IN_REVIEW, State.APPROVED, State.PUBLISHING)
"""What a dry run shows: all that may still go out."""


@click.command("run")
@common.source_argument(required=False)
@common.url_option
@click.option("--dry-run", is_flag=True, help="Send nothing; show every post as it would be sent.")
@common.drafter_option
@common.as_json
def run_command(source: tuple[str, ...], url: str | None, dry_run: bool, drafter: str | None, as_json: bool) -> int:
    """One pass: take in each SOURCE (a file, a URL, a feed, or -), draft what is queued, check, publish what is approved and due.

    One bad source never stops the others. An article that says the same as
    another is named and not drafted (bot add SOURCE --again). Nothing that nobody approved is
    published, unless BOT_AUTO_APPROVE=clean approved it.

    \b
    --dry-run sends nothing and needs no key. It keeps what it drafts for
    review, and shows every post that waits. Without a SOURCE and without
    an article it takes the built-in sample, which is never published.

    \b
    Exit codes: 0 ok (waiting for approval is ok) · 1 something failed
                2 usage · 3 a post shown has a hold
                4 approved and due, but credentials are missing
                130 interrupted (Ctrl-C ends it after what is at hand)
    """
    common.check_sources(source, url)
    bot = common.open_bot()
    common.say_stale(bot)
    draft.choose(bot.settings, drafter)  # a model without a key is told before an article is touched
    codes: list[int] = []
    with worker.stopping() as stop:
        done = pipeline.run(
            bot, source, tell=teller(codes), dry_run=dry_run, sample=dry_run and not source, url=url, drafter=drafter,
            stdin=common.standard_input(), progress=common.bars, stopping=stop, sleep=stop.wait,
        )
    _left_out(bot, done, as_json)
    codes.append(_preview(bot, as_json) if dry_run else _show(bot, done, as_json))
    return INTERRUPTED if stop() else worst(codes)


def _left_out(bot: Bot, done: pipeline.Pass, as_json: bool) -> None:
    """Each article that is not drafted because it says the same as another: a line, and as JSON the article."""
    objects = []
    with bot.store.read() as session:
        for number in done.duplicates:
            row = session.get_one(models.Article, number)
            objects.append(views.article(row))
            alike = (row.reason or "").partition(" (only ")[0]  # the words that differ are in `bot articles`
            common.say(screen.one_line(f"article {number} is not drafted: it is {alike}. If it is to be all the same: bot add SOURCE --again"))
    common.emit(as_json, [], objects)


def _preview(bot: Bot, as_json: bool) -> int:
    """Every post that may still go out, article by article."""
    objects: list[object] = []
    lines: list[str] = []
    codes: list[int] = []
    ids = common.readable(bot, actions.listed(bot), codes)
    with bot.store.read() as session:
        rows = [post for post in (posts.get(session, number) for number in ids) if post.state in WAITING]
        held = any(common.holds(bot, post) for post in rows)
        sample = bool(rows) and all(post.article.sample for post in rows)
        for of_one in preview.by_article(rows):
            if as_json:
                objects += [views.post(session, post, bot.platform) for post in preview.in_order(bot, of_one)]
            else:
                lines += ["", *preview.article(bot, session, of_one[0].article, of_one, saved=True)]
        lines += _footer(rows, sample) if rows else ["Nothing waits. Give it a SOURCE: bot run --dry-run FILE-or-URL"]
    common.emit(as_json, lines[1:] if rows else lines, objects)
    return worst([*codes, 3 if held else 0])


def _footer(rows: Sequence[models.Post], sample: bool) -> list[str]:
    if sample:
        return [
            preview.cost_line(rows, saved=True, sent="nothing sent; the sample never will be"),
            "Now yours: bot run --dry-run FILE-or-URL    What is missing: bot doctor",
        ]
    approved = sum(post.state != State.IN_REVIEW for post in rows)
    waiting = len(rows) - approved
    told = [f"{screen.counted(waiting, 'waits', 'wait')} for approval" if waiting else "", f"{approved} approved" if approved else ""]
    return [
        preview.cost_line(rows, saved=True), f"{', '.join(part for part in told if part)}. "
        + ("Judge them: bot review" if waiting else "Send what is due: bot publish"),
    ]


def _show(bot: Bot, done: pipeline.Pass, as_json: bool) -> int:
    """A line for each post made or worked on, and what is to be done next."""
    codes = []
    fresh = [number for number in done.made if number not in done.tried]
    objects, lines = [], []
    with bot.store.read() as session:
        for number in fresh:
            post = posts.get(session, number)
            codes.append(3 if common.holds(bot, post) else 0)
            lines.append(common.post_line(bot, post, screen.columns()))
            if as_json:
                objects.append(views.post(session, post, bot.platform))
    common.emit(as_json, lines, objects)
    codes.append(show_published(bot, done.tried, as_json))
    codes.append(undeliverable(bot))
    _next(bot)
    return worst(codes)


def _next(bot: Bot) -> None:
    """What waits, and for whom."""
    with bot.store.read() as session:
        waiting, approved, going = views.waiting(session)
    if waiting:
        common.say(f"{screen.counted(waiting, 'post waits', 'posts wait')} for approval: bot review")
    if approved:
        common.say(f"{len(approved)} approved, the next goes out {moments.soon(bot, approved[0][0])}: bot publish, or bot worker")
    if going:
        common.say(f"{screen.counted(len(going), 'post is', 'posts are')} on the way, the next goes on {moments.soon(bot, going[0][0])}: bot publish, or bot worker")
    if not waiting and not approved and not going:
        common.say("Nothing waits.")
    preview_only = [name for name, account in bot.accounts.items() if not account.ready]
    if preview_only and len(preview_only) == len(bot.accounts):
        common.say("Nothing can be published: no credentials are set (bot accounts names them).")
