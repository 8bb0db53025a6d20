"""What the benchmarks found, in one table at the end."""

from __future__ import annotations

import pytest

Line = tuple[str, ...]


class Table:
    """Sections of rows: what, how long, how much, against what."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def section(self, title: str) -> None:
        self.lines.append((title,))

    def row(self, *cells: str) -> None:
        self.lines.append(cells)


FOUND = pytest.StashKey[Table]()


@pytest.fixture
def table(request: pytest.FixtureRequest) -> Table:
    return request.config.stash.setdefault(FOUND, Table())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for cells in config.stash.get(FOUND, Table()).lines:
        if len(cells) == 1:
            terminalreporter.write_line(f"\n{cells[0]}", bold=True)
        else:
            what, *numbers = cells
            terminalreporter.write_line(f"  {what:<58}" + "".join(f"{number:>18}" for number in numbers))
