"""What a rung costs: our sweep against viewflow's own timers, 60,000 in the same minute, and what it costs to find nothing. Run by `make bench`."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from django.db import connection
from viewflow.workflow.timers import fire_due_timers

from cases.directory.models import User
from cases.journal import clock
from tests.benchmarks import timers
from tests.benchmarks.conftest import Table
from tests.cast import NOON
from tests.factories import Place
from tests.faults.bulk import cases_for, make_running
from tests.faults.nurse import nursery
from tests.faults.processes import environment
from tests.faults.verdict import verdict
from tests.workflows.clockwork import make_many, moment_of
from workflows import audit, deadlines, escalation, planning, policies
from workflows.models import Assignment, Deadline, DeadlineState, Fire

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("everybody")]

BATCHES, SINGLE, TIMERS = 4000, 200, 400
RUSH, MILLION, LOOKS = 60_000, 1_000_000, 50


@pytest.fixture(autouse=True)
def _ready(settings: Any) -> None:
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "tests.benchmarks"]  # viewflow finds the flow that we compare with
    policies.invalidate()


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def sweep_out(limit: int, now: datetime | None, rounds: int) -> list[float]:
    return [timed(lambda: escalation.sweep(limit, now=now)) for _ in range(rounds)]


def armed(place: Place, number: int) -> tuple[list[Assignment], datetime]:
    tasks = [task for case in cases_for(place, 20) for task in make_many(case, number // 20)]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return tasks, moment_of(tasks[0], 2)


def test_what_a_rung_costs_beside_viewflows_own_timers(place: Place, table: Table) -> None:
    _, now = armed(place, BATCHES + SINGLE)
    alone = sweep_out(1, now, SINGLE)
    together = sweep_out(escalation.BATCH, now, BATCHES // escalation.BATCH)
    assert Fire.objects.filter(rung=2).count() == BATCHES + SINGLE
    each, each_alone = sum(together) / BATCHES, median(alone)

    timers.due(TIMERS)
    bare = timed(fire_due_timers) / TIMERS
    people = tuple(User.objects.filter(username__in=["teacher", "principal"]).values_list("pk", flat=True))
    tasks, _now = armed(place, TIMERS)
    timers.WITH_EFFECTS.extend((task.pk, people) for task in tasks)
    timers.due(TIMERS)
    full = timed(fire_due_timers) / TIMERS
    assert timers.WITH_EFFECTS == []
    assert Fire.objects.filter(rung=2).count() == BATCHES + SINGLE + TIMERS

    table.section("a rung of escalation, one process, the same database")
    table.row("viewflow's timers: the flow moves, nothing else", f"{1 / bare:,.0f}/s", "", "1.0")
    table.row("viewflow's timers, with fire, escalation, journal, words", f"{1 / full:,.0f}/s", "", f"{bare / full:.1f} times")
    table.row("our sweep, with all of these, one at a time", f"{1 / each_alone:,.0f}/s", "", f"{bare / each_alone:.1f} times")
    table.row(
        f"our sweep, with all of these, in batches of {escalation.BATCH}",
        f"{1 / each:,.0f}/s",
        f"max {max(together):.2f} s",
        f"{bare / each:.1f} times",
    )
    table.row("  against viewflow's timers with the same effects", "", "goal: 20", f"{full / each:.1f} times")


def test_sixty_thousand_in_the_same_minute(place: Place, table: Table, tmp_path: Path) -> None:
    make_running(cases_for(place, 100), RUSH, due="engine_now() - interval '1 second'")
    env = environment(tmp_path, "redis+socket:///nowhere")
    with nursery(env, tmp_path / "log") as nurse:
        begun = time.perf_counter()
        for _ in range(2):
            nurse.start("sweep", batch=escalation.BATCH, once=True, until=time.time() + 300)
        for _ in range(2):
            assert nurse.wait(300)["code"] == 0
        seconds = time.perf_counter() - begun
    found = verdict(RUSH).found
    table.section("60,000 deadlines due in the same minute")
    table.row("two sweepers, everything written", f"{seconds:.1f} s", f"{RUSH / seconds:,.0f}/s", "goal: 60 s")
    assert found == RUSH


def test_what_it_costs_to_find_nothing(place: Place, table: Table) -> None:
    make_running(cases_for(place, 1), 200, due="engine_now() + interval '9 days'")
    few = median(sweep_out(escalation.BATCH, None, LOOKS))
    make_running(cases_for(place, 200), MILLION, due="engine_now() + interval '9 days' + random() * interval '90 days'")
    many = median(sweep_out(escalation.BATCH, None, LOOKS))

    looked = timed(lambda: audit.look(clock.now()))

    assert Deadline.objects.filter(state=DeadlineState.ARMED).count() == MILLION + 200
    table.section("a sweep that finds nothing")
    table.row("with 200 deadlines armed", f"{few * 1000:.2f} ms", "", "1.00")
    table.row(f"with {MILLION:,} armed", f"{many * 1000:.2f} ms", "goal: 5 ms", f"{many / few:.2f} times")
    table.row(f"the auditor's look at all {MILLION:,}, every ten minutes", f"{looked:.1f} s")


def test_what_a_plan_and_an_end_cost(place: Place, table: Table) -> None:
    tasks, _ = armed(place, 400)
    plans = [timed(lambda: planning.plan("school_persuasion", now=NOON, county_id=place.area.code)) for _ in range(400)]
    ends = [timed(lambda task=task: deadlines.meet(task.pk, now=NOON)) for task in tasks]  # type: ignore[misc]  # the loop's value, bound now

    table.section("a deadline")
    table.row("a plan from memory", f"{median(plans) * 1e6:.0f} µs")
    table.row("meeting it", f"{median(ends) * 1000:.2f} ms")
