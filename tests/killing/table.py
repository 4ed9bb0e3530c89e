"""The table of the kill matrix: cells come from several test processes; whoever brings the last one prints it."""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
from pathlib import Path

from tests.killing.matrix import Tally

COLUMNS = ("points", "killed", "uncertain", "duplicates", "lost", "disordered", "wrong_end")


class Table:
    """Of this run; `cells` is how many there will be."""

    def __init__(self, cells: int) -> None:
        self._cells = cells
        run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
        self._path = Path(tempfile.gettempdir()) / f"bot-killing-{run}"

    def add(self, tally: Tally) -> str | None:
        """Take a cell in; the whole table when it was the last one."""
        with open(self._path, "a+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(json.dumps(tally.row) + "\n")
            file.flush()
            file.seek(0)
            rows = [json.loads(line) for line in file]
            if len(rows) < self._cells:
                return None
            self._path.unlink()
        sums: dict[tuple[str, str], dict[str, int]] = {}
        for row in rows:
            into = sums.setdefault((row["scenario"], row["database"]), dict.fromkeys(COLUMNS, 0))
            for column in COLUMNS:
                into[column] += row[column]
        sums["in all", ""] = {column: sum(row[column] for row in rows) for column in COLUMNS}
        head = f"{'scenario':<36}{'database':<12}" + "".join(f"{column.replace('_', ' '):>12}" for column in COLUMNS)
        lines = [f"{scenario:<36}{database:<12}" + "".join(f"{row[column]:>12}" for column in COLUMNS) for (scenario, database), row in sums.items()]
        return "\n".join(["", head, *lines])
