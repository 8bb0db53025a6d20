"""A phone that is gone: nobody comes in with it any more, and what lies on it stays locked until its person gives the password there."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from cases.directory.capabilities import NotAllowed
from cases.directory.models import User
from cases.directory.services import may_reset
from cases.journal.refused import Refused
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.mobile.models import Phone

if TYPE_CHECKING:
    from cases.directory.models import User as Person


class CannotLose(Refused):
    """The phone was said to be lost before, or no reason was given."""


def phones_of(person: Person) -> list[Phone]:
    """The phones of a person, the one heard of last first."""
    rows = Phone.objects.filter(user=person).select_related("lost_by").defer("share")
    return list(rows.order_by(F("lost_at").desc(nulls_first=True), "-heard_at", "-pk"))


def may_report(by: Person, person: Person) -> bool:
    """Everybody of their own phones; of somebody else's, whoever may give that person a password."""
    return by.pk == person.pk or may_reset(by, person)


@transaction.atomic
def report_lost(phone: Phone, *, reason: str, by: Person, now: datetime) -> Phone:
    """This phone is lost.

    1. Its cookie ends, and every session of the person: one may still be open in its browser. 2. The person's other phones stay known.
    3. The half of its key stays, since the phone may be found; it goes out only after a password that is given from now on.
    Raises NotAllowed, CannotLose.
    """
    if not may_report(by, phone.user):
        raise NotAllowed(_("Only the person or whoever looks after their account may say that this phone is lost."))
    if not reason.strip():
        raise CannotLose(_("Please say how it was lost; it goes on record."))
    person = User.objects.get_queryset().select_for_update(no_key=True).get(pk=phone.user_id)
    phone = Phone.objects.select_for_update(of=("self",), no_key=True).get(pk=phone.pk)
    if phone.lost_at:
        raise CannotLose(_("This phone was reported lost already."))
    phone.lost_at, phone.lost_by, phone.lost_reason = now, by, reason.strip()
    phone.token_digest, phone.token_until, phone.token_epoch, phone.token_session = "", None, "", ""
    phone.save(update_fields=["lost_at", "lost_by", "lost_reason", "token_digest", "token_until", "token_epoch", "token_session"])
    before = person.get_session_auth_hash()
    person.session_epoch += 1
    person.save(update_fields=["session_epoch"])
    Phone.objects.filter(user=person, token_epoch=before).exclude(token_digest="").update(token_epoch=person.get_session_auth_hash())
    record(Verb.PHONE_LOST, actor=by, at=now, remark=reason.strip(), phone=phone.pk, user=person.pk, waiting=phone.waiting)
    return phone


@transaction.atomic
def found_again(phone: Phone, *, now: datetime) -> None:
    """Its person gave the password on it after it was reported lost: it is in the right hands."""
    back = Phone.objects.filter(pk=phone.pk, lost_at__isnull=False).update(lost_at=None, lost_by=None, lost_reason="")
    if back:
        record(Verb.PHONE_FOUND, actor=phone.user, at=now, phone=phone.pk, user=phone.user_id)
    phone.lost_at, phone.lost_by, phone.lost_reason = None, None, ""
