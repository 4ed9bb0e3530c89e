"""Shows, at the end of a run, how many public cases each counter and detector passed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Report = Callable[[str, int, int], None]


@pytest.fixture
def conformance(record_property: Callable[[str, object], None]) -> Report:
    """Records `passed of total` for the summary; it travels from xdist's workers in the test report."""

    def record(name: str, passed: int, total: int) -> None:
        record_property("conformance", f"{name}: {passed} of {total}")

    return record


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lines = {
        str(value)
        for reports in terminalreporter.stats.values()
        for report in reports
        for key, value in getattr(report, "user_properties", ())
        if key == "conformance"
    }
    if lines:
        terminalreporter.section("conformance")
        for line in sorted(lines):
            terminalreporter.line(line)
