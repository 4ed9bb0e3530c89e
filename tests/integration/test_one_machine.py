"""An SQLite file belongs to one machine at a time; real workers, some of which believe that they are on another machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.errors import ConfigError
from bot.store import db, machine

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from bot.store import machine
machine.BEAT, machine.SILENT = 0.3, 2.0
name = sys.argv.pop(1)
if name != "here":
    machine.here = lambda: name
from bot.cli import main
main(sys.argv[1:], prog_name="bot")
"""


class Machines:
    """Workers and commands on machines of these names, over one database."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.running = folder, list[subprocess.Popen[str]]()
        self.env = {**os.environ, "PYTHONPATH": str(ROOT), "BOT_POLL_SECONDS": "0.2"}

    def start(self, name: str, *args: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, name, *(args or ("worker",))], cwd=self.folder, env=self.env,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )
        self.running.append(process)
        return process

    def at_work(self, name: str) -> tuple[subprocess.Popen[str], list[str]]:
        """Start a worker, and wait until it says that it works; what it said until then."""
        process, said = self.start(name), []
        assert process.stderr is not None
        for line in process.stderr:
            said.append(line.rstrip())
            if "working on" in line:
                return process, said
        raise AssertionError(said)

    def end(self, process: subprocess.Popen[str], number: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        process.send_signal(number)
        return self.ended(process)

    def ended(self, process: subprocess.Popen[str]) -> tuple[int, str]:
        _, told = process.communicate(timeout=60)
        assert "Traceback" not in told
        return process.returncode, told


@pytest.fixture
def machines(tmp_path: Path, sqlite_template: Path) -> Iterator[Machines]:
    (tmp_path / "bot.db").write_bytes(sqlite_template.read_bytes())
    made = Machines(tmp_path)
    yield made
    for process in made.running:
        process.kill()
        process.communicate()


REFUSED = "bot.db is in use by a worker on another machine, "


def test_a_second_machine_is_refused_in_one_line_and_the_first_goes_on(machines: Machines) -> None:
    first, _ = machines.at_work("here")
    for command in (["worker"], ["posts"], ["db", "upgrade"], ["db", "check"], ["run", "--dry-run"]):
        code, told = machines.ended(machines.start("there", *command))
        assert code == 4, (command, told)
        assert REFUSED in told.splitlines()[-1], told
        assert "give both machines one PostgreSQL: DATABASE_URL=" in told
    assert machines.ended(machines.start("here", "posts"))[0] == 0
    assert machines.end(first) == (0, "stopping after what is at hand; once more stops at once.\nstopped.\n")


def test_after_a_graceful_end_another_machine_works_at_once(machines: Machines) -> None:
    """A container that was made anew has another name, and perhaps another host."""
    machines.end(machines.at_work("old")[0])
    began = time.monotonic()
    _, said = machines.at_work("new")
    assert not [line for line in said if "waiting" in line]
    assert time.monotonic() - began < 10


def test_after_a_crash_another_machine_waits_for_a_sign_and_then_works(machines: Machines) -> None:
    machines.end(machines.at_work("old")[0], signal.SIGKILL)
    new, said = machines.at_work("new")
    assert "another machine, was at this database" in said[0]
    assert "waiting 2 s for a sign of it" in said[0]
    assert machines.end(new)[0] == 0


def test_the_wait_for_a_sign_ends_when_told_to_stop(machines: Machines) -> None:
    machines.end(machines.at_work("old")[0], signal.SIGKILL)
    new = machines.start("new")
    assert new.stderr is not None
    assert "waiting" in new.stderr.readline()
    assert machines.end(new)[0] == 0


def test_a_machine_that_stood_still_and_lost_its_place_ends(machines: Machines) -> None:
    old, _ = machines.at_work("old")
    old.send_signal(signal.SIGSTOP)
    time.sleep(0.5)
    new, _ = machines.at_work("new")
    old.send_signal(signal.SIGCONT)
    code, told = machines.ended(old)
    assert code == 4
    assert REFUSED in told
    assert machines.end(new)[0] == 0


def test_a_second_worker_of_the_machine_helps_and_says_so_and_takes_the_place_of_the_first(machines: Machines) -> None:
    first, said = machines.at_work("here")
    assert not [line for line in said if "another worker" in line]
    second, said = machines.at_work("here")
    assert said[0].startswith(f"another worker of this machine is at this database (pid {first.pid}, since ")
    assert "each post still goes out once" in said[0]
    machines.end(first, signal.SIGKILL)
    time.sleep(1)
    assert REFUSED + "" in machines.ended(machines.start("there"))[1]
    assert f"(pid {second.pid}" in machines.ended(machines.start("there"))[1]
    assert machines.end(second)[0] == 0


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b"{}", b"null", b'{"machine": 3}'])
def test_a_file_that_is_no_workers_is_no_hindrance(machines: Machines, content: bytes) -> None:
    (machines.folder / "bot.db-worker").write_bytes(content)
    assert machines.end(machines.at_work("here")[0])[0] == 0


def test_a_name_of_long_ago_is_no_hindrance(tmp_path: Path) -> None:
    url = make_url("sqlite:///bot.db")
    place = machine.Place(machine.beside(url), lambda error: None)
    place.begin()
    own = Path("bot.db-worker")
    own.write_text(own.read_text().replace(machine.here(), "elsewhere"))
    with pytest.raises(ConfigError, match="in use by a worker on another machine"):
        db.open_store("sqlite:///bot.db")
    os.utime(own, (1, 1))
    db.open_store("sqlite:///bot.db").close()


def test_only_a_file_has_one_machine() -> None:
    assert machine.beside(make_url("postgresql+psycopg://u@h/n")) is None
    assert machine.beside(make_url("sqlite://")) is None
    assert machine.beside(make_url("sqlite:///file:bot.db?mode=ro&uri=true")) == Path("bot.db-worker")
