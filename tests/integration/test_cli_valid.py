"""What `bot show` says can be done with a post: each command that it names is taken, each other one is refused, in every state."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot import actions, clock, correcting, pipeline, rescue, standing, views
from bot.context import Bot
from bot.errors import BotError
from bot.store import db, posts
from bot.store.states import State
from bot.values import Cause, Hold, HoldCode, Outcome, OutcomeKind
from tests.publishing import GRACE, NOT_SENT, REFUSED, UNKNOWN, Time, World, time  # noqa: F401

SENT = Outcome(kind=OutcomeKind.SENT)
NAMES = [f"account{number}" for number in range(13)]
PART = ("one", "two", "three")


@pytest.fixture
def world(tmp_path: Path, time: Time) -> Iterator[World]:  # noqa: F811
    """One account on a fake for each command, so that each meets the state as it was made."""
    db.upgrade(f"sqlite:///{tmp_path / 'valid.db'}")
    with db.open_store(f"sqlite:///{tmp_path / 'valid.db'}") as store:
        made = World(store, time)
        made.fakes.clear()
        for name in NAMES:
            made.fakes[name] = type(made.fake)()
        yield made


def made(world: World, *texts: str) -> list[int]:
    return [world.make(*(f"{text} {name}" for text in texts or ("one",)), account=name) for name in NAMES]


def approved(world: World, *texts: str) -> list[int]:
    ids = made(world, *texts)
    for post in ids:
        world.approve(post)
    return ids


def sent(world: World, *answers: Outcome | None, texts: tuple[str, ...] = ("one",), looks: tuple[float, ...] = ()) -> list[int]:
    """Approved, due, and tried: the platform gave these answers (None: the true one)."""
    ids = approved(world, *texts)
    for fake in world.fakes.values():
        fake.looks = looks
        fake.answers = list(answers)  # type: ignore[arg-type]
    world.time.pass_(GRACE)
    world.go()
    return ids


def each(world: World, ids: list[int], act: Callable[[Bot, int], object]) -> list[int]:
    for post in ids:
        act(world.bot, post)
    return ids


def held(world: World) -> list[int]:
    ids = made(world)
    for post in ids:
        world.change(post, lambda row: posts.add_hold(row, Hold(code=HoldCode.BANNED_WORDS, detail="wow")))
    return ids


def paused(world: World) -> list[int]:
    ids = approved(world)
    world.time.pass_(GRACE)
    for name in NAMES:
        rescue.pause(world.bot, name)
    return ids


def behind_another(world: World) -> list[int]:
    """Due, but the account waits until it is known whether another post is out."""
    sent(world, UNKNOWN, looks=(600,))
    ids = approved(world, "two")
    world.time.pass_(GRACE)
    return ids


def gone(world: World, ids: list[int]) -> list[int]:
    """Their accounts are not in the configuration any more."""
    world.fakes.clear()
    return ids


def missed(world: World) -> list[int]:
    ids = made(world)
    for post in ids:
        world.approve(post, expires_at=clock.now() + GRACE)
    world.time.pass_(2 * GRACE)
    world.go()
    return ids


def alerted(world: World, ids: list[int]) -> list[int]:
    """The pages of their articles say something else now."""
    for post in ids:
        world.change(post, lambda row: (setattr(row.article, "alert_at", clock.now()), setattr(row.article, "alert_kind", "changed")))
    return ids


def unwinding(world: World, ids: list[int], *deletes: Outcome, finds: tuple[Outcome, ...] = ()) -> list[int]:
    """To be taken down; the platform gave these answers to deletions."""
    each(world, ids, rescue.unwind)
    for fake in world.fakes.values():
        fake.deletes, fake.finds = list(deletes), list(finds)
    pipeline.publish_due(world.bot, tell=lambda where, error: None)
    return ids


STATES: dict[str, Callable[[World], list[int]]] = {
    "in review": made,
    "in review, with a hold": held,
    "in review, account gone": lambda world: gone(world, made(world)),
    "approved": approved,
    "approved, account gone": lambda world: gone(world, approved(world)),
    "approved, due": lambda world: [*approved(world), world.time.pass_(GRACE)][:-1],  # type: ignore[list-item]
    "approved, due, account paused": paused,
    "approved, due, account busy looking": behind_another,
    "approved, tried, again later": lambda world: sent(world, NOT_SENT.model_copy(update={"retry_at": clock.now() + timedelta(hours=1)})),
    "publishing, part out, again later": lambda world: sent(
        world, None, NOT_SENT.model_copy(update={"retry_at": clock.now() + timedelta(hours=1)}), texts=PART),
    "publishing, to be looked for": lambda world: sent(world, UNKNOWN, looks=(600,)),
    "publishing, look due": lambda world: [*sent(world, UNKNOWN, looks=(600,)), world.time.pass_(600)][:-1],  # type: ignore[list-item]
    "published": lambda world: sent(world),
    "published, article changed": lambda world: alerted(world, sent(world)),
    "stopped, article changed": lambda world: alerted(world, sent(world, None, REFUSED, texts=PART)),
    "in review, article changed": lambda world: alerted(world, made(world)),
    "failed": lambda world: sent(world, REFUSED),
    "failed, account gone": lambda world: gone(world, sent(world, REFUSED)),
    "stopped": lambda world: sent(world, None, REFUSED, texts=PART),
    "stopped, replies refused": lambda world: sent(world, None, REFUSED.model_copy(update={"cause": Cause.REPLIES}), texts=PART),
    "stopped, account gone": lambda world: gone(world, sent(world, None, REFUSED, texts=PART)),
    "uncertain": lambda world: sent(world, UNKNOWN),
    "uncertain, part out": lambda world: sent(world, None, UNKNOWN, texts=PART),
    "uncertain, account gone": lambda world: gone(world, sent(world, UNKNOWN)),
    "missed": missed,
    "rejected": lambda world: each(world, made(world), lambda bot, post: actions.reject(bot, post, "dull")),
    "cancelled": lambda world: each(world, made(world), actions.cancel),
    "abandoned": lambda world: each(world, sent(world, None, REFUSED, texts=PART), rescue.abandon),
    "withdrawn": lambda world: unwinding(world, sent(world)),
    "being taken down": lambda world: unwinding(world, sent(world, texts=PART), NOT_SENT),
    "being taken down, was stopped": lambda world: unwinding(world, sent(world, None, REFUSED, texts=PART), NOT_SENT),
    "being taken down, was uncertain": lambda world: unwinding(world, sent(world, UNKNOWN), finds=(UNKNOWN,)),
    "not to be taken down": lambda world: unwinding(world, sent(world), REFUSED),
    "not to be taken down, was uncertain": lambda world: unwinding(world, sent(world, UNKNOWN), REFUSED),
    "not to be taken down, was uncertain, part out": lambda world: unwinding(world, sent(world, None, UNKNOWN, texts=PART), REFUSED),
    "stopped, deleted in part": lambda world: unwinding(world, sent(world, None, None, REFUSED, texts=PART), SENT, REFUSED),
    "not to be told whether it is out": lambda world: unwinding(world, sent(world, UNKNOWN), finds=(REFUSED,)),
}


def _approve(bot: Bot, post: int, command: str | None) -> object:
    return actions.approve(bot, post, override=re.findall(r"--override (\w+)", command or ""), reason="r")


def _edit(bot: Bot, post: int, _: str | None) -> object:
    with bot.store.read() as session:
        count = len(posts.get(session, post).revision.content.segments)
    return actions.edit(bot, post, "\n---\n".join(["other words"] * count))


def _publish(bot: Bot, post: int, _: str | None) -> None:
    with bot.store.read() as session:
        row = posts.get(session, post)
        obstacle = standing.between(row, bot.accounts.get(row.account.name), clock.now(session))
    done = pipeline.publish_due(bot, [post], tell=lambda where, error: None)
    if obstacle is not None:
        with bot.store.read() as session:
            now_out = posts.get(session, post).state == State.PUBLISHED
        assert not (done and now_out), f"it went out, and yet was said not to: {obstacle.told}"
        raise obstacle.error()
    assert done == [post]


COMMANDS: dict[str, Callable[[Bot, int, str | None], object]] = {
    "approve": _approve,
    "edit": _edit,
    "unapprove": lambda bot, post, _: actions.unapprove(bot, post),
    "reject": lambda bot, post, _: actions.reject(bot, post, "dull"),
    "cancel": lambda bot, post, _: actions.cancel(bot, post),
    "publish": _publish,
    "retry": lambda bot, post, _: rescue.retry(bot, post),
    "resolve --sent": lambda bot, post, _: rescue.resolve(bot, post, sent="77"),
    "resolve --not-sent": lambda bot, post, _: rescue.resolve(bot, post, sent=None),
    "resume": lambda bot, post, _: rescue.resume(bot, post),
    "abandon": lambda bot, post, _: rescue.abandon(bot, post),
    "unwind": lambda bot, post, _: rescue.unwind(bot, post),
    "correct": lambda bot, post, _: correcting.dismiss(bot, post, "a typo"),
}


ENDS = (State.WITHDRAWN, State.REJECTED, State.CANCELLED)
"""Nothing can be done any more."""


def _named(command: str) -> str:
    """The key in COMMANDS of a command as it is shown."""
    verb = command.split()[1]
    return verb + ("" if verb != "resolve" else " --sent" if "--sent" in command else " --not-sent")


@pytest.mark.parametrize("state", STATES)
def test_what_is_said_to_be_valid_is_taken_and_what_is_not_is_refused(world: World, state: str) -> None:
    ids = STATES[state](world)
    bot = world.bot
    wrong = []
    with world.store.read() as session:
        row = posts.get(session, ids[0])
        assert state.startswith(("being", "not to be", str(row.state).replace("_", " ")))
        configured = bot.accounts.get(row.account.name)
        waits = standing.between(row, configured, clock.now(session))
        assert views.valid(row, configured, clock.now(session)) or row.state in ENDS or (waits is not None and waits.until is not None)
    for (name, act), post in zip(COMMANDS.items(), ids, strict=True):
        with world.store.read() as session:
            row = posts.get(session, post)
            valid = {_named(one): one for one in views.valid(row, bot.accounts.get(row.account.name), clock.now(session)) if " unpause " not in one}
        assert set(valid) <= set(COMMANDS)
        try:
            act(bot, post, valid.get(name))
            taken = True
        except BotError:
            taken = False
        if taken != (name in valid):
            wrong.append((name, "taken" if taken else "refused"))
    assert not wrong, wrong


def test_a_paused_account_s_post_names_the_command_that_ends_the_pause(world: World) -> None:
    post = paused(world)[0]
    with world.store.read() as session:
        row = posts.get(session, post)
        valid = views.valid(row, world.bot.accounts[row.account.name], clock.now(session))
    assert valid[-1] == f"bot unpause {row.account.name}"


@pytest.mark.parametrize(("texts", "end"), [(("one",), State.PUBLISHED), (PART, State.STOPPED)])
def test_a_post_that_could_not_be_taken_down_and_was_found_is_uncertain_no_more(world: World, texts: tuple[str, ...], end: State) -> None:
    answers = (UNKNOWN,) if len(texts) == 1 else (None, UNKNOWN)
    assert world.state(unwinding(world, sent(world, *answers, texts=texts), REFUSED)[0]) == end
