"""Taking in files, and clearing away the bytes of those that never became a fact."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.core.files.uploadedfile import UploadedFile

from cases.files import shelf
from cases.files.content import BadFile, prepare
from cases.files.models import StoredFile

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case

__all__ = ["BadFile", "remove_orphans", "store", "store_all"]


def store(case: Case, upload: UploadedFile[Any], *, kind: str, by: User, photo_only: bool = False) -> StoredFile:
    """Check and keep one upload of a case under a kind of CodeList.EVIDENCE. Raises BadFile.

    The bytes are on the disk before the row is there. When the transaction is rolled back they remain without a row, which
    harms nobody; `remove_orphans` takes them away.
    """
    content = prepare(upload, photo_only=photo_only)
    key = uuid4()
    shelf.put(key, content.data)
    return StoredFile.objects.create(
        id=key,
        case=case,
        kind=kind,
        name=content.name,
        content_type=content.content_type,
        size=len(content.data),
        sha256=hashlib.sha256(content.data).hexdigest(),
        uploaded_by=by,
    )


def store_all(case: Case, uploads: Iterable[tuple[str, UploadedFile[Any]]], *, by: User) -> list[StoredFile]:
    """Keep what an EvidenceField hands over: pairs of kind and upload. Raises BadFile."""
    return [store(case, upload, kind=kind, by=by) for kind, upload in uploads]


def _stored(keys: set[UUID]) -> Iterable[UUID]:
    return StoredFile.objects.filter(pk__in=keys).values_list("pk", flat=True)


# Of these keys, which belong to a row; rooms above that keep bytes of their own on the shelf add themselves.
KEEPERS: list[Callable[[set[UUID]], Iterable[UUID]]] = [_stored]


def remove_orphans(*, before: datetime) -> int:
    """Delete bytes older than `before` that belong to no row, half-written ones included; how many were deleted.

    `before` is a moment of the file system's clock, and must lie further back than any transaction lasts.
    """
    old = {path: key for path in shelf.every_file() if path.stat().st_mtime < before.timestamp() and (key := key_of(path))}
    known = {key for keys in KEEPERS for key in keys(set(old.values()))}
    orphans = [path for path, key in old.items() if key not in known or path.suffix == shelf.DRAFT]
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)


def key_of(path: Path) -> UUID | None:
    """The key of bytes of ours; None for anything that somebody else put on the shelf."""
    try:
        return UUID(hex=path.name.removeprefix(".").removesuffix(shelf.DRAFT).removesuffix(shelf.SMALL))
    except ValueError:
        return None
