"""A visit comes in three steps: its words, its photos one by one, the end. Each may come twice, late, or at the same moment from two places."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from cases.files.services import BadFile, store
from cases.mobile.body import Body
from cases.mobile.models import PhotoUpload, VisitUpload
from cases.visits.receiving import Decision, LateVisit

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case

LARGEST_PHOTO = 1024 * 1024  # bytes; the phone makes them smaller than 600 KB


class Conflict(Exception):
    """The server has something else under this id; `code` is what the phone is told."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class BadPhoto(Exception):
    """`code` hash, type or size."""

    def __init__(self, code: str, words: str = "") -> None:
        super().__init__(words or code)
        self.code = code


@transaction.atomic
def begin(key: UUID, body: Body, *, owner: User, case: Case, now: datetime) -> VisitUpload:
    """The upload under this id, made now or before. Raises Conflict "owner" or "changed"."""
    photos = [photo.id for photo in body.photos]
    new = VisitUpload(id=key, owner=owner, case=case, body_sha256=body.sha256, body=body.said, photos_wanted=photos, received_at=now)
    VisitUpload.objects.bulk_create([new], ignore_conflicts=True)
    return mine(key, owner=owner, sha256=body.sha256)


def mine(key: UUID, *, owner: User, sha256: str = "", lock: bool = False) -> VisitUpload:
    """Raises VisitUpload.DoesNotExist, Conflict "owner" for somebody else's, Conflict "changed" for other words."""
    rows = VisitUpload.objects.select_for_update(of=("self",), no_key=True) if lock else VisitUpload.objects.all()
    upload: VisitUpload = rows.select_related("case").get(pk=key)
    if upload.owner_id != owner.pk:
        raise Conflict("owner")
    if sha256 and upload.body_sha256 != sha256:
        raise Conflict("changed")
    return upload


def held(upload: VisitUpload) -> list[UUID]:
    """The photos that are here."""
    return list(PhotoUpload.objects.filter(upload=upload).order_by("received_at", "pk").values_list("pk", flat=True))


def take_photo(upload: VisitUpload, key: UUID, data: bytes, *, sha256: str, by: User) -> None:
    """Keep a photo of this upload, made again from its pixels; one that is here already is not looked at again.

    Of a visit that was only set aside it is kept with the copy. Raises BadPhoto, Conflict "unlisted" for a photo that the visit does not name or
    of a copy that was not taken over, "changed" for other bytes under the same id.
    """
    if key not in upload.photos_wanted:
        raise Conflict("unlisted")
    there = PhotoUpload.objects.filter(pk=key).first()
    if there:
        _same(there, upload, sha256)
        return
    if len(data) > LARGEST_PHOTO:
        raise BadPhoto("size")
    if hashlib.sha256(data).hexdigest() != sha256.lower():
        raise BadPhoto("hash")
    _keep(upload, key, data, sha256.lower(), by)


@transaction.atomic
def _keep(upload: VisitUpload, key: UUID, data: bytes, sha256: str, by: User) -> None:
    # one at a time for each visit, so that the same photo sent twice at once is drawn and kept once
    VisitUpload.objects.select_for_update(of=("self",), no_key=True).get(pk=upload.pk)
    there = PhotoUpload.objects.filter(pk=key).first()
    if there:
        _same(there, upload, sha256)
        return
    copy = LateVisit.objects.select_for_update(of=("self",), no_key=True).filter(record=upload.pk).first()
    if copy and copy.decision == Decision.REFUSED:
        raise Conflict("unlisted")
    named = SimpleUploadedFile(f"{upload.received_at:%Y%m%d}-{upload.photos_wanted.index(key) + 1}.jpg", data)
    try:
        stored = store(upload.case, named, kind="visit_photo", by=by, photo_only=True)
    except BadFile as bad:
        raise BadPhoto("type", str(bad)) from bad
    PhotoUpload.objects.create(id=key, upload=upload, sha256=sha256, stored=stored)
    if copy:
        copy.photos.add(stored)
        if copy.visit:  # taken over meanwhile
            copy.visit.photos.add(stored)


def _same(there: PhotoUpload, upload: VisitUpload, sha256: str) -> None:
    if there.upload_id != upload.pk or there.sha256 != sha256.lower():
        raise Conflict("changed")


def missing(upload: VisitUpload, photos: Sequence[UUID]) -> list[UUID]:
    """The photos that the visit names and that are not here."""
    return [key for key in upload.photos_wanted if key not in set(photos)]
