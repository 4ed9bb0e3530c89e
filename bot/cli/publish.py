"""`bot publish` and `bot resolve`: send what is approved and due; settle what may or may not be out."""

from __future__ import annotations

from collections.abc import Sequence

import click

from bot import actions, clock, pipeline, views
from bot.cli import common, each, preview, screen, worst
from bot.context import Bot
from bot.errors import ConfigError, StateError, UsageError
from bot.store import accounts, deliveries, models, posts
from bot.store.states import State


@click.command("publish")
@common.post_argument(required=False)
@click.option("--dry-run", is_flag=True, help="Show what would be sent; send nothing.")
@common.as_json
def publish_command(post: tuple[int, ...], dry_run: bool, as_json: bool) -> int:
    """Publish these posts now; without POST, all that is approved and due.

    Never what nobody approved, never before the grace time, never twice:
    what may be out already waits for you (`bot resolve`).

    \b
    Exit codes: 0 ok · 1 something was not sent · 2 usage · 3 a hold
                4 the account's credentials are missing
    """
    bot = common.open_bot()
    codes = [each(post, lambda number: _may_go(bot, number, dry_run))] if post else []
    if dry_run:
        return worst([*codes, _dry_run(bot, post, as_json)])
    due = _due(bot, post or None)
    troubles: list[int] = []
    done = pipeline.publish_due(bot, post or None, tell=common.teller(troubles))
    codes += troubles
    codes.append(show_published(bot, done, as_json))
    if not post:
        codes.append(undeliverable(bot))
    # Due, on an account that is ready, and yet nothing came of it: say where each of these stands now.
    left = [number for number in due if number not in done]
    codes.append(each(left, lambda number: _left(bot, number, bool(troubles))))
    if not due and not post:
        _next(bot)
    return worst(codes)


def show_published(bot: Bot, done: Sequence[int], as_json: bool) -> int:
    """A line for each post that was worked on: its state, and its address or what to do."""
    failed = []
    lines: list[str] = []
    objects: list[object] = []
    with bot.store.read() as session:
        for number in done:
            row = posts.get(session, number)
            if row.state != State.PUBLISHED:
                failed.append(f"post {number} is {common.state(row)}, not published")
            lines.append(f"#{row.id}  {common.where(row)}  {common.state(row)}  {screen.one_line(_fate(bot, row))}")
            if as_json:
                objects.append(views.post(session, row, bot.platform))
    for line in [] if as_json else lines:
        click.echo(line)
    for thing in objects:
        common.print_json(thing)
    for line in failed:
        common.say(f"error: {line}.")
    return 1 if failed else 0


def undeliverable(bot: Bot) -> int:
    """Say which accounts have posts due that can not be sent: without credentials (4), or paused (1)."""
    with bot.store.read() as session:
        now = clock.now(session)
        told = []
        for account_id, ids in deliveries.due(session, now).items():
            row = session.get_one(models.Account, account_id)
            lacking = common.unready(bot, row.name)
            count = f"{screen.counted(len(ids), 'post is', 'posts are')} due, but"
            if lacking:
                told.append((f"error: {count} {lacking}.", 4))
            elif accounts.paused(row, now):
                told.append((f"error: {count} account {row.name} is paused: {row.paused_reason}. Then: bot unpause {row.name}", 1))
    for text, _ in told:
        common.say(text)
    return worst(code for _, code in told)


def _may_go(bot: Bot, number: int, dry_run: bool) -> None:
    """Raises what stands in the way of publishing this post now."""
    with bot.store.read() as session:
        row = posts.get(session, number)
        now = clock.now(session)
        if row.state == State.IN_REVIEW:
            raise StateError(f"post {number} is not approved: bot approve {number}")
        if row.state == State.UNCERTAIN:
            raise StateError(f"post {number} may or may not be out: look, then bot resolve {number} --sent ID, or --not-sent")
        if row.state not in (State.APPROVED, State.PUBLISHING):
            raise StateError(f"post {number} is {row.state}; only an approved post can be published.")
        lacking = common.unready(bot, row.account.name)
        if dry_run:
            return
        if lacking:
            raise ConfigError(f"post {number}: {lacking}.")
        if accounts.paused(row.account, now):
            raise StateError(f"post {number}: account {row.account.name} is paused: {row.account.paused_reason}. Then: bot unpause {row.account.name}")
        if row.due_at is not None and row.due_at > now:
            raise StateError(f"post {number} goes out {common.soon(bot, row.due_at)}, not sooner; until then bot unapprove {number} takes it back.")


