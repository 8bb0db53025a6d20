"""What a phone must have loaded before the first visit without a network, as it travels. Run by `make bench`."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from cases.mobile import shell
from tests.benchmarks.conftest import Table

RATE = 256_000 / 8  # bytes a second


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_how_large_the_shell_is(table: Table, language: str) -> None:
    with override(language):
        first, rest = shell.weight(), shell.weight_later()
    whole = 0
    for title, weights in (("to open the pages and log a visit", first), ("kept afterwards", rest)):
        table.section(f"the offline shell of the phone pages, {title}, {language}, gzip")
        for name, weight in weights.items():
            table.row(name, f"{weight:,} bytes")
        part = sum(weights.values())
        whole += part
        table.row("together", f"{part:,} bytes, {part / RATE:.1f} s at 256 kbit/s")
    table.row("everything", f"{whole:,} bytes, {whole / RATE:.1f} s at 256 kbit/s")
    assert whole > 0
