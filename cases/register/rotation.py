"""Sealing identity numbers again under the newest key of the ring."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from cases.register import identity
from cases.register.models import Student

BATCH = 500  # children a transaction


def rotate() -> int:
    """How many numbers were sealed again. Raises UnknownKey, and leaves that batch as it was, when an old key is no longer in the ring."""
    newest = next(iter(settings.KC_FIELD_KEYS))
    count, after = 0, 0
    while keys := list(Student.objects.filter(pk__gt=after, id_cipher__isnull=False).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        after = keys[-1]
        with transaction.atomic():
            stale = [
                student
                for student in Student.objects.select_for_update(no_key=True).filter(pk__in=keys)
                if identity.key_of(student.id_cipher) != newest
            ]
            for student in stale:
                student.id_cipher = identity.encrypt(identity.decrypt(student.id_cipher, student.id_hash))
            Student.objects.bulk_update(stale, ["id_cipher"])
        count += len(stale)
    return count
