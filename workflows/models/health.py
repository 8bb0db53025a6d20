"""Whether the engine lives and every clock is whole."""

from __future__ import annotations

from django.db import models


class AuditRun(models.Model):
    """One look of the auditor at every clock, and what it found: per invariant how many rows break it, and the first of them."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    job = models.CharField(max_length=12)  # timetable, command or page
    findings = models.JSONField(default=dict)  # {code: {"count": 3, "ids": [7, 9, 12]}}; only what was found
    mended = models.JSONField(default=dict)  # {code: how many were set going again}

    class Meta:
        indexes = [models.Index(fields=["-started_at"], name="audit_newest")]

    def __str__(self) -> str:
        return f"audit {self.pk}"


class Heartbeat(models.Model):
    """The last sign of life of an engine, by the machine's own time: what is moved in a demo is not this."""

    engine = models.CharField(max_length=12, primary_key=True)
    at = models.DateTimeField()
    note = models.CharField(max_length=80, blank=True)

    def __str__(self) -> str:
        return self.engine
