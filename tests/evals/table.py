"""The table of the evals: a line for each case and drafter, as printed and as the documents show it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

PROPERTY = "prompt evals"
HEADS = ("case", "drafter", "verdict", "X", "Bluesky", "thread", "holds", "warnings", "false", "missed", "approved", "calls", "cost")


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    case: str
    drafter: str
    failures: tuple[str, ...]
    x: int
    bluesky: int
    """Length of the short there, in the platform's unit; 0 without one."""
    thread: int
    """Segments of the thread on X."""
    holds: int
    warnings: int
    """Of all posts and wordings."""
    missed: int
    """Known to be wrong and not found."""
    false: int
    """Of the holds and warnings, those that are known to be false alarms, counted by post."""
    approved: int
    """Posts that `BOT_AUTO_APPROVE=clean` lets out without a person, of two shorts and two threads."""
    calls: int
    micros: int
    """What the model's answer cost, micro-dollars at the case's price."""
    stale: bool = False
    """The prompt has changed since the answer was written."""


def cells(row: Row) -> tuple[str, ...]:
    verdict = ("ok" if not row.failures else f"{len(row.failures)} failed") + (" †" if row.stale else "")
    thread = str(row.thread) if row.thread else "–"
    cost = f"${row.micros / 1e6:.4f}" if row.calls else "–"
    numbers = (row.holds, row.warnings, row.false, row.missed, row.approved, row.calls)
    return (row.case, row.drafter, verdict, str(row.x), str(row.bluesky), thread, *map(str, numbers), cost)


def lines(rows: Iterable[Row]) -> list[str]:
    """The table as text, with what failed below it."""
    every = sorted(rows, key=lambda row: (row.case, row.drafter != "offline", row.drafter))
    shown = [HEADS, *map(cells, every)]
    widths = [max(len(row[at]) for row in shown) for at in range(len(HEADS))]
    told = ["  ".join(f"{cell:<{width}}" if at < 3 else f"{cell:>{width}}" for at, (cell, width) in enumerate(zip(row, widths, strict=True))).rstrip() for row in shown]
    told += [f"{row.case}, {row.drafter}: {failure}" for row in every for failure in row.failures]
    if any(row.stale for row in every):
        told.append("† the prompt has changed since the answer was written")
    return told


def markdown(rows: Sequence[Row]) -> list[str]:
    every = sorted(rows, key=lambda row: (row.case, row.drafter != "offline", row.drafter))
    return [f"| {' | '.join(HEADS)} |", "|---|---|---" + "|--:" * (len(HEADS) - 3) + "|", *map(line, every)]


def line(row: Row) -> str:
    """A row as it stands in the document."""
    return f"| {' | '.join(cells(row))} |"


def as_property(row: Row) -> dict[str, Any]:
    """What travels from a worker of pytest to the one that prints."""
    return {**vars(row), "failures": list(row.failures)}


def from_property(told: dict[str, Any]) -> Row:
    return Row(**{**told, "failures": tuple(told["failures"])})


def summary(reporter: pytest.TerminalReporter) -> None:
    """Print the table once, from what the tests of all processes left in their reports."""
    rows = [
        from_property(value) for reports in reporter.stats.values() for report in reports
        for name, value in getattr(report, "user_properties", ()) if name == PROPERTY and getattr(report, "when", "") == "call"
    ]
    if rows:
        reporter.section(PROPERTY)
        for one in lines(rows):
            reporter.write_line(one)
