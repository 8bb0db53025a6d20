"""The demo's monthly reports: last month's was accepted and is closed, the neighbour still owes it; this month's waits for the county."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from cases.directory.models import User
from cases.ledger import reporting
from cases.ledger.drawing import draw_up_month, is_time
from cases.ledger.models import Report
from project.demo.world import COUNTY


def tell(now: datetime) -> None:
    today = timezone.localdate(now)
    last = today.replace(day=1) - timedelta(days=1)
    draw_up_month(last.year, last.month, now=now)
    report = Report.objects.get(unit=COUNTY, year=last.year, month=last.month)
    officer, head, prefecture, province = (User.objects.get(username=name) for name in ("county", "county-head", "prefecture", "province"))
    reporting.compile_report(report, note="已与各校、各乡镇核对。", by=officer, now=now)
    reporting.sign(report, by=head, now=now)
    reporting.check(report, note="与学籍系统台账一致。", by=prefecture, now=now)
    reporting.accept(report, by=province, now=now)
    if is_time(now):
        draw_up_month(today.year, today.month, now=now)
