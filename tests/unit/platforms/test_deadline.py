"""Work that nobody waits for past its time."""

from __future__ import annotations

import threading

import pytest

from bot.deadline import Job, StillRunning, within


def test_work_that_ends_in_time_gives_what_it_returns_or_raises() -> None:
    assert within(5, lambda: 7) == 7

    def fails() -> None:
        raise KeyError("why")

    with pytest.raises(KeyError, match="why"):
        within(5, fails)


@pytest.mark.parametrize("seconds", [0.05, 0, -1])
def test_work_that_does_not_end_is_left_to_itself(seconds: float) -> None:
    go_on = threading.Event()
    with pytest.raises(StillRunning):
        within(seconds, go_on.wait)
    go_on.set()


def test_a_job_can_be_waited_for_again() -> None:
    go_on = threading.Event()
    job = Job(go_on.wait, "job")
    assert not job.ended()
    go_on.set()
    assert job.ended(5)
    assert job.result() is True
