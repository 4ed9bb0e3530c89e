"""The cases of the fault matrix: which call fails how, in which post, under which circumstances."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from tests.matrix import expected
from tests.matrix.expected import Table
from tests.servers import proxy_faults, x_faults
from tests.servers.x_faults import Fault

ACCEPTED, UNACCEPTED = "close-after-accept", "close-before-accept"
"""The faults that lead to a look: the post is out, and it is not."""
LAG, LONG_LAG = 18.0, 400.0
"""Seconds that X's timeline lags: beyond the first look, and beyond the last. A parent shows as late: the pause must be longer."""

X: dict[str, Fault | None] = {"refused": None, **x_faults.FAULTS}
BLUESKY: dict[str, Fault | None] = {
    "refused": None, **{name: fault for name, fault in proxy_faults.FAULTS.items() if not name.startswith(("502", "504"))},
}
SOME = (
    "close-before-accept", "close-after-accept", "reset-after-accept", "hang", "drip", "truncated", "bad-json", "empty-200", "no-data",
    "redirect", "408", "408-accepted", "500-json", "500-json-accepted", "503-html", "503-html-accepted", "500-list-accepted",
)
"""Faults after which X may have the post, one of each sort."""
READS = tuple(name for name in X if not name.endswith("-accepted"))
"""Faults of calls that change nothing: there accepted and not accepted are one."""
BLUESKY_READS = tuple(name for name in BLUESKY if not name.endswith("-accepted"))
X_GONE = {"404-gone": replace(x_faults.FAULTS["404"], accepts=True)}
BLUESKY_GONE = {"400-gone": proxy_faults.said(400, "RecordNotFound", "Could not locate record", accepts=True)}


@dataclass(frozen=True)
class Meeting:
    """One fault and what it must lead to."""

    call: str
    """A method of the adapter."""
    nth: int
    fault: str
    table: Table
    part_out: bool = False
    certain: bool = True
    """False: where an earlier fault already settled the matter this one is never met."""


@dataclass(frozen=True)
class Case:
    """One run: a post of so many segments, and the faults it meets."""

    row: str
    """The call, as the table shows it."""
    platform: str
    segments: int
    meetings: tuple[Meeting, ...]
    faults: dict[str, Fault | None]
    method: str = ""
    """The XRPC method that fails."""
    resend: bool = True
    lag: float = 0.0
    pause: float = 3.0
    """Seconds between segments (BOT_SEGMENT_PAUSE)."""
    reads: bool = True
    looks: tuple[float, ...] = (15.0, 60.0, 300.0)
    filtered: bool = False
    """X's duplicate filter is on."""
    unwinds: bool = False
    card: bool = False
    session: str = "good"
    """Bluesky: `good`, `none` (log in), `old` (refresh)."""
    company: bool = False
    """A second post waits on the same account."""
    verified: bool = True
    """False: whose the account is must be asked first."""

    @property
    def shown(self) -> str:
        met = ", ".join(f"{meeting.fault} at {meeting.call} {meeting.nth + 1}" for meeting in self.meetings)
        return f"{self.row}: {met}, {self.segments} segment(s)"


POSITIONS = ((1, 0), (3, 0), (3, 1), (3, 2))
"""Segments, and which of them fails: a short post; first, middle and last of a thread."""


def _create(row: str, fault: str, segments: int, nth: int, **more: object) -> Case:
    table = expected.X_CREATE if more.get("looks", True) else expected.X_CREATE_BLIND
    return Case(row, "x", segments, (Meeting("send", nth, fault, table, nth > 0),), X, **more)  # type: ignore[arg-type]


def x_create() -> Iterator[Case]:
    for segments, nth in POSITIONS:
        for fault in X:
            yield _create("X create", fault, segments, nth, company=nth == 1)


def x_create_otherwise() -> Iterator[Case]:
    for turn, fault in enumerate(SOME):
        for number, (row, other) in enumerate({
            "X create, resend off": {"resend": False}, "X create, timeline lags 18 s": {"lag": LAG, "pause": LAG + 1}, "X create, no read access": {"reads": False},
            "X create, duplicate filter on": {"filtered": True}, "X create, no looks": {"looks": ()},
        }.items()):
            segments, nth = ((1, 0), (3, 1), (3, 2))[(turn + number) % 3]
            yield _create(row, fault, segments, nth, **other)
    for fault in SOME:
        if X[fault].accepts:  # type: ignore[union-attr]
            yield _create("X create, timeline lags beyond the last look, resend off", fault, 1, 0, resend=False, lag=LONG_LAG)


def x_limit() -> Iterator[Case]:
    """Where the timeline does not tell the truth in any look, a resend doubles: so the program says, and here it shows."""
    for fault in SOME:
        if X[fault].accepts:  # type: ignore[union-attr]
            yield _create("X create, timeline lags beyond the last look (documented limit)", fault, 1, 0, lag=LONG_LAG)


