"""Photos of records that were not taken over: kept while somebody may ask again, and then deleted, bytes and all."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from cases.codes.services import setting
from cases.files import shelf
from cases.files.models import StoredFile
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.mobile.models import PhotoUpload
from cases.register.locking import lock
from cases.visits.deciding import REFUSED_PHOTOS_DAYS
from cases.visits.receiving import Decision, LateVisit

BATCH = 100  # copies of one run


def delete_refused_photos(now: datetime) -> int:
    """Delete the photos of copies that were refused longer ago than the setting says (natural days). How many were deleted.

    Each copy is one transaction; twice at once is harmless, and whoever is killed leaves bytes without a row, which the shelf's own sweep takes.
    """
    code, usual = REFUSED_PHOTOS_DAYS
    old = LateVisit.objects.filter(decision=Decision.REFUSED, photos_gone_at=None, photos__isnull=False, seen_at__lt=now - timedelta(days=1))
    rows = old.order_by("seen_at", "pk").values_list("pk", "seen_at", "case__county_id").distinct()
    due = [pk for pk, seen_at, county in rows if seen_at <= now - timedelta(days=setting(code, county, usual))]
    return sum(_delete(pk, now) for pk in due[:BATCH])


@transaction.atomic
def _delete(pk: int, now: datetime) -> int:
    case = lock(LateVisit.objects.select_related("case").get(pk=pk).case, paused_too=True, closed_too=True)
    copy = LateVisit.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
    if copy.photos_gone_at:
        return 0
    photos = list(copy.photos.all())
    PhotoUpload.objects.filter(stored__in=photos).delete()
    copy.photos.clear()
    StoredFile.objects.filter(pk__in=[photo.pk for photo in photos]).delete()
    copy.photos_gone_at = now
    copy.save(update_fields=["photos_gone_at"])
    record(Verb.PHOTOS_DELETED, case=case, at=now, late=copy.pk, count=len(photos))
    transaction.on_commit(lambda: _forget([photo.pk for photo in photos]))
    return len(photos)


def _forget(keys: list[UUID]) -> None:
    for key in keys:
        place = shelf.place(key)
        place.unlink(missing_ok=True)
        place.with_name(f"{key.hex}{shelf.SMALL}").unlink(missing_ok=True)
