"""What it costs to complete a step that a person's step follows: ours with all that it writes, plain viewflow, SQL by hand. Run by `make bench`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.shortcuts import get_object_or_404

from cases.directory.models import User
from cases.journal.models import Entry
from cases.register import plans
from cases.register.models import Case, CasePlan, Standing
from notifications.models import Delivery, Notification
from tests.benchmarks import plain
from tests.benchmarks.by_hand import STATEMENTS_BY_HAND, ByHand
from tests.benchmarks.conftest import Table
from tests.benchmarks.stopwatch import Cost, Phases
from tests.cast import NOON
from tests.factories import Place
from tests.workflows.clockwork import make_case
from workflows import opentasks, policies, rights, running, tasks, telling
from workflows.actions import ACTIONS
from workflows.models import Assignment, Deadline, Kind
from workflows.views import doing, task

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("everybody")]

WARM, ROUNDS, TRACED = 15, 150, 60
PLAN = {"reason": "tired_of_school", "situation": "在家，由祖父照看。", "goal": "一个月内返校。", "means": ["care"], "school_person": "班主任"}
WRITTEN = (CasePlan, Entry, Assignment, Deadline, Notification, Delivery)


@pytest.fixture(autouse=True)
def _ready(settings: Any, township: User) -> None:
    """A mail server is set up, so that the outbox is written, too; viewflow finds the flow that we compare with."""
    settings.EMAIL_HOST = "mail.invalid"
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "tests.benchmarks"]
    User.objects.filter(pk=township.pk).update(email="township@mail.invalid")
    policies.invalidate()


@transaction.atomic
def waiting(place: Place, number: int) -> list[int]:
    """So many cases that wait for their plan; the pks of the open tasks."""
    cases = [make_case(place).pk for _ in range(number)]
    on_ledger = {"standing": Standing.STILL_OUT, "reason": PLAN["reason"], "entered_ledger_on": NOON.date(), "priority_household": False}
    Case.objects.filter(pk__in=cases).update(**on_ledger)
    for case in Case.objects.filter(pk__in=cases).order_by("pk"):
        running.start(Kind.DROPOUT, case, round=case.pk, moment=NOON, at="relapse")
    return list(Assignment.objects.filter(case__in=cases, step="write_plan").order_by("pk").values_list("pk", flat=True))


def ours(pk: int, by: User) -> Callable[[], None]:
    """As the page of a task does it, from the task that its user may see to the commit; the form was checked before."""
    form = ACTIONS["write_plan"].form_for(Assignment.objects.select_related("case__student").get(pk=pk), by, PLAN)
    assert form.is_valid(), form.errors
    by = User.objects.get(pk=by.pk)  # every request reads its user's posts anew

    def complete() -> None:
        assignment = get_object_or_404(task.tasks_to_do(by), pk=pk)
        assert rights.may_do(assignment, by)
        ended, _words = doing.submit(assignment, form, by=by, now=NOON, submission=uuid4())
        assert ended is doing.Ended.DONE

    return complete


def test_what_a_step_costs(place: Place, principal: User, table: Table) -> None:
    number = WARM + ROUNDS
    own, raw, other, paged = waiting(place, number + 1), waiting(place, number), plain.begin(number), plain.begin(number)
    first = own.pop()
    ours(first, principal)()
    done = Assignment.objects.get(pk=first)
    by_hand = ByHand(done, Assignment.objects.get(case=done.case_id, step="sign_plan"))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    before = [model._default_manager.count() for model in WRITTEN]
    costs = {name: Cost() for name in ("ours", "plain", "raw", "paged")}
    for n in range(number):
        works: dict[str, Callable[[], None]] = {
            "ours": ours(own[n], principal),
            "plain": partial(plain.complete, *other[n], principal),
            "raw": partial(by_hand.complete, raw[n]),
            "paged": partial(plain.claim_and_complete, *paged[n], principal),
        }
        for name in (*works, *works)[n % 4 : n % 4 + 4]:  # each comes first as often
            if n >= WARM:
                costs[name].take(works[name])
            else:
                works[name]()
    assert [model._default_manager.count() - count for model, count in zip(WRITTEN, before, strict=True)] == [2 * number] * len(WRITTEN)

    plainly = costs["plain"]
    table.section(f"completing a step that a person's step follows (median of {ROUNDS}, interleaved)")
    table.row("", "time", "processor time", "of it the driver", "statements")
    for name, title in (
        ("plain", "plain viewflow: a waiting lock, claim, start, execute"),
        ("paged", "the same by viewflow's pages: claimed, then done"),
        ("ours", "ours, with all that is checked and written"),
        ("raw", "the same rows by hand-made SQL"),
    ):
        cost = costs[name]
        table.row(
            title,
            f"{cost.ms:.2f} ms ×{cost.ms / plainly.ms:.2f}",
            f"{cost.processor_ms:.2f} ms ×{cost.processor_ms / plainly.processor_ms:.2f}",
            "" if name == "raw" else f"{cost.driver_ms / cost.ms:.0%}",
            str(cost.queries or STATEMENTS_BY_HAND),
        )


def test_where_the_time_of_a_step_goes(place: Place, principal: User, table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    pks = waiting(place, WARM + TRACED)
    phases = Phases()
    for where, name, phase in (
        (task, "tasks_to_do", "may be seen"),
        (rights, "may_do", "may be seen"),
        (opentasks, "require_open", "lock and checks"),
        (plans, "lock", "lock and checks"),
        (plans, "require", "lock and checks"),
        (plans, "record", "journal"),
        (running, "open_assignments", "flow"),
        (running, "finish", "flow"),
        (tasks, "assign", "post and clock of the next task"),
        (tasks, "done", "the task's own row and clock"),
        (tasks, "tell", "notification and outbox"),
        (telling, "tell", "notification and outbox"),
        (connection, "commit", "commit"),
    ):
        monkeypatch.setattr(where, name, phases.own(phase, getattr(where, name)))
    monkeypatch.setitem(ACTIONS, "write_plan", replace(ACTIONS["write_plan"], service=phases.own("fact", ACTIONS["write_plan"].service)))
    seen = phases.own("may be seen", get_object_or_404)
    monkeypatch.setitem(globals(), "get_object_or_404", seen)
    for pk in pks[:WARM]:
        ours(pk, principal)()
    phases.spent.clear()
    for pk in pks[WARM:]:
        phases.own("page", ours(pk, principal))()
    total = sum(phases.spent.values())
    table.section("where the time of a step goes")
    for name, seconds in sorted(phases.spent.items(), key=lambda item: -item[1]):
        table.row(name, f"{seconds / TRACED * 1000:.2f} ms", "", f"{seconds / total:.0%}")
