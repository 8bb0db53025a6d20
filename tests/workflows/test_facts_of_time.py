"""Facts that time brings, through the real flow: nobody records them, and the case goes on."""

from __future__ import annotations

from datetime import datetime

import pytest

from cases.directory.models import User
from cases.journal.models import Entry
from cases.journal.verbs import Verb
from cases.register.models import Case
from cases.register.verification import conclude_verification
from tests.workflows.clockwork import SOON, clock_of
from tests.workflows.roads import look, steps
from workflows import sweeping
from workflows.models import Assignment, Deadline, DeadlineState, Fire

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everybody")]


def test_when_a_suspicion_matures_the_principal_must_conclude_anew(case: Case, teacher: User, village: User, principal: User, noon: datetime) -> None:
    look(case, teacher, village, noon)
    conclude_verification(case, conclusion="still_suspected", by=principal, now=noon)
    assert steps(case) == {"persuade_suspected": "teacher"}
    waiting = Assignment.objects.get(case=case, step="persuade_suspected")
    matures = clock_of(waiting).due_at

    sweeping.sweep_all(now=matures - SOON)
    assert steps(case) == {"persuade_suspected": "teacher"}

    sweeping.sweep_all(now=matures)
    sweeping.sweep_all(now=matures + SOON)

    assert steps(case) == {"conclude_verification": "principal"}
    assert Entry.objects.get(case=case, verb=Verb.SUSPICION_MATURED).actor is None
    assert clock_of(waiting).state == DeadlineState.MET
    assert Fire.objects.get(deadline__assignment=waiting).outcome == "acted"
    assert Deadline.objects.get(assignment__case=case, state=DeadlineState.ARMED).due_at > matures
