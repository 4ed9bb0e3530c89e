"""`python -m tests.soak`: a simulated year of a small newsroom, with faults and restarts; prints what came of it, exit code 1 if anything is wrong."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.store import db
from tests.servers.pds import own_server
from tests.soak.run import Size, Soak


def main() -> int:
    """See docs/soak.md."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--feeds", type=int, default=20)
    parser.add_argument("--articles", type=int, default=30, help="a day")
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # whoever ends it, what it started ends too
    with ExitStack() as stack:
        try:
            pds = stack.enter_context(own_server())
        except pytest.skip.Exception as reason:
            print(reason, file=sys.stderr)
            return 2
        url = f"sqlite:///{Path(stack.enter_context(tempfile.TemporaryDirectory(prefix='soak-'))) / 'bot.db'}"
        db.upgrade(url)
        result = Soak(Size(asked.days, asked.feeds, asked.articles, asked.seed), url, pds, stack).run()
    print(*result.lines, *(f"WRONG: {wrong}" for wrong in result.wrong[:50]), sep="\n")
    print("FAILED" if result.wrong else "OK")
    return 1 if result.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
