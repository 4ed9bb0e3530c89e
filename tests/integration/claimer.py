"""A process that claims the same lease over and over, for `test_store_leases.py`: prints how often it had it.

While it has the lease it has a file of its own making; if the file is there already, two had the lease, and it fails.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from bot.store import db, leases, models


def main(url: str, owner: str, turns: int, folder: Path) -> None:
    taken, had, until = folder / "taken", 0, time.monotonic() + 30
    (folder / f"ready-{owner}").touch()
    while len(list(folder.glob("ready-*"))) < 2:
        time.sleep(0.001)
    with db.open_store(url) as store:
        while had < turns and time.monotonic() < until:
            with store.write() as session:
                won = leases.claim(session, models.Account, 1, owner, 30)
            if not won:
                continue
            os.close(os.open(taken, os.O_CREAT | os.O_EXCL))  # FileExistsError: the other one has the lease as well
            had += 1
            with store.write() as session:
                account = session.get_one(models.Account, 1)
                fenced = leases.holds(session, account, owner) and leases.renew(session, account, owner, 30)
                account.session = str(int(account.session or 0) + 1)
            taken.unlink()
            with store.write() as session:
                released = leases.release(session, account, owner)
            if not (fenced and released):
                raise SystemExit("the lease was lost while it ran")
    print(had)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
