"""The exported file of a phone: opened with its passphrase, looked at, and each record in it taken down the road of the phone, once."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from django.utils.translation import gettext as _

from cases.directory.capabilities import Capability, NotAllowed, may, require
from cases.directory.models import User
from cases.files import shelf
from cases.journal.models import Entry
from cases.journal.refused import Refused
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.mobile import taking, uploads
from cases.mobile.body import BadBody, Body
from cases.mobile.models import Phone, PhoneFile, VisitUpload
from cases.mobile.phones import share_of
from cases.mobile.suspicions import report
from cases.register.models import Case, Student
from cases.register.opening import CaseExists
from cases.visits.models import HomeVisit
from cases.visits.receiving import Source
from notifications.sealing import CannotOpen, seal, unseal

if TYPE_CHECKING:
    from collections.abc import Mapping

ROUNDS = 600_000  # of PBKDF2-SHA256, as the phone does it
SHORTEST = 8  # signs of a passphrase
LARGEST = 100 * 1024 * 1024  # bytes; two hundred photos
MOST = 500  # records of one file


class BadFile(Refused):
    """No exported file of a phone, another passphrase, or damaged; `field` is the one of the page that it is about."""

    def __init__(self, message: str, field: str = "file") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Sealed:
    """The outside of a file: whose it is, and what opens it."""

    owner: User
    device: UUID | None
    made_at: datetime
    by_share: bool
    salt: bytes
    iv: bytes
    data: bytes
    sha256: str


@dataclass(frozen=True)
class Found:
    """One record of an open file, and what may be said of it before it is taken: a visit, or a suspicion about a child."""

    id: UUID
    body: Any
    photos: Mapping[UUID, bytes]
    case: Case | None
    state: str  # new, known, strange
    occurred_at: datetime | None = None
    student: Student | None = None


@dataclass(frozen=True)
class Taken:
    """What became of a record: taken, known, aside (a copy was kept) or refused, with words."""

    record: str
    state: str
    words: str = ""
    case: str = ""


def read(data: bytes) -> Sealed:
    """The outside. Raises BadFile."""
    bad = BadFile(_("This is no exported file of a phone."))
    try:
        said = json.loads(data.decode())
        owner, made_at = int(said["owner"]), parse_datetime(str(said["made_at"]))
        device = UUID(str(said["device"])) if said.get("device") else None
        by_share = {"share": True, "passphrase": False}[said["key"]]
        salt, iv, inside = (base64.b64decode(said[name] or "", validate=True) for name in ("salt", "iv", "data"))
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError, binascii.Error) as error:
        raise bad from error
    if said.get("v") != 1 or made_at is None or not is_aware(made_at) or len(iv) != 12 or not 0 < owner < 2**62:
        raise bad
    person = User.objects.get_queryset().filter(pk=owner).first()
    if person is None:
        raise BadFile(_("Nobody here has made this file."))
    return Sealed(person, device, made_at, by_share, salt, iv, inside, hashlib.sha256(data).hexdigest())


def key_of(sealed: Sealed, passphrase: str) -> bytes:
    """What opens the file: half of the phone's key, or what is stretched from the passphrase. Raises BadFile."""
    if sealed.by_share:
        phone = Phone.objects.filter(user=sealed.owner, device=sealed.device).first() if sealed.device else None
        share = share_of(phone) if phone else None
        if share is None:
            raise BadFile(_("The phone that made this file is not known here. Export it again with a passphrase."))
        return base64.b64decode(share)
    if len(passphrase) < SHORTEST:
        raise BadFile(_("Please type the passphrase that the maker of the file tells you."), "passphrase")
    return hashlib.pbkdf2_hmac("sha256", passphrase.encode(), sealed.salt, ROUNDS)


def unlock(sealed: Sealed, key: bytes, *, by: User) -> list[Found]:
    """The records, with what `by` may know of their cases. Raises BadFile."""
    try:
        inside = json.loads(AESGCM(key).decrypt(sealed.iv, sealed.data, None).decode())
        _require_keepable(inside)
        visits, suspicions = inside["visits"], inside.get("suspicions") or []
    except InvalidTag as error:
        raise BadFile(_("The passphrase does not open this file, or the file was damaged."), "passphrase") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadFile(_("This is no exported file of a phone.")) from error
    if not isinstance(visits, list) or not isinstance(suspicions, list) or not 0 < len(visits) + len(suspicions) <= MOST:
        raise BadFile(_("There is no record in this file."))
    return [_found(row, sealed.owner, by) for row in visits] + [_suspected(row, by) for row in suspicions]


def _require_keepable(said: object) -> None:
    """PostgreSQL keeps no NUL and no half of a pair. Raises ValueError."""
    text = json.dumps(said, ensure_ascii=False)
    text.encode()
    if "\\u0000" in text:
        raise ValueError("a NUL")


