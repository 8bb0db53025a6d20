"""What stands above the form of a task about something: a report, a proposal."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from cases.protection.models import Receipt
from cases.register.models import Outcome
from workflows.rows import subject


def test_the_time_of_a_report_is_told_as_the_clocks_of_the_county_show_it(monkeypatch: pytest.MonkeyPatch) -> None:
    report = SimpleNamespace(
        get_kind_display=lambda: "neglect", by=SimpleNamespace(name="吴"), at=datetime(2026, 11, 23, 20, 44, tzinfo=UTC), facts="x"
    )
    found: Any = SimpleNamespace(select_related=lambda *names: SimpleNamespace(get=lambda pk: SimpleNamespace(report=report)))
    monkeypatch.setattr(Receipt, "objects", found)
    task: Any = SimpleNamespace(step="confirm_receipt", seed=1)
    about = subject.of(task)
    assert about is not None
    told = str(about.rows)
    assert "4:44" in told
    assert "24" in told
    assert "20:44" not in told


def test_the_day_of_a_proposal_is_named_by_its_outcome() -> None:
    assert len({subject._began(outcome) for outcome in (Outcome.RETURNED, Outcome.DEDUCTED, Outcome.DEFERRED)}) == 3
