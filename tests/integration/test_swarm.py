"""The swarm with a short seed: workers are killed, stopped and restarted, platforms fail, the clock jumps; nothing doubles, nothing is lost.

The program itself is in tests/swarm; docs/swarm.md has the long run.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bot.store.states import State
from tests.publishing import UNKNOWN, World
from tests.servers.pds import Pds
from tests.swarm.platforms import Watch
from tests.swarm.truth import Message, Verdict, compare


@pytest.mark.pds
def test_nothing_is_doubled_or_lost_while_everything_breaks(database_url: str, pds: Pds) -> None:
    command = [
        sys.executable, "-m", "tests.swarm", "--seed", "3", "--accounts", "6", "--posts", "48", "--seconds", "15", "--pace", "0.6",
        "--database", database_url, "--pds", pds.url,
    ]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[2], env={**os.environ, "PYTHONWARNINGS": "error::ResourceWarning"}, capture_output=True, text=True,
        timeout=110, check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "duplicates 0, lost 0, threads out of order 0, messages of no post 0" in said
    assert "most live deliveries of one account: 1;" in said
    for trouble in ("kills", "stops past the lease", "clock jumps", "restarts", "faults of the platforms"):
        found = re.search(rf"{trouble} (\d+)", said)
        assert found, said
        assert int(found[1]) > 0, f"a swarm without {trouble} proves nothing: {said}"


def test_a_clock_put_forward_does_not_stand_in_for_the_looks(world: World) -> None:
    """X may show a post only after a while. A clock that jumps says that the while is over; it is not."""
    x = world.platform(looks=(15.0, 60.0, 300.0))
    post = world.ready("one")
    x.answers = [UNKNOWN]
    x.visible = False
    world.go()
    world.time.pass_(timedelta(days=1))
    world.go()
    assert x.texts() == ["one"]
    x.visible = True
    for span in (45, 240):
        world.time.pass_(timedelta(seconds=span))
        world.go()
    assert (x.texts(), world.state(post)) == (["one"], State.PUBLISHED)


def message(n: int, text: str, above: int | None) -> Message:
    return Message(str(n), text, None if above is None else str(above))


THREAD = [message(1, "a", None), message(2, "b", 1)]


@pytest.mark.parametrize(("shown", "found"), [
    (THREAD, (0, 0, 0, 0)),
    ([*THREAD, message(3, "b", 1)], (1, 0, 0, 0)),
    (THREAD[:1], (0, 1, 0, 0)),
    ([THREAD[0], message(2, "b", None)], (0, 0, 1, 0)),
    ([THREAD[0], message(9, "b", 1)], (0, 0, 1, 0)),
    ([*THREAD, message(3, "c", None)], (0, 0, 0, 1)),
], ids=["right", "doubled", "lost", "out of order", "another id than stored", "of no post"])
def test_the_swarm_s_count_sees_what_is_wrong(shown: list[Message], found: tuple[int, ...]) -> None:
    verdict = Verdict()
    compare({5: ("x", ["a", "b"])}, {5}, {5: ["1", "2"]}, lambda name: shown, verdict)
    assert (verdict.duplicates, verdict.lost, verdict.disordered, verdict.unknown) == found


def test_a_post_that_is_not_published_counts_as_lost() -> None:
    verdict = Verdict()
    compare({5: ("x", ["a", "b"])}, set(), {5: ["1", "2"]}, lambda name: THREAD, verdict)
    assert verdict.lost == 1


def test_two_live_writes_of_one_account_are_seen() -> None:
    watch = Watch(1)
    with watch.live("one", 0), watch.live("other", 1):
        assert watch.most == 1
        with watch.live("one", 2):
            pass
    assert (watch.most, watch.late, len(watch.meetings)) == (2, 0, 1)


def test_a_write_right_after_a_stop_is_counted_apart() -> None:
    watch = Watch(1)
    watch.resumed(2)
    with watch.live("one", 0), watch.live("one", 2):
        pass
    assert (watch.most, watch.late) == (1, 1)