def _found(row: Any, owner: User, by: User) -> Found:
    try:
        key, body = UUID(str(row["id"])), row.get("body") or {name: value for name, value in row.items() if name not in {"id", "photos"}}
        photos = {UUID(str(photo["id"])): base64.b64decode(photo["data"], validate=True) for photo in row.get("photos") or ()}
        read_body = Body.read(body)
    except (BadBody, ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise BadFile(_("A record in this file cannot be read.")) from error
    case = Case.objects.visible_to(by).select_related("student").filter(pk=read_body.case).first()
    if case and not (may(by, Capability.SUPERVISE, case) and may(by, Capability.EDIT_STUDENT, case)):
        case = None  # seen by a post that brings in nothing; another post lends it no right
    known = HomeVisit.objects.filter(pk=key, visitor=owner).exists()
    return Found(key, body, photos, case, "known" if known else "new" if case else "strange", read_body.occurred_at)


def _suspected(row: Any, by: User) -> Found:
    try:
        key, body = UUID(str(row["id"])), row["body"]
        student = Student.objects.visible_to(by).filter(pk=int(body["student"])).first()
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise BadFile(_("A record in this file cannot be read.")) from error
    known = Entry.objects.filter(submission=key).exists()
    return Found(key, body, {}, None, "known" if known else "new" if student else "strange", student=student)


@transaction.atomic
def bring(data: bytes, passphrase: str, *, by: User, now: datetime) -> tuple[PhoneFile, list[Found], bytes]:
    """Open a file and keep it, as encrypted as it came, until it is taken in; also what is in it, and its key, which the page keeps meanwhile.

    Raises BadFile, NotAllowed.
    """
    require(by, Capability.SUPERVISE)
    require(by, Capability.EDIT_STUDENT)
    sealed = read(data)
    key = key_of(sealed, passphrase)
    found = unlock(sealed, key, by=by)
    if all(one.state == "strange" for one in found):
        raise BadFile(_("None of these records belongs to a case of yours."))
    row = PhoneFile.objects.create(
        owner=sealed.owner, device=sealed.device, made_at=sealed.made_at, sha256=sealed.sha256, count=len(found), brought_by=by, brought_at=now
    )
    shelf.put(row.pk, data)
    return row, found, key


def hide_key(row: PhoneFile, key: bytes) -> str:
    """The key for the page between the look and the taking in: sealed, and of use with this file alone."""
    return base64.urlsafe_b64encode(seal(base64.b64encode(key).decode(), f"phone file {row.pk}")).decode()


def take_in(row: PhoneFile, hidden: str, *, by: User, now: datetime) -> list[Taken]:
    """Each record under its owner's name, `by` on record as who brought it. What is here already counts once. Raises BadFile, NotAllowed."""
    require(by, Capability.SUPERVISE)
    try:
        data = shelf.place(row.pk).read_bytes()
        key = base64.b64decode(unseal(base64.urlsafe_b64decode(hidden), f"phone file {row.pk}"))
    except (OSError, CannotOpen, ValueError) as error:
        raise BadFile(_("Please choose the file again.")) from error
    sealed = read(data)
    way = taking.Way(source=Source.FILE, device=sealed.device, entered_by=by)
    results = [_take(one, sealed.owner, now=now, way=way) for one in unlock(sealed, key, by=by)]
    with transaction.atomic():
        first = PhoneFile.objects.filter(pk=row.pk, taken_at=None).update(taken_at=now, results=[asdict(result) for result in results])
        if first:
            count = sum(result.state == "taken" for result in results)
            record(Verb.PHONE_FILE_TAKEN, actor=by, at=now, file=str(row.pk), owner=sealed.owner.pk, count=count)
    shelf.place(row.pk).unlink(missing_ok=True)
    return results


def _take(one: Found, owner: User, *, now: datetime, way: taking.Way) -> Taken:
    number = one.case.number if one.case else ""
    if one.state != "new":
        return Taken(str(one.id), "known" if one.state == "known" else "refused", "" if one.case else _("The case is not one of yours."), number)
    try:
        if one.student:
            return Taken(str(one.id), "taken", _("Suspicion reported."), report(one.id, one.body, by=owner, now=now).number)
        upload = taking.receive(one.id, one.body, owner=owner, now=now, way=way)
        for photo, data in one.photos.items():
            uploads.take_photo(upload, photo, data, sha256=hashlib.sha256(data).hexdigest(), by=owner)
        receipt = taking.finish(one.id, owner=owner, now=now, way=way)
    except taking.NotTaken as refusal:
        return Taken(str(one.id), "aside", str(refusal), number)
    except CaseExists as there:
        return Taken(str(one.id), "refused", str(there), there.case.number)
    except BadBody as bad:
        return Taken(str(one.id), "refused", " ".join(words for said in bad.fields.values() for words in said), number)
    except uploads.Conflict:
        return Taken(str(one.id), "refused", _("The server has another record under this number."), number)
    except uploads.BadPhoto as bad_photo:
        return Taken(str(one.id), "refused", str(bad_photo), number)
    except taking.Missing:
        return Taken(str(one.id), "refused", _("Photos are missing."), number)
    except (Case.DoesNotExist, VisitUpload.DoesNotExist, Student.DoesNotExist, NotAllowed):
        return Taken(str(one.id), "refused", _("The maker of the file never had this case."), number)
    return Taken(str(one.id), "taken", str(receipt["number"]), number)


def kept_files(keys: set[UUID]) -> list[UUID]:
    """Of these keys on the shelf, those of files that wait to be taken in."""
    return list(PhoneFile.objects.filter(pk__in=keys, taken_at=None).values_list("pk", flat=True))
