"""Visits from a phone: words, photos, the end. Each may come again; the answer is the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from cases.journal import clock
from cases.mobile import taking, uploads
from cases.mobile.api.edge import PhoneRequest, Refusal, answer, api, owner_of, raw, read
from cases.mobile.body import SHA256, BadBody
from cases.mobile.models import VisitUpload
from cases.register.models import Case


@contextmanager
def _in_json() -> Iterator[None]:
    """What the room below refuses, as the phone is told it."""
    try:
        yield
    except uploads.Conflict as conflict:
        words = {
            "owner": _("This record was made by somebody else. It stays on the phone until they log in."),
            "changed": _("The server has other words under this number. What was sent first counts; please write a correction."),
            "unlisted": _("The visit does not name this photo."),
        }
        raise Refusal(409, conflict.code, words[conflict.code]) from conflict
    except BadBody as bad:
        raise Refusal(400, "invalid", _("Please correct what is marked."), fields=bad.fields) from bad
    except taking.NotTaken as refusal:
        raise Refusal(409, "not_allowed", str(refusal)) from refusal
    except taking.Missing as missing:
        raise Refusal(409, "photos_missing", _("Photos are missing."), missing=[str(key) for key in missing.photos]) from missing
    except uploads.BadPhoto as bad:
        words = {"size": _("The photo is too large."), "hash": _("The photo was damaged on its way."), "type": str(bad)}
        raise Refusal(400, bad.code, words[bad.code]) from bad
    except (Case.DoesNotExist, VisitUpload.DoesNotExist) as error:
        raise Refusal(404, "not_found", _("There is no such case for you.")) from error


@api("PUT")
def visit(request: PhoneRequest, pk: UUID) -> HttpResponse:
    """The words of a visit; nothing moves yet."""
    owner, said = owner_of(request), read(request)
    with _in_json():
        upload = taking.receive(pk, said, owner=owner, now=clock.now(), way=_way(request))
        held = uploads.held(upload)
    return answer({"visit": str(pk), "photos": [str(key) for key in held]})


@api("PUT")
def photo(request: PhoneRequest, pk: UUID, photo: UUID) -> HttpResponse:
    """One photo, as it is."""
    owner, sha256 = owner_of(request), request.headers.get("X-Sha256", "")
    if not SHA256.fullmatch(sha256):
        raise Refusal(400, "hash", _("The photo was damaged on its way."))
    data = raw(request, uploads.LARGEST_PHOTO)
    with _in_json():
        uploads.take_photo(uploads.mine(pk, owner=owner), photo, data, sha256=sha256, by=owner)
    return answer({"visit": str(pk), "photo": str(photo)})


@api("POST")
def finish(request: PhoneRequest, pk: UUID) -> HttpResponse:
    """Everything is here: the visit goes on record, and the phone may let it go."""
    if not VisitUpload.objects.filter(pk=pk).exists():
        raise Refusal(404, "not_found", _("There is no such visit for you."))
    owner = owner_of(request)
    with _in_json():
        receipt = taking.finish(pk, owner=owner, now=clock.now(), way=_way(request))
    return answer(receipt)


def _way(request: PhoneRequest) -> taking.Way:
    try:
        return taking.Way(device=request.phone.device if request.phone else UUID(request.headers.get("X-Device", "")))
    except ValueError:
        return taking.Way()
