"""Nobody swept for days; rows that cannot be read; posts that nobody holds."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

from cases.directory.models import Appointment
from cases.journal import clock
from notifications.models import Notification
from tests.factories import Place
from tests.faults.bulk import cases_for, make_running
from tests.faults.size import Size
from tests.faults.table import Table
from tests.faults.verdict import verdict
from workflows import escalation
from workflows.models import Deadline, Escalation, Fire, FireOutcome


def outage_of_72_hours(place: Place, table: Table, size: Size) -> None:
    """Nobody swept for three days and more; afterwards each person hears of each deadline once, and every rung is on record."""
    begun = clock.now()
    make_running(cases_for(place, 20), size.outage, due="engine_now() + interval '1 second'")
    back = begun + timedelta(hours=73)  # rungs 2 and 3 of all have passed
    while escalation.sweep(now=back):
        pass
    found = verdict(size.outage)
    each = Notification.objects.filter(key__startswith="fire:").values("recipient", "link")
    table.add(
        "outage of 72 hours: one message a person a deadline",
        replace(found, late=-1),
        f"{each.count():,} messages, {each.distinct().count():,} different",
    )
    assert found.holds, found
    assert each.count() == each.distinct().count() == 4 * size.outage  # teacher, principal, two officers of the county
    assert Fire.objects.filter(rung=2, outcome=FireOutcome.COLLAPSED).count() == size.outage


@contextmanager
def _unheard() -> Iterator[None]:
    """Each poisoned row is a line in the log of the sweep; a hundred of them would hide the table."""
    log = logging.getLogger(escalation.__name__)
    log.disabled = True
    try:
        yield
    finally:
        log.disabled = False


def poison_delays_nobody(place: Place, table: Table, size: Size) -> None:
    """One plan in a hundred cannot be read: it stands alone in the end, and its neighbours are as punctual as without it."""
    make_running(cases_for(place, 20), size.some, due="engine_now()")
    bad = list(Deadline.objects.order_by("pk").values_list("pk", flat=True)[::100])
    Deadline.objects.filter(pk__in=bad).update(rungs=[{"rung": 2, "at": "no moment", "to": "head"}])
    now = clock.now()
    with _unheard():
        while escalation.sweep(now=now):
            pass
    found = verdict(size.some - len(bad))
    table.add(f"{len(bad)} poisoned rows among {size.some:,}", found, "each set back alone")
    assert found.holds, found
    assert Deadline.objects.filter(attempts=1).count() == len(bad)


def vacancy_at_every_level(place: Place, table: Table, size: Size) -> None:
    """Post after post falls vacant; each rung goes to whoever stands above, and at the very top the administrator is told."""
    up = [("principal",), ("county", "county-2"), ("county-head",), ("prefecture",), ("province",)]
    each, expected, now = max(size.some // 100, 5), 0, clock.now()
    for vacant in range(len(up) + 1):
        gone = [name for names in up[:vacant] for name in names]
        Appointment.objects.filter(user__username__in=gone).update(until=date(2024, 1, 1))
        make_running(cases_for(place, 2), each, due="engine_now()")
        last = Fire.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        while escalation.sweep(now=now + timedelta(seconds=vacant + 5)):
            pass
        expected += each
        fires = Fire.objects.filter(pk__gt=last)
        assert fires.count() == each
        told = {str(name) for name in Escalation.objects.filter(fire__in=fires).values_list("role", flat=True)}
        roles = ["principal", "county_officer", "county_head", "prefecture_officer", "province_officer"]
        assert told == ({roles[vacant]} if vacant < len(up) else set()), (vacant, told)
    Appointment.objects.filter(user__username="teacher").update(until=date(2024, 1, 1))
    make_running(cases_for(place, 1), 1, due="engine_now()")
    escalation.sweep(now=now + timedelta(minutes=1))
    expected += 1
    found = verdict(expected)
    table.add("a vacancy at every level: never to nobody", replace(found, late=-1))
    assert found.holds, found
    assert Fire.objects.filter(outcome=FireOutcome.NOBODY).count() == 1
    assert Notification.objects.filter(message="nobody_answers", recipient__username="admin").count() == 1
