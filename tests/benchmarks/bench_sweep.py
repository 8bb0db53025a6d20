"""What a rung costs: whole batches against one deadline at a time, and what it costs to find nothing. Run by `make bench`."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from statistics import median

import pytest
from django.db import connection

from tests.cast import NOON
from tests.factories import Place
from tests.workflows.clockwork import make_case, make_many, moment_of
from workflows import deadlines, escalation, policies
from workflows.models import Assignment, Deadline, DeadlineState, Fire

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("everybody")]

BATCHES, SINGLE, ARMED, LOOKS = 4000, 200, 10_000, 50


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def sweep_out(limit: int, now: datetime, rounds: int) -> list[float]:
    return [timed(lambda: escalation.sweep(limit, now=now)) for _ in range(rounds)]


def armed(place: Place, number: int) -> tuple[list[Assignment], datetime]:
    cases = [make_case(place) for _ in range(20)]
    tasks = [task for case in cases for task in make_many(case, number // 20)]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return tasks, moment_of(tasks[0], 2)


def test_what_a_rung_costs(place: Place) -> None:
    policies.invalidate()
    _, now = armed(place, BATCHES + SINGLE)

    alone = sweep_out(1, now, SINGLE)
    together = sweep_out(escalation.BATCH, now, BATCHES // escalation.BATCH)

    assert Fire.objects.filter(rung=2).count() == BATCHES + SINGLE
    each_alone, each_together = median(alone), sum(together) / BATCHES
    print(f"\na rung, all effects written: {1 / each_together:,.0f}/s in batches of {escalation.BATCH}, {1 / each_alone:,.0f}/s one by one")
    print(f"  whole batches are {each_alone / each_together:.1f} times as fast; the longest took {max(together):.2f} s")


def test_what_it_costs_to_find_nothing(place: Place) -> None:
    policies.invalidate()
    armed(place, 200)
    few = median(sweep_out(escalation.BATCH, NOON, LOOKS))
    armed(place, ARMED)
    many = median(sweep_out(escalation.BATCH, NOON, LOOKS))

    assert Deadline.objects.filter(state=DeadlineState.ARMED).count() == ARMED + 200
    print(f"\nfinding nothing: {few * 1000:.2f} ms with 200 armed, {many * 1000:.2f} ms with {ARMED:,}: {many / few:.2f} times")


def test_what_a_plan_and_an_end_cost(place: Place) -> None:
    policies.invalidate()
    tasks, _ = armed(place, 400)
    plans = [timed(lambda: deadlines.plan("school_persuasion", now=NOON, county_id=place.area.code)) for _ in range(400)]
    ends = [timed(lambda task=task: deadlines.meet(task.pk, now=NOON)) for task in tasks]  # type: ignore[misc]

    print(f"\na plan from memory: {median(plans) * 1e6:.0f} µs; meeting a deadline: {median(ends) * 1000:.2f} ms")
