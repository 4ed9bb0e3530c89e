"""Runs one case of the fault matrix, from an approved post to rest, and judges it by what really stands on the server."""

from __future__ import annotations

import io
import itertools
import secrets
import time as clock
from dataclasses import dataclass

from PIL import Image as Picture

from bot import rescue
from bot.accounts import Account
from bot.platforms.seal import seal
from bot.store.db import Store
from bot.values import Image
from tests.integration.bluesky_world import forged
from tests.matrix import expected
from tests.matrix.cases import Case
from tests.matrix.moved import Moved
from tests.matrix.places import BlueskyPlace, Place, XPlace, login_tokens
from tests.matrix.road import Stone
from tests.matrix.world import Verdict, World, wiped
from tests.servers.pds import BlueskyLogin, Pds
from tests.servers.proxy import Proxy
from tests.servers.x import XServer

_WORDS = (
    "The ferry & the harbor: 41% more riders <since May>", "“Free for everyone”, see https://example.com/ferry?a=1&b=2 🙂", "It goes on\n\nuntil May 14.",
)


@dataclass
class Berth:
    """What a thread keeps from case to case, because making it takes long: an open database, and an account on each platform."""

    store: Store
    x: XServer
    pds: Pds | None = None
    proxy: Proxy | None = None
    account: Account | None = None
    login: BlueskyLogin | None = None
    session: str | None = None

    def place(self, case: Case, time: Moved) -> Place:
        """The account of this case, as if nothing had ever happened on it."""
        if self.account is not None and self.account.platform != case.platform:
            self.account = None
        made = self._on_x(case, time) if case.platform == "x" else self._on_bluesky(case, time)
        self.account = made.account
        return made

    def _on_x(self, case: Case, time: Moved) -> Place:
        state = self.x.state
        state.posted.clear()
        state.deleted.clear()
        self.x.received.clear()
        state.lag, state.read_access, state.duplicate_filter = case.lag, case.reads, case.filtered
        for user in state.accounts:
            user.writes.clear()
        return XPlace(self.x, time, looks=case.looks, user=state.accounts[0] if state.accounts else None, account=self.account)

    def _on_bluesky(self, case: Case, time: Moved) -> Place:
        assert self.pds is not None
        assert self.proxy is not None
        self.login = self.login or self.pds.create_account()
        self.proxy.forget()
        session = None
        if case.session == "good":
            session = self.session = self.session or self._sealed(*login_tokens(self.pds, self.login))
        elif case.session == "old":
            session = self._sealed(forged(self.login, clock.time() - 60), login_tokens(self.pds, self.login)[1])
        place = BlueskyPlace(self.pds, self.proxy, self.login, time, session=session, account=self.account)
        if case.method:
            place.methods = dict.fromkeys(place.methods, case.method)
        return place

    def _sealed(self, access: str, refresh: str) -> str:
        assert self.login is not None
        assert self.proxy is not None
        session = ":::".join((self.login.handle, self.login.did, access, refresh, self.proxy.url))
        return seal(session, password=self.login.password, context=f"{self.proxy.url} {self.login.handle}")


_numbers = itertools.count()


def thumbnail() -> Image:
    """A picture for a card."""
    buffer = io.BytesIO()
    Picture.new("RGB", (60, 30), (10, 90, 200)).save(buffer, "JPEG")
    return Image(mime="image/jpeg", width=60, height=30, data=buffer.getvalue())


def run(case: Case, berth: Berth) -> Verdict:
    """Play the case."""
    moved, tag = Moved(), f"{next(_numbers)}-{secrets.token_hex(3)}"
    place = berth.place(case, moved)
    resend = "after_readback" if case.resend else "off"
    world = World(wiped(berth.store), [place], moved, identified=case.verified, x_resend=resend, segment_pause=case.pause)
    with world.living():
        texts = [f"{tag}-{index} {_WORDS[index]}" for index in range(case.segments)]
        post = world.post(place.account.name, *texts, card=thumbnail() if case.card else None)
        if case.company:
            world.post(place.account.name, f"{tag}-z the next in the queue")
        verdict = _played(case, world, place, post)
    if isinstance(place, BlueskyPlace) and case.session == "good":
        berth.session = place.session
    for lines in (verdict.duplicates, verdict.lost, verdict.wrong):
        lines[:] = [f"{case.shown}: {line}" for line in lines]
    return verdict


def _played(case: Case, world: World, place: Place, post: int) -> Verdict:
    verdict = Verdict()
    pending = list(case.meetings)
    if case.unwinds:
        world.drive()
        rescue.unwind(world.bot, post)

    def met() -> None:
        stone = place.road.halted
        meeting = next(one for one in pending if (one.call, one.nth) == (stone.call, stone.nth))  # type: ignore[union-attr]
        pending.remove(meeting)
        should = expected.state(meeting.table, meeting.fault, part_out=meeting.part_out)
        reached = world.where(post)
        if reached != should:
            verdict.wrong.append(f"after {meeting.fault} it is {reached!r}, not {should!r}")

    place.road.lay(*(Stone(one.call, one.nth, case.faults[one.fault]) for one in pending))
    for _ in range(4):
        if not world.drive(met):
            verdict.wrong.append(f"it never comes to rest: {world.where(post)}")
            return verdict
        verdict.add(world.judge())
        if case.unwinds and not world.where(post).startswith("withdrawn"):
            rescue.unwind(world.bot, post)
        elif not world.mend():
            break
    end = world.where(post).split()[0]
    if end != ("withdrawn" if case.unwinds else "published"):
        verdict.wrong.append(f"mended, it ends {end}")
    if any(one.certain for one in pending):
        verdict.wrong.append("the call that was to fail was never made")
    for lines in (verdict.duplicates, verdict.lost, verdict.wrong):
        lines[:] = dict.fromkeys(lines)
    return verdict
