"""What a phone must have loaded before the first visit without a network, as it travels. Run by `make bench`."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from cases.mobile import shell
from tests.benchmarks.conftest import Table

LIMIT = 20 * 1024  # bytes
RATE = 256_000 / 8  # bytes a second


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_how_large_the_shell_is(table: Table, language: str) -> None:
    with override(language):
        weights = shell.weight()
    table.section(f"the offline shell of the phone pages, {language}, gzip")
    for name, weight in weights.items():
        table.row(name, f"{weight:,} bytes")
    whole = sum(weights.values())
    table.row("the whole", f"{whole:,} bytes, {whole / RATE:.1f} s at 256 kbit/s")
    assert whole <= LIMIT
