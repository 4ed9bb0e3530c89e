"""The table of the fault matrix: how many cases of each call and class of fault, and what was found; shown once, at the end of a run."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.matrix.expected import CLASSES

PROPERTY = "fault matrix"
LIMIT = "(documented limit)"
"""In the name of rows that show what no program can help; they stand apart."""
Row = tuple[str, str, int, int, int, int]
"""Call, class of fault, cases, duplicates, lost, wrong state."""


def summed(rows: Iterable[Row]) -> list[Row]:
    """One row a call and class, in the order they came."""
    sums: dict[tuple[str, str], list[int]] = {}
    for call, kind, *numbers in rows:
        found = sums.setdefault((call, kind), [0] * 4)
        sums[call, kind] = [one + more for one, more in zip(found, numbers, strict=True)]
    return [(call, kind, *numbers) for (call, kind), numbers in sums.items()]  # type: ignore[misc]


def lines(rows: Iterable[Row]) -> list[str]:
    """The table as text: by call, by class of fault, and each pair of both that has anything but zeros."""
    every = summed(rows)
    usual, apart = [row for row in every if LIMIT not in row[0]], [row for row in every if LIMIT in row[0]]
    calls = sorted(summed((call, "", *numbers) for call, _, *numbers in usual))  # type: ignore[misc]
    order = [name for _, name in CLASSES]
    kinds = sorted(summed(("", kind, *numbers) for _, kind, *numbers in usual), key=lambda row: order.index(row[1]))  # type: ignore[misc]
    bad = [(f"{call}: {kind}", "", *numbers) for call, kind, *numbers in usual if any(numbers[1:])]
    total = summed(("total", "", *numbers) for _, _, *numbers in usual)  # type: ignore[misc]
    limit = summed((call, "", *numbers) for call, _, *numbers in apart)  # type: ignore[misc]
    blocks = (("by call", calls), ("by fault", kinds), ("not as it should be", bad), ("", total), ("", limit))
    width = max(len(row[0] or row[1]) for _, block in blocks for row in block)
    shown: list[str] = []
    for name, block in blocks:
        if block and name:
            shown.append(f"{name:{width}} " + " ".join(f"{head:>11}" for head in ("cases", "duplicates", "lost", "wrong state")))
        shown += [f"{row[0] or row[1]:{width}} " + " ".join(f"{number:>11}" for number in row[2:]) for row in block]
        shown += [""] if block and name else []
    return shown


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the table once, from what the tests of all processes left in their reports."""
    rows = [
        tuple(row) for reports in terminalreporter.stats.values() for report in reports
        for name, value in getattr(report, "user_properties", ()) if name == PROPERTY and getattr(report, "when", "") == "call" for row in value
    ]
    if rows:
        terminalreporter.section(PROPERTY)
        for line in lines(rows):  # type: ignore[arg-type]
            terminalreporter.write_line(line)
