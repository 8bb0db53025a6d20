"""When which report is drawn up and due: the notice's rhythm, the settings' days."""

from __future__ import annotations

from datetime import date

import pytest

from cases.codes.models import Setting
from cases.codes.services import invalidate
from cases.ledger.models import ReportKind
from cases.periodic.periods import due_on, period_of, to_be_drawn_up

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "today", "since", "until", "due"),
    [
        ("school", "2026-09-24", None, None, None),
        ("school", "2026-09-25", "2026-09-01", "2026-09-30", "2026-09-28"),
        ("school", "2027-02-28", "2027-02-01", "2027-02-28", "2027-02-28"),
        ("quarter", "2026-10-04", "2026-04-01", "2026-06-30", "2026-07-25"),
        ("quarter", "2026-10-05", "2026-07-01", "2026-09-30", "2026-10-25"),
        ("quarter", "2027-01-05", "2026-10-01", "2026-12-31", "2027-01-25"),
        ("term", "2026-07-05", "2025-09-01", "2026-01-23", None),
        ("term", "2026-07-06", "2026-03-02", "2026-07-03", "2026-08-02"),
        ("term", "2026-12-01", None, None, None),
        ("year", "2026-09-05", "2025-09-01", "2026-08-31", "2026-09-30"),
        ("year", "2026-09-04", "2024-09-01", "2025-08-31", "2025-09-30"),
    ],
)
def test_the_period_that_should_have_its_report(kind: str, today: str, since: str | None, until: str | None, due: str | None) -> None:
    found = to_be_drawn_up(ReportKind(kind), "4205" if kind == "term" else "420526", date.fromisoformat(today))
    if kind == "term" and due is None:  # more than 120 days ago
        assert found is None
        return
    assert (found and (found.since.isoformat(), found.until.isoformat(), due_on(found).isoformat())) == (since and (since, until, due))
    if found:
        assert period_of(found.kind, "4205", found.year, found.month) == found


def test_the_province_sets_other_days() -> None:
    Setting.objects.filter(code="school_report_draw_up_day").update(value=20)
    invalidate()
    found = to_be_drawn_up(ReportKind.SCHOOL, "420526", date(2026, 9, 20))
    assert found is not None
    assert due_on(found) == date(2026, 9, 28)
    invalidate()
