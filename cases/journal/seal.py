"""The seal of the journal: a hash chain over batches of entries, so that whoever changes one behind the product's back is found out.

Made by a job and never in the writing transaction: a chain in line would let one write wait for the other. The guard in the database
refuses changes; the chain shows the work of somebody who got around it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from cases.journal.models import Entry, Seal

BATCH = 1000  # entries a seal
# A transaction that takes longer than this gets its entries sealed later; their ids are given early and appear at the commit.
SETTLED_AFTER = timedelta(minutes=5)
LOCK = 0x6B635EA1  # one sealer at a time

COLUMNS = ("id", "verb", "case_id", "episode", "actor_id", "organisation_id", "occurred_at", "recorded_at", "submission", "data")


@dataclass(frozen=True)
class Break:
    """Where the chain does not hold: the ids of the batch, and what is wrong with it."""

    first: int
    last: int
    what: str


def seal_journal(*, now: datetime) -> int:
    """Seal what is settled, in full batches and the rest; the number of new seals. Safe to run twice and from two places at once.

    An entry that appears below the last seal (its transaction outlasted SETTLED_AFTER) is found by `verify_journal`.
    """
    made = 0
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
            row = cursor.fetchone()
        if row is None or not row[0]:
            return 0
        previous = Seal.objects.order_by("-last").first()
        while batch := _batch(after=previous.last if previous else 0, settled=now - SETTLED_AFTER):
            previous = Seal.objects.create(
                first=batch[0]["id"], last=batch[-1]["id"], digest=digest(previous.digest if previous else "", batch), previous=previous
            )
            made += 1
    return made


def verify_journal() -> list[Break]:
    """Every place where the chain does not hold; empty when nobody changed, added or removed a sealed entry."""
    breaks: list[Break] = []
    before: Seal | None = None
    for seal in Seal.objects.order_by("last").iterator():
        if seal.previous_id != (before.pk if before else None) or (before and seal.first <= before.last):
            breaks.append(Break(seal.first, seal.last, "a seal is missing before this one"))
        floor = before.last if before else 0
        entries = list(Entry.objects.filter(id__gt=floor, id__lte=seal.last).order_by("id").values(*COLUMNS))
        if digest(before.digest if before else "", entries) != seal.digest:
            breaks.append(Break(seal.first, seal.last, "entries were changed, added or removed"))
        before = seal
    return breaks


def digest(previous: str, entries: Iterable[dict[str, Any]]) -> str:
    """SHA-256 over the digest before and each entry in a fixed form, hexadecimal."""
    found = hashlib.sha256(previous.encode())
    for entry in entries:
        found.update(b"\n")
        found.update(json.dumps([_plain(entry[name]) for name in COLUMNS], sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode())
    return found.hexdigest()


def _batch(*, after: int, settled: datetime) -> list[dict[str, Any]]:
    # up to the first entry that is still young: an older neighbour may yet appear beside it
    entries = Entry.objects.filter(id__gt=after).order_by("id").values(*COLUMNS)[:BATCH]
    batch: list[dict[str, Any]] = []
    for entry in entries:
        if entry["recorded_at"] > settled:
            break
        batch.append(entry)
    return batch


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value if value is None or isinstance(value, (str, int, dict, list)) else str(value)
