"""The auditor of the escalator: what must be true of every clock at any moment, each asked as one question to the database.

It has no age limit and decides nothing from the last time that it ran. It never passes a rung: a clock that stands still is set going again
(`workflows.mending`), and the sweep does the rest.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from cases.directory.capabilities import CAPABILITIES, Capability
from cases.journal import clock
from notifications.delivery import PATIENCE
from notifications.services import Message, notify_many
from workflows import heartbeat, mending
from workflows.deadlines import CREDIT
from workflows.invariants import INVARIANTS, Invariant
from workflows.ladders import system_administrators
from workflows.models import AuditRun
from workflows.steps import NEVER_WAIT

if TYPE_CHECKING:
    from datetime import date

log = logging.getLogger(__name__)

GRACE = timedelta(seconds=60)  # what a sweep may take
KEPT = 200  # ids that a finding keeps; the count is of all
LOCK = 20236  # of two auditors at once, one goes home


@dataclass(frozen=True)
class Finding:
    """How many rows break an invariant, and the first of them. `count` None: the question itself failed."""

    invariant: Invariant
    count: int | None
    ids: list[int]


def audit(*, job: str, now: datetime | None = None) -> AuditRun | None:
    """Ask every question, set going what stands still, tell the administrators. None when another auditor is at work."""
    moment = now or clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        row = cursor.fetchone()
    if not row or not row[0]:
        return None
    try:
        findings = [finding for finding in look(moment) if finding.count != 0]
        mended = mending.mend({finding.invariant.code for finding in findings}, moment)
        run: AuditRun = AuditRun.objects.create(
            started_at=moment,
            finished_at=now or clock.now(),
            job=job,
            findings={finding.invariant.code: {"count": finding.count, "ids": finding.ids} for finding in findings},
            mended=mended,
        )
        if findings:
            log.error("the audit of the deadlines found %s", ", ".join(f"{finding.invariant.code}: {finding.count}" for finding in findings))
            _tell(len(findings), moment)
        heartbeat.beat(heartbeat.AUDIT, every=0)
        return run
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def look(now: datetime) -> list[Finding]:
    """Every invariant with what breaks it; changes nothing."""
    values = parameters(now)
    return [_ask(invariant, values) for invariant in INVARIANTS]


def parameters(now: datetime) -> dict[str, Any]:
    """What the questions may refer to."""
    today: date = timezone.localdate(now)
    return {
        "now": now,
        "today": today,
        "overdue": now - GRACE,
        # a last try may lie six hours and a run of the relay behind the end of its patience
        "horizon": now - PATIENCE - timedelta(hours=6, minutes=10),
        "credit": CREDIT,
        "never_waiting": list(NEVER_WAIT),
        "supervising": [str(role) for role, able in CAPABILITIES.items() if Capability.SUPERVISE in able],
    }


def _ask(invariant: Invariant, values: Mapping[str, Any]) -> Finding:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"""
                WITH broken (id) AS MATERIALIZED ({invariant.sql})
                SELECT (SELECT count(*) FROM broken), ARRAY(SELECT id FROM broken ORDER BY id LIMIT {KEPT})
                """,  # noqa: S608  our own text
                values,
            )
            row = cursor.fetchone()
    except DatabaseError as error:  # what is broken enough to break the question must not hide the answers to the others
        log.error("the audit could not ask %s (%s)", invariant.code, type(error).__name__)
        return Finding(invariant, None, [])
    assert row is not None
    return Finding(invariant, row[0], row[1])


def _tell(count: int, now: datetime) -> None:
    """The administrators, once a day."""
    today = timezone.localdate(now)
    notify_many(
        [
            Message(
                recipient_id=person, message="audit_found", params={"count": count}, link="/audit/", key=f"audit_found:{today}:{person}", urgent=True
            )
            for person in system_administrators(today)
        ]
    )
