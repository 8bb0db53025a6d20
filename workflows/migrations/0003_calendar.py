"""The published working calendar of 2004 to 2026, and school terms to begin with; an administrator enters each later year."""

from datetime import date, timedelta

from chinese_calendar import constants, is_workday
from django.db import migrations

FIRST, LAST = date(2004, 1, 1), date(2026, 12, 31)
NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日",
}
TERMS = [
    ("2025年秋季学期", date(2025, 9, 1), date(2026, 1, 23)),
    ("2026年春季学期", date(2026, 3, 2), date(2026, 7, 3)),
    ("2026年秋季学期", date(2026, 9, 1), date(2027, 1, 22)),
    ("2027年春季学期", date(2027, 2, 22), date(2027, 7, 2)),
]


def special_days():
    """Only the days that are not what their weekday says."""
    for n in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=n)
        working = is_workday(day)
        if working != (day.weekday() < 5):
            name = NAMES[(constants.workdays if working else constants.holidays)[day]]
            yield day, working, f"{name}调休上班" if working else name


def forwards(apps, schema_editor):
    calendar_day = apps.get_model("workflows", "CalendarDay")
    calendar_day.objects.bulk_create(
        calendar_day(kind="work", day=day, working=working, reason=reason, source=f"国务院办公厅关于{day.year}年部分节假日安排的通知")
        for day, working, reason in special_days()
    )
    term = apps.get_model("workflows", "SchoolTerm")
    term.objects.bulk_create(term(name=name, starts_on=start, ends_on=end) for name, start, end in TERMS)
    apps.get_model("cases", "Setting").objects.update_or_create(
        code="calendar_published_through", county=None, defaults={"value": LAST.isoformat(), "basis": "国务院办公厅关于2026年部分节假日安排的通知"}
    )


class Migration(migrations.Migration):
    dependencies = [("workflows", "0002_fire_guard"), ("cases", "0004_codes")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
