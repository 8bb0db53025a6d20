"""Handing out files: to those who may see the case, and never without a line in the journal."""

from __future__ import annotations

import logging
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from cases.directory.edge import OfficerRequest, officers_only
from cases.files import shelf, thumbnails
from cases.files.models import StoredFile
from cases.journal import clock
from cases.journal.services import record
from cases.journal.verbs import Verb

logger = logging.getLogger(__name__)


@require_safe
@officers_only
def file(request: OfficerRequest, pk: UUID) -> HttpResponseBase:
    """The bytes, shown when they are a photo and saved when they are a PDF; sandboxed, and kept by no cache."""
    stored = get_object_or_404(StoredFile.objects.visible_to(request.user).select_related("case"), pk=pk)
    try:
        source = shelf.place(stored.pk).open("rb")
    except OSError as error:
        logger.exception("The bytes of file %s cannot be read.", stored.pk)
        raise Http404 from error
    record(Verb.FILE_OPENED, case=stored.case, actor=request.user, at=clock.now(), file=str(stored.pk))
    response = FileResponse(source, content_type=stored.content_type, as_attachment=not stored.is_photo, filename=stored.name)
    response["Content-Length"] = str(stored.size)
    return _guarded(response)


@require_safe
@officers_only
def small(request: OfficerRequest, pk: UUID) -> HttpResponseBase:
    """The small picture of a photo. Whoever looks at the page of the case is on record already, so this writes no line."""
    stored = get_object_or_404(StoredFile.objects.visible_to(request.user), pk=pk)
    path = thumbnails.small(stored)
    if path is None:
        raise Http404
    return _guarded(FileResponse(path.open("rb"), content_type="image/jpeg"))


def _guarded(response: FileResponse) -> FileResponse:
    response["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
