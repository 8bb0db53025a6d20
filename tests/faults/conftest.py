"""One table at the end: fault, expected fires, found, lost, doubled, worst lateness."""

from __future__ import annotations

import time

import pytest

from tests.faults.table import Table

FOUND = pytest.StashKey[Table]()


@pytest.fixture
def table(request: pytest.FixtureRequest) -> Table:
    found = request.config.stash.setdefault(FOUND, Table())
    found.begun = time.monotonic()
    return found


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    lines = config.stash.get(FOUND, Table()).lines
    if not lines or config.getoption("capture") != "no":  # asked for with -s, as `make prove` does
        return
    heads = ("expected", "found", "lost", "doubled", "worst late", "took")
    terminalreporter.write_line("")
    terminalreporter.write_line(f"{'fault':<64}" + "".join(f"{head:>11}" for head in heads), bold=True)
    for line in lines:
        found = line.verdict
        cells = [f"{count:,}" for count in (found.expected, found.found, found.lost, found.doubled)]
        cells += [f"{found.late:.1f} s" if found.late >= 0 else "", f"{line.seconds:.0f} s"]
        terminalreporter.write_line(
            f"{line.fault:<64}" + "".join(f"{cell:>11}" for cell in cells) + (f"  {line.note}" if line.note else ""), red=not found.holds
        )
    lost, doubled = sum(line.verdict.lost for line in lines), sum(line.verdict.doubled for line in lines)
    terminalreporter.write_line(f"{'altogether':<64}{'':>22}{lost:>11,}{doubled:>11,}", bold=True)
