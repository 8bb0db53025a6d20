"""A suspicion that was written on a phone: the same form and service as the page, and the id of the report makes it count once."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext as _

from cases.journal.models import Entry
from cases.journal.refused import Refused
from cases.journal.services import AlreadyRecorded
from cases.mobile.body import BadBody
from cases.mobile.uploads import Conflict
from cases.register.models import Case, Student
from cases.register.opening import CaseExists, open_case
from cases.register.studentforms import SuspicionForm

if TYPE_CHECKING:
    from cases.directory.models import User


def report(key: UUID, said: object, *, by: User, now: datetime) -> Case:
    """The case that the report opened, now or before.

    Raises BadBody, Conflict "owner", Student.DoesNotExist for a child whom the reporter does not see, CaseExists, NotAllowed.
    """
    if before := Entry.objects.filter(submission=key).select_related("case").first():
        return _case_of(before, by)
    student = Student.objects.visible_to(by).get(pk=_number(said))
    assert isinstance(said, dict)
    last = str(said.get("last_attended_on") or "")
    told = {name: str(said.get(name) or "") for name in ("reason", "note")}
    form = SuspicionForm({"channel": "attendance" if last else "no_show", "last_attended_on": last, **told})
    if not form.is_valid():
        raise BadBody({name: [str(words) for words in listed] for name, listed in form.errors.items()})
    try:
        return open_case(student, **form.cleaned_data, by=by, now=now, submission=key)
    except AlreadyRecorded:
        return _case_of(Entry.objects.select_related("case").get(submission=key), by)
    except CaseExists:
        raise
    except Refused as refusal:
        raise BadBody({"last_attended_on": [str(refusal)]}) from refusal


def _case_of(entry: Entry, by: User) -> Case:
    if entry.actor_id != by.pk or entry.case is None:
        raise Conflict("owner")
    return entry.case


def _number(said: object) -> int:
    value = said.get("student") if isinstance(said, dict) else None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**62:
        return value
    raise BadBody({"student": [_("This cannot be read.")]})
