"""What became of a post: the words that `publish`, `run`, `worker` and `show` have for a delivery, and for the whole."""

from __future__ import annotations

from bot import standing
from bot.cli import common, moments, screen
from bot.context import Bot
from bot.store import models, posts
from bot.store.states import DeliveryState, State


def line(bot: Bot, row: models.Post) -> str:
    """`#1  X · short  published  https://…`: where it stands now, and its address or what is to be done."""
    return f"#{row.id}  {common.where(row)}  {common.state(row)}  {screen.one_line(words(bot, row))}"


def of(bot: Bot, number: int) -> str:
    """The same of a post that may be unreadable by now. Raises StoreError when it is."""
    with bot.store.read() as session, common.reading(f"post {number}"):
        return line(bot, posts.get(session, number))


def words(bot: Bot, row: models.Post) -> str:
    """An address for what is out; for anything else why it is not, when it goes on, and what a person can do."""
    working = common.under_way(bot, row)
    if working:
        return working if row.unwind_at else f"{working}: nothing to do"
    if row.state == State.PUBLISHED:
        return next((remote.url for delivery in row.revision.deliveries for remote in delivery.remote), "")
    detail = moments.localized(bot, next((delivery.detail for delivery in reversed(row.revision.deliveries) if delivery.detail), ""))
    if row.state == State.UNCERTAIN:
        return f"it may be out{f' ({detail})' if detail else ''}: look, then bot resolve {row.id} --sent ID, or --not-sent"
    if row.state == State.STOPPED:
        return f"{standing.part_out(row)}{f' ({detail})' if detail else ''}: {standing.ways_on(row)}"
    if row.state == State.FAILED:
        return f"refused{f': {detail}' if detail else ''}. Once that is mended: bot retry {row.id}"
    if row.state in (State.APPROVED, State.PUBLISHING) and row.due_at:
        part = standing.part_out(row) if any(one.state == DeliveryState.SENT for one in row.revision.deliveries) else "not sent yet"
        return f"{part}{f' ({detail})' if detail else ''}; it goes on {moments.soon(bot, row.due_at)}"
    held = standing.open_holds(row)
    if held:
        return f"HOLD {held[0].code}: {held[0].detail}"
    why = row.events[-1].why if row.events else None
    return moments.localized(bot, why) if why else f"bot show {row.id}"


def trouble(row: models.Post) -> str | None:
    """Why a post that was worked on counts as not done; None when it is published or taken down."""
    if row.state in (State.PUBLISHED, State.WITHDRAWN) and row.unwind_at is None:
        return None
    if row.unwind_at is not None:
        return f"post {row.id} is not taken down yet"
    if standing.looked_for(row) is not None:
        return f"it is not known yet whether post {row.id} is out"
    if row.state == State.UNCERTAIN:
        return f"post {row.id} may or may not be out"
    if row.state == State.STOPPED:
        return f"post {row.id} stopped, and is out in part"
    if row.state == State.PUBLISHING:
        return f"post {row.id} is not all out yet"
    return f"post {row.id} is {common.state(row)}, not published"


def delivery(bot: Bot, row: models.Post, one: models.Delivery) -> list[str]:
    """Its lines on the page of its post: state, when it is looked for next, addresses, and what was deleted."""
    head = f"delivery {one.position + 1} {one.state}"
    if one.look_at is not None:
        told = f"it may be out; looked for again {moments.soon(bot, one.look_at)}{_which_look(bot, row, one)}"
    elif one.state == DeliveryState.UNKNOWN:
        told = "it may be out"
    else:
        told = ""
    detail = moments.localized(bot, one.detail) if one.detail else ""
    said = ": ".join(part for part in (told, detail) if part)
    addresses = [f"{remote.url}{' (deleted)' if remote.deleted else ''}" for remote in one.remote]
    if not addresses:
        return [f"{head}  {said}".rstrip()]
    return [f"{head}  {addresses[0]}", *(f"    {address}" for address in addresses[1:]), *([f"    {said}"] if said else [])]


def _which_look(bot: Bot, row: models.Post, one: models.Delivery) -> str:
    platform = bot.platform(row.account.name)
    looks = len(platform.looks) if platform else 0
    return f", look {one.looks + 1} of {looks}" if one.looks < looks and looks > 1 else ""
