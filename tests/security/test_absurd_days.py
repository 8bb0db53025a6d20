"""Whatever day, number or choice a form is sent: it is refused in words or kept, and never ends in a server error."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.test import Client

from workflows.models import Assignment

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case

DAYS = ("0001-01-01", "9999-12-31", "١٢")


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.usefixtures("everybody")
def test_an_absurd_day_is_no_server_error(client: Client, on_ledger: Case, principal: User, township: User, county: User, day: str) -> None:
    days = (
        "on",
        "occurred_on",
        "until",
        "dated_on",
        "return_on",
        "ends_on",
        "promised_on",
        "held_on",
        "born_on",
        "last_attended_on",
        "since",
        "served_on",
    )
    said = dict.fromkeys(days, day) | {
        "occurred_at_0": day, "occurred_at_1": "00:00", "visit_id": str(uuid4()), "mode": "home", "met": "mother", "whereabouts": "at_home",
        "reason": "tired_of_school", "outcome": "agreed", "ground": "died", "kind": "minutes", "number": "1号", "venue": "mediation",
        "state": "accepted", "name": "某人", "sex": "f", "note": "x", "title": "x", "working_days": "99999999999999999999", "how": "extend",
        "registered_at": on_ledger.place_id, "lives_at": on_ledger.place_id, "channel": "attendance", "role": "principal", "username": "ab.cd",
        "result": "agreed", "participants": "x", "term_days": "-99999999999999999999", "school_days": "-1", "days_present": "1e9",
        "to": "99999999999999999999", "step": "write_plan", "measures-0-organisation": "99999999999999999999", "measures-0-task": "x",
        "measures-0-means": "talk", "goal": "x", "situation": "x", "means": "talk", "evidence-0-kind": "zzz",
    }  # fmt: skip
    case = on_ledger.pk
    pages = [f"/cases/{case}/{page}/" for page in ("return", "deduction", "deferral", "visits/new", "documents/new", "refer", "court", "danger")]
    pages += [f"/cases/{case}/supervise/{how}/" for how in ("extra", "pause", "resume", "cancel")]
    pages += ["/students/new/", f"/students/{on_ledger.student_id}/edit/", f"/report/{on_ledger.student_id}/"]
    pages += [f"/people/{township.pk}/appoint/{on_ledger.school_id}/", f"/appointments/{township.appointments.get().pk}/end/", "/people/new/"]
    tasks = Assignment.objects.filter(case=on_ledger, state="open").values_list("pk", flat=True)
    pages += [f"/tasks/{task}/{how}" for task in tasks for how in ("", "extend/", "reassign/", "send-back/", "remind/")]
    for person in (principal, county):
        client.force_login(person)
        for page in pages:
            assert client.post(page, said | {"submission": str(uuid4())}).status_code < 500, page
