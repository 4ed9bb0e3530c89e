"""What an idle worker costs: memory beside a sleeping Python with the same imports, and processor time, at default settings.

    python -m tests.bench.idle [--seconds 60] [--articles 10000]

Real processes; the worker has two accounts that can publish (the first look at a platform is made at the first post), and a
database with so many published articles. Linux only (`/proc`).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENV = {
    "X_API_KEY": "a", "X_API_SECRET": "b", "X_ACCESS_TOKEN": "1-c", "X_ACCESS_TOKEN_SECRET": "d", "BLUESKY_HANDLE": "a.example.com",
    "BLUESKY_APP_PASSWORD": "e", "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT),
}
WORKER = """
import sys, threading, time
def note():
    time.sleep(8)
    open("modules", "w").write("\\n".join(sys.modules))
threading.Thread(target=note, daemon=True).start()
from bot.cli import main
main(["worker"], prog_name="bot")
"""
SLEEPER = """
import importlib, sys, time
for name in open("modules").read().split():
    if name != "__main__":
        try:
            importlib.import_module(name)
        except Exception:
            pass
time.sleep(3600)
"""


def resident(pid: int) -> int:
    """KiB of memory that a process has for itself and shares (VmRSS)."""
    return next(int(line.split()[1]) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))


def used(pid: int) -> float:
    """Seconds of processor time."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def fill(folder: Path, count: int) -> None:
    """A database as it is after a while: everything is out, nothing is left to do."""
    from datetime import UTC, datetime

    from sqlalchemy import insert

    from bot.store import db, models
    from bot.values import Kind

    now = datetime.now(UTC)
    with db.open_store(f"sqlite:///{folder / 'bot.db'}") as store, store.write() as session:
        article = {"dek": "", "hidden": "", "faq": (), "image_alt": "", "tail_cut": False, "notes": (), "state": "drafted", "created_at": now, "sample": False}
        session.add(models.Account(id=1, name="x", platform="x"))
        session.flush()
        if count:
            rows = [{**article, "id": n, "fingerprint": str(n), "title": "T", "body": "A sentence of an article. " * 200} for n in range(1, count + 1)]
            session.execute(insert(models.Article), rows)
            post = {"kind": Kind.SHORT, "account_id": 1, "state": "published", "revision_n": 1, "holds": (), "warnings": (), "duplicates": (), "overrides": ()}
            session.execute(insert(models.Post), [{**post, "article_id": n, "created_at": now, "due_at": now} for n in range(1, count + 1)])


def main() -> None:
    """Measure, and print a line each."""
    read = argparse.ArgumentParser(description=__doc__)
    read.add_argument("--seconds", type=float, default=60)
    read.add_argument("--articles", type=int, default=10_000)
    asked = read.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder, asked.articles)
        running = []
        try:
            worker = subprocess.Popen([sys.executable, "-c", WORKER], cwd=folder, env=ENV, stderr=subprocess.DEVNULL)
            running.append(worker)
            while not (folder / "modules").exists():
                time.sleep(0.2)
            time.sleep(2)
            sleeper = subprocess.Popen([sys.executable, "-c", SLEEPER], cwd=folder, env=ENV)
            running.append(sleeper)
            time.sleep(10)
            began, before = time.monotonic(), used(worker.pid)
            time.sleep(asked.seconds)
            spent, passed = used(worker.pid) - before, time.monotonic() - began
            ours, bare = resident(worker.pid), resident(sleeper.pid)
        finally:
            for process in running:
                process.kill()
                process.wait()
    print(f"memory   {ours / 1024:.1f} MiB, a sleeping Python with the same imports {bare / 1024:.1f} MiB: {ours / bare:.2f} times")
    print(f"processor {spent:.2f} s in {passed:.0f} s: {100 * spent / passed:.2f} %")


if __name__ == "__main__":
    main()