def x_create_twice() -> Iterator[Case]:
    for turn, fault in enumerate(X):
        segments, nth = ((1, 0), (3, 1))[turn % 2]
        yield Case("X create, twice", "x", segments, (
            Meeting("send", nth, fault, expected.X_CREATE, nth > 0),
            Meeting("send", nth + 1, fault, expected.X_CREATE_AGAIN, nth > 0, certain=False),
        ), X)


def x_timeline() -> Iterator[Case]:
    for first in (ACCEPTED, UNACCEPTED):
        made = Meeting("send", 1, first, expected.X_CREATE, True)
        for fault in READS:
            yield Case("X timeline", "x", 2, (made, Meeting("find", 0, fault, expected.X_TIMELINE)), X, company=first == ACCEPTED)
        for fault in ("401", "403", "429", "429-daily", "500-html", "truncated"):
            last = Meeting("find", 2, fault, expected.X_TIMELINE)
            # Until the last look nothing shows, so that it is made whether the post is out or not.
            yield Case("X timeline, last look", "x", 1, (replace(made, nth=0, part_out=False), last), X, lag=100)
            both = (Meeting("find", 0, fault, expected.X_TIMELINE), Meeting("find", 1, fault, expected.X_TIMELINE, certain=False))
            yield Case("X timeline, twice", "x", 2, (made, *both), X)


def x_me() -> Iterator[Case]:
    for fault in READS:
        yield Case("X me", "x", 1, (Meeting("verify", 0, fault, expected.X_ME),), X, verified=False)


def x_delete() -> Iterator[Case]:
    faults = {**{name: fault for name, fault in X.items() if name != "404"}, **X_GONE}
    for nth in range(3):
        for fault in faults if nth == 1 else (*SOME[nth // 2::2], "refused", "400", "401", "404-gone", "429-daily"):
            yield Case("X delete", "x", 3, (Meeting("delete", nth, fault, expected.X_DELETE),), faults, unwinds=True)


def _bluesky(row: str, method: str, call: str, faults: Iterable[str], table: Table, segments: Sequence[int] = (1,), **more: object) -> Iterator[Case]:
    for count in segments:
        for fault in faults:
            yield Case(row, "bluesky", count, (Meeting(call, 0, fault, table),), BLUESKY, method, **more)  # type: ignore[arg-type]


def bluesky_write() -> Iterator[Case]:
    yield from _bluesky("Bluesky applyWrites", "applyWrites", "send", BLUESKY, expected.BLUESKY_WRITE, (1, 3))


def bluesky_write_twice() -> Iterator[Case]:
    for fault in BLUESKY:
        if fault not in ("401", "400-expired-token") and not fault.startswith("503"):
            yield Case("Bluesky applyWrites, twice", "bluesky", 2, (
                Meeting("send", 0, fault, expected.BLUESKY_WRITE), Meeting("send", 1, fault, expected.BLUESKY_WRITE, certain=False),
            ), BLUESKY)


def bluesky_look() -> Iterator[Case]:
    for first, table in ((ACCEPTED, expected.BLUESKY_LOOK_THERE), (UNACCEPTED, expected.BLUESKY_LOOK_ABSENT)):
        made = Meeting("send", 0, first, expected.BLUESKY_WRITE)
        for turn, fault in enumerate(BLUESKY_READS):
            yield Case("Bluesky getRecord", "bluesky", 1 + turn % 2, (made, Meeting("find", 0, fault, table)), BLUESKY)


def bluesky_delete() -> Iterator[Case]:
    faults = {**BLUESKY, **BLUESKY_GONE}
    some = [fault for fault in SOME if fault in faults]
    for nth in range(3):
        for fault in faults if nth == 1 else (*some[nth // 2::2], "refused", "400", "401", "400-gone", "429"):
            yield Case("Bluesky deleteRecord", "bluesky", 3, (Meeting("delete", nth, fault, expected.BLUESKY_DELETE),), faults, unwinds=True)


def bluesky_rest() -> Iterator[Case]:
    usual = [name for name in BLUESKY_READS if name not in ("413", "400-blob-not-found", "409")]
    yield from _bluesky("Bluesky uploadBlob", "uploadBlob", "upload", [*usual, "413"], expected.BLUESKY_UPLOAD, card=True)
    verify, write = expected.BLUESKY_VERIFY, expected.BLUESKY_LOGIN
    yield from _bluesky("Bluesky createSession, first", "createSession", "verify", usual[::2], verify, session="none", verified=False)
    yield from _bluesky("Bluesky createSession, later", "createSession", "send", usual[1::2], write, session="none")
    yield from _bluesky("Bluesky getSession", "getSession", "verify", usual[::3], expected.BLUESKY_WHO, verified=False)
    yield from _bluesky("Bluesky refreshSession", "refreshSession", "send", usual, expected.BLUESKY_REFRESH, session="old")


def on_postgresql() -> Iterator[Case]:
    """A slice of all of it."""
    for turn, case in enumerate((*x_create(), *x_timeline(), *x_delete(), *bluesky_write(), *bluesky_look())):
        if turn % 16 == 0:
            yield replace(case, row=f"PostgreSQL: {case.row}")
