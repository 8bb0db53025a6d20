"""Failed log-ins, counted for a day: by address, and under names that nobody has."""

from __future__ import annotations

from django.db import models


class FailingAddress(models.Model):
    """Failed log-ins from one address, under whatever names; the address is kept as a keyed hash only, for a day."""

    digest = models.CharField(max_length=64, primary_key=True)
    failed_logins = models.PositiveSmallIntegerField(default=0)
    since = models.DateTimeField()  # when this count began
    locked_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["since"], name="failing_address_age")]

    def __str__(self) -> str:
        return self.digest[:8]


class UnknownName(models.Model):
    """Failed log-ins under a name that nobody has, counted like everybody's, so that a lock does not tell which names exist.

    The name is kept as a keyed hash only; rows older than a day are swept away.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    failed_logins = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    last_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["last_at"], name="unknown_name_age")]

    def __str__(self) -> str:
        return self.digest[:8]
