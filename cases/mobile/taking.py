"""What a phone sends takes the road of the page: the same form, the same service. Here are the doors for what the page never meets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cases.directory.capabilities import BY_PART, NotAllowed, covers
from cases.journal.clock import day
from cases.journal.refused import Refused
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.mobile import uploads
from cases.mobile.body import BadBody, Body
from cases.mobile.models import PhoneTask, PhotoUpload, VisitUpload
from cases.mobile.tasks import Ended, tasks
from cases.register.locking import lock
from cases.register.models import Case
from cases.register.numbers import next_number
from cases.visits.forms import VisitForm
from cases.visits.models import HomeVisit
from cases.visits.receiving import Decision, LateVisit, Source, Why
from cases.visits.reception import Reception, believed, standing
from cases.visits.services import log_visit

if TYPE_CHECKING:
    from cases.directory.models import User

KEPT_ON_PHONE = timedelta(days=7)  # the phone deletes what it took along after so long without a new list


class NotTaken(Exception):
    """Only a copy was kept, for whoever is in charge; the words say why."""


class Missing(Exception):
    """Photos that are not here yet."""

    def __init__(self, photos: list[UUID]) -> None:
        super().__init__()
        self.photos = photos


@dataclass(frozen=True)
class Way:
    """How records come: from the phone itself, or out of its exported file that a clerk brings in."""

    source: str = Source.PHONE
    device: UUID | None = None
    entered_by: User | None = None


def receive(key: UUID, said: object, *, owner: User, now: datetime, way: Way) -> VisitUpload:
    """The words of a visit. Said again, nothing happens.

    Of somebody who did not answer for the child a copy is kept; its photos are asked for first, and `finish` says that it was not taken.
    Raises BadBody, uploads.Conflict, Case.DoesNotExist for a case that the owner never had, NotTaken for such a copy once nothing is missing.
    """
    body = Body.read(said)
    if VisitUpload.objects.filter(pk=key).exists():
        upload = uploads.mine(key, owner=owner, sha256=body.sha256)
        return _with_its_photos(upload)
    case = _case_of(body, owner)
    occurred_at, _said = _checked(key, body, case, owner, now)
    try:
        standing(case, owner, occurred_at, given=_given(case, owner, occurred_at))
    except NotAllowed as refusal:
        set_aside(upload := uploads.begin(key, body, owner=owner, case=case, now=now), Why.NOT_ALLOWED, occurred_at, now=now)
        if not upload.photos_wanted:
            raise NotTaken(_words_of(Why.NOT_ALLOWED)) from refusal
        return upload
    return uploads.begin(key, body, owner=owner, case=case, now=now)


def finish(key: UUID, *, owner: User, now: datetime, way: Way) -> dict[str, Any]:
    """Put the visit on record, once; the receipt, the same each time. The workflow moves here and nowhere else.

    Raises VisitUpload.DoesNotExist, uploads.Conflict, Missing, NotTaken.
    """
    try:
        return _finish(key, owner, now, way)
    except (BadBody, Refused, NotAllowed) as refusal:
        # what could be taken when it came and cannot any more, such as a visit corrected twice meanwhile
        upload = uploads.mine(key, owner=owner)
        body = Body.read(upload.body)
        set_aside(upload, Why.REFUSED, _moment(body, upload), now=now)
        words = next(iter(refusal.fields.values()))[0] if isinstance(refusal, BadBody) else str(refusal)
        raise NotTaken(words) from refusal


@transaction.atomic
def _finish(key: UUID, owner: User, now: datetime, way: Way) -> dict[str, Any]:
    upload = uploads.mine(key, owner=owner, lock=True)
    if upload.finished_at:
        return dict(upload.receipt)
    photos = uploads.held(upload)
    if missing := _missing(upload, photos):
        raise Missing(missing)
    if upload.refused:
        return _receipt_of_copy(upload, photos, now)
    body = Body.read(upload.body)
    occurred_at, form = _checked(key, body, upload.case, owner, max(now, upload.received_at), again=upload.received_at)
    reception = Reception(
        source=way.source,
        received_at=upload.received_at,
        said_at=body.occurred_at,
        saved_at=body.saved_at,
        clock_ms=body.clock_ms,
        device=way.device,
        position=body.position,
        entered_by=way.entered_by,
        given=_given(upload.case, owner, occurred_at),
    )
    by_id = {photo.pk: photo.stored for photo in PhotoUpload.objects.filter(upload=upload).select_related("stored")}
    stored = [by_id[photo] for photo in upload.photos_wanted]
    visit = log_visit(upload.case, **form | {"stored": stored, "reception": reception}, by=owner, now=now)
    upload.receipt = _receipt(visit, upload, photos, tasks().ended(visit.case_id, at=now))
    upload.finished_at, upload.body = now, {}  # from now on the words are the visit's
    upload.save(update_fields=["receipt", "finished_at", "body"])
    return dict(upload.receipt)


def _with_its_photos(upload: VisitUpload) -> VisitUpload:
    """The upload, for the phone to go on with. Raises NotTaken for a copy of which everything is here and nobody has taken it over."""
    if upload.refused and not _missing(upload, uploads.held(upload)) and not _taken_over(upload):
        raise NotTaken(_words_of(upload.refused))
    return upload


def _missing(upload: VisitUpload, photos: list[UUID]) -> list[UUID]:
    """Nothing is asked for any more of a copy that was not taken over."""
    if upload.refused and LateVisit.objects.filter(record=upload.pk, decision=Decision.REFUSED).exists():
        return []
    return uploads.missing(upload, photos)


def _taken_over(upload: VisitUpload) -> HomeVisit | None:
    taken: HomeVisit | None = HomeVisit.objects.filter(pk=upload.pk, visitor=upload.owner_id).select_related("case").first()
    return taken


def _receipt_of_copy(upload: VisitUpload, photos: list[UUID], now: datetime) -> dict[str, Any]:
    """Whoever was in charge took the record over: the phone may let it go. Raises NotTaken until then."""
    visit = _taken_over(upload)
    if visit is None:
        raise NotTaken(_words_of(upload.refused))
    upload.receipt, upload.finished_at = _receipt(visit, upload, photos, Ended([], False, "")), now
    upload.save(update_fields=["receipt", "finished_at"])
    return dict(upload.receipt)


def _receipt(visit: HomeVisit, upload: VisitUpload, photos: list[UUID], ended: Ended) -> dict[str, Any]:
    county, year = visit.case.county_id, day(upload.received_at).year
    before_supervisor = LateVisit.objects.filter(visit=visit).exists()
    late = day(upload.received_at) > day(visit.occurred_at)
    return {
        "visit": str(visit.pk),
        "number": f"JF-{county}-{year}-{next_number(f'receipt {county} {year}'):04d}",
        "received_at": upload.received_at.isoformat(),
        "photos": [str(photo) for photo in photos],
        "late": late or before_supervisor,
        "state": "before_supervisor" if before_supervisor else "late" if late else "ok",
        "withdrawn": ended.withdrawn,
        "next": _next(visit, ended, before_supervisor=before_supervisor),
    }


def _next(visit: HomeVisit, ended: Ended, *, before_supervisor: bool) -> str:
    said = []
    if before_supervisor:
        said.append(_("The case has changed since; your record is attached to it, and whoever is in charge now has been told."))
    if ended.withdrawn:
        said.append(_("Made in time: the escalation was withdrawn."))
    if ended.titles:
        said.append(_("Done: %(task)s.") % {"task": _(", ").join(ended.titles)})
        if ended.following:
            said.append(_("Next: %(task)s.") % {"task": ended.following})
    elif not (visit.in_person and visit.met_family):
        said.append(_("On record as a contact; the task stays open until somebody of the family is met in person."))
    return " ".join(said) or _("The visit is on record.")


@transaction.atomic
def set_aside(upload: VisitUpload, why: str, occurred_at: datetime, *, now: datetime) -> LateVisit:
    """Keep a copy for whoever is in charge; once for an upload."""
    VisitUpload.objects.select_for_update(no_key=True).get(pk=upload.pk)  # first the upload, then the case: the order of `finish`
    case = lock(upload.case, paused_too=True, closed_too=True)
    copy, made = LateVisit.objects.get_or_create(
        record=upload.pk,
        defaults={
            "case": case,
            "visitor": upload.owner,
            "why": why,
            "said": upload.body.get("fields", {}),
            "occurred_at": occurred_at,
            "received_at": upload.received_at,
        },
    )
    if made:
        VisitUpload.objects.filter(pk=upload.pk).update(refused=why, body={})
        upload.refused = str(why)
        copy.photos.add(*(photo.stored for photo in PhotoUpload.objects.filter(upload=upload).select_related("stored")))
        record(Verb.VISIT_SET_ASIDE, case=case, actor=upload.owner, at=now, record=str(upload.pk), why=str(why))
    return copy


def _case_of(body: Body, owner: User) -> Case:
    """The case, if the owner sees it, has or had a post that covers it, or had it on a phone. Raises Case.DoesNotExist.

    A department covers no case by its post: it has a part in one, and then sees it, or it has not.
    """
    case: Case = Case.objects.select_related("student", "school", "school_class", "township", "education").get(pk=body.case)
    posts = owner.appointments.select_related("organisation")
    if (
        Case.objects.visible_to(owner).filter(pk=case.pk).exists()
        or PhoneTask.objects.filter(phone__user=owner, case=case).exists()
        or any(covers(post, case) for post in posts if post.role not in BY_PART)
    ):
        return case
    raise Case.DoesNotExist


def _given(case: Case, owner: User, at: datetime) -> bool:
    """Whether a phone of the owner had the case on its list at that moment."""
    return PhoneTask.objects.filter(Q(until__gte=at - KEPT_ON_PHONE), phone__user=owner, case=case, since__lte=at).exists()


def _moment(body: Body, upload: VisitUpload) -> datetime:
    return believed(body.occurred_at, saved_at=body.saved_at, clock_ms=body.clock_ms, received_at=upload.received_at)


def _checked(key: UUID, body: Body, case: Case, owner: User, now: datetime, *, again: datetime | None = None) -> tuple[datetime, dict[str, Any]]:
    """The moment that is believed, and what the form of the page makes of the words. Raises BadBody."""
    occurred_at = believed(body.occurred_at, saved_at=body.saved_at, clock_ms=body.clock_ms, received_at=again or now)
    corrects = HomeVisit.objects.filter(pk=body.corrects, case=case, visitor=owner).first() if body.corrects else None
    if body.corrects and corrects is None:
        raise BadBody({"corrects": [_("The record that this one corrects is not here.")]})
    form = VisitForm(body.form_data(key, occurred_at), None, case=case, user=owner, subject=corrects)
    form.now = now
    if not form.is_valid():
        raise BadBody({name: [str(words) for words in said] for name, said in form.errors.items()})
    return occurred_at, form.cleaned_data | {"occurred_at": occurred_at, "photos": []}


def _words_of(why: str) -> str:
    if why == Why.NOT_ALLOWED:
        return _("You were not responsible for this child when the visit took place. A copy is kept, and whoever is in charge has been told.")
    return _("This record could not be taken as it was. A copy is kept, and whoever is in charge has been told.")