def _due(bot: Bot, only: Sequence[int] | None) -> list[int]:
    """What is due on accounts that can publish."""
    with bot.store.read() as session:
        now = clock.now(session)
        found: list[int] = []
        for account_id, ids in deliveries.due(session, now, only).items():
            row = session.get_one(models.Account, account_id)
            if common.unready(bot, row.name) is None and not accounts.paused(row, now):
                found += ids
        return found


def _left(bot: Bot, number: int, troubled: bool) -> int:
    with bot.store.read() as session:
        row = posts.get(session, number)
        held = views.open_holds(row)
        if held:
            common.say(f"error: post {number} was not sent: {held[0].code}: {held[0].detail}")
            return 3
        if row.state == State.PUBLISHED:
            return 0
        if row.state not in (State.APPROVED, State.PUBLISHING):
            raise StateError(f"post {number} is {row.state}, and was not sent: bot show {number}")
        if not troubled:
            raise StateError(f"post {number} was not sent now: another worker is busy with its account. Try again in a minute.")
        return 1


def _fate(bot: Bot, row: models.Post) -> str:
    urls = [remote.url for delivery in row.revision.deliveries for remote in delivery.remote]
    if row.state == State.PUBLISHED:
        return urls[0] if urls else ""
    detail = next((delivery.detail for delivery in reversed(row.revision.deliveries) if delivery.detail), "")
    if row.state == State.UNCERTAIN:
        return f"it may be out ({detail}): look, then bot resolve {row.id} --sent ID, or --not-sent"
    again = f" (again {common.soon(bot, row.due_at)})" if row.due_at and row.state in (State.APPROVED, State.PUBLISHING) else ""
    return f"{detail}{again}" or f"bot show {row.id}"


def _next(bot: Bot) -> None:
    with bot.store.read() as session:
        rows = [posts.get(session, number) for number in posts.listed(session, State.APPROVED)]
        dues = [(row.due_at, row.id) for row in rows if row.due_at is not None and row.due_at > clock.now(session)]
        reviewable = [number for number in posts.listed(session, State.IN_REVIEW) if not posts.get(session, number).article.sample]
    if dues:
        when, number = min(dues)
        common.say(f"Nothing is due. Post {number} goes out {common.soon(bot, when)}.")
    else:
        waiting = f" {screen.counted(len(reviewable), 'post waits', 'posts wait')} for approval: bot review" if reviewable else ""
        common.say("Nothing is approved and due." + waiting)


def _dry_run(bot: Bot, named: Sequence[int], as_json: bool) -> int:
    """The posts as they would be sent: the named ones, else all that is due."""
    lines: list[str] = []
    objects: list[object] = []
    held = False
    with bot.store.read() as session:
        ids = [number for number in named if session.get(models.Post, number)]
        if not named:
            ids = [number for of_one in deliveries.due(session, clock.now(session)).values() for number in of_one]
        rows = [posts.get(session, number) for number in ids]
        for row in rows:
            held = held or bool(views.open_holds(row))
            if as_json:
                objects.append(views.post(session, row, bot.platform))
        by_article: dict[int, list[models.Post]] = {}
        for row in rows:
            by_article.setdefault(row.article_id, []).append(row)
        for of_one in by_article.values():
            lines += [*preview.article(bot, session, of_one[0].article, of_one, saved=True), ""]
        lines.append(f"Dry run: nothing sent. {screen.counted(len(rows), 'post')} shown.")
    for thing in objects:
        common.print_json(thing)
    if not as_json:
        click.echo("\n".join(lines))
    return 3 if held else 0


@click.command("resolve")
@common.post_argument(many=False)
@click.option("--sent", metavar="ID", help="It is out: the id or address under which you found it.")
@click.option("--not-sent", is_flag=True, help="It is not out; it goes out again after the grace time.")
def resolve_command(post: int, sent: str | None, not_sent: bool) -> int:
    """Say what became of an uncertain post, after you looked on the platform.

    A write without a clear answer is never sent again by itself. Look at
    the account, then say which it was. Sends nothing itself.

    \b
    Exit codes: 0 ok · 1 the post is not uncertain · 2 usage
    """
    if (sent is None) == (not not_sent):
        raise UsageError("say which: --sent ID, or --not-sent.")
    bot = common.open_bot()
    state = actions.resolve(bot, post, sent=sent)
    with bot.store.read() as session:
        due = posts.get(session, post).due_at
    more = f", goes out {common.soon(bot, due)}" if due and state in (State.APPROVED, State.PUBLISHING) else ""
    click.echo(f"post {post} is {state}{more}.")
    return 0
