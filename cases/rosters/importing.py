"""A list comes in: sealed as it came, read line by line, looked at, confirmed. Whoever is killed goes on where the last line was kept."""

from __future__ import annotations

import hashlib
import hmac
import os
from datetime import date, datetime
from io import BytesIO
from typing import IO, TYPE_CHECKING, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from cases.directory.capabilities import CAPABILITIES, Capability, NotAllowed
from cases.directory.models import Area, Organisation, Role
from cases.journal.refused import Refused
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.rosters import reading
from cases.rosters.models import Roster, RosterFile, RosterRow, RosterState
from cases.sheets.exports import read_export
from cases.sheets.reading import MAX_BYTES, BadSheet

if TYPE_CHECKING:
    from cases.directory.models import Appointment, User

CHUNK: Final = 500  # lines kept in one transaction: the progress that somebody sees
NONCE: Final = 12
COUNTY: Final = 6


class KnownList(Refused):
    """The same list of the same day came before: `roster`."""

    def __init__(self, roster: Roster) -> None:
        super().__init__(_("This list was already read; it counts once."))
        self.roster = roster


class NotReady(Refused):
    """The list is not in the state that this asks for."""


def bringer(user: User) -> Appointment:
    """The post with which somebody brings a list: the bureau's for the county, the principal's for the own school. Raises NotAllowed."""
    able = [post for post in user.posts() if Capability.RECONCILE in CAPABILITIES[post.role]]
    if not able:
        raise NotAllowed(_("Your post does not allow this."))
    return min(able, key=lambda post: post.role == Role.PRINCIPAL)


def may_bring(user: User, roster: Roster) -> bool:
    """Whether one of the user's posts answers for this list."""
    return any(Capability.RECONCILE in CAPABILITIES[post.role] and post.organisation_id == roster.organisation_id for post in user.posts())


@transaction.atomic
def bring(file: IO[bytes], *, taken_on: date, by: User, now: datetime) -> Roster:
    """Keep the file, sealed, to be read. Nothing is looked at yet. Raises KnownList, BadSheet (too large), NotAllowed."""
    post = bringer(by)
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise BadSheet(_("The file is larger than %(size)s MB.") % {"size": MAX_BYTES // 1024 // 1024})
    county = Area.objects.select_for_update(no_key=True).get(pk=post.organisation.area_id[:COUNTY])  # one list of a county at a time
    school: Organisation | None = post.organisation if post.role == Role.PRINCIPAL else None
    digest = hmac.new(settings.KC_HASH_KEY, data, hashlib.sha256).hexdigest()
    same = Roster.objects.filter(county=county, school=school, digest=digest, taken_on=taken_on)
    if known := same.exclude(state__in=[RosterState.REFUSED, RosterState.DISCARDED]).first():
        raise KnownList(known)
    roster: Roster = Roster.objects.create(
        county=county, school=school, organisation=post.organisation, taken_on=taken_on, digest=digest, brought_by=by, brought_at=now
    )
    RosterFile.objects.create(roster=roster, sealed=_seal(data, roster))
    return roster


def read(roster_id: int) -> Roster:
    """Read a list that was brought, `CHUNK` lines a transaction. Twice at once or again after a kill is harmless."""
    roster: Roster = Roster.objects.select_related("brought_by").get(pk=roster_id)
    file = RosterFile.objects.filter(roster=roster).first()
    if roster.state != RosterState.READING or file is None:
        return roster
    with translation.override(roster.brought_by.language):
        try:
            found = reading.read(read_export(BytesIO(_open(bytes(file.sealed), roster))), roster)
        except BadSheet as bad:
            _end(roster, state=RosterState.REFUSED, refusal=str(bad)[:300])
            return roster
    if found.faults:
        first = found.faults[: reading.MAX_FAULTS]
        _end(roster, state=RosterState.REFUSED, refusal="", faults=first, fault_count=len(found.faults), total=len(found.rows))
        return roster
    while _keep_some(roster, found.rows):
        pass
    _end(roster, state=RosterState.READ, total=len(found.rows), unsure=found.unsure)
    return roster


@transaction.atomic
def _keep_some(roster: Roster, rows: list[RosterRow]) -> bool:
    """Keep the next lines. False when none is left, or somebody discarded the list."""
    locked = Roster.objects.select_for_update(no_key=True).get(pk=roster.pk)
    if locked.state != RosterState.READING:
        return False
    some = rows[locked.read_to : locked.read_to + CHUNK]
    RosterRow.objects.bulk_create(some)
    Roster.objects.filter(pk=roster.pk).update(read_to=locked.read_to + len(some), total=len(rows))
    return bool(some)


@transaction.atomic
def _end(roster: Roster, **columns: object) -> None:
    """What came of reading; the file is not needed any more."""
    changed = Roster.objects.filter(pk=roster.pk, state=RosterState.READING).update(**columns)
    if changed:
        RosterFile.objects.filter(roster=roster).delete()
    roster.refresh_from_db()


@transaction.atomic
def confirm(roster: Roster, *, by: User) -> Roster:
    """Somebody looked at what was read: compare it. Raises NotReady, NotAllowed."""
    roster = _locked(roster, by)
    if roster.state not in {RosterState.READ, RosterState.COMPARED}:
        raise NotReady(_("This list cannot be compared now."))
    # the county's list speaks of each of its schools, too
    newer = Roster.objects.filter(county=roster.county, state=RosterState.COMPARED, taken_on__gt=roster.taken_on)
    if newer.filter(Q(school=None) | Q(school=roster.school_id)).exists():
        raise NotReady(_("A newer list was compared already. An older one would bring back what is settled."))
    roster.state, roster.marked_at = RosterState.COMPARING, None
    roster.save(update_fields=["state", "marked_at"])
    return roster


@transaction.atomic
def discard(roster: Roster, *, by: User, now: datetime) -> None:
    """Somebody does not want this list: its lines are destroyed, nothing was compared. Raises NotReady, NotAllowed."""
    roster = _locked(roster, by)
    if roster.state not in {RosterState.READ, RosterState.READING}:
        raise NotReady(_("This list was compared already."))
    RosterFile.objects.filter(roster=roster).delete()
    RosterRow.objects.filter(roster=roster).delete()
    roster.state = RosterState.DISCARDED
    roster.save(update_fields=["state"])
    record(Verb.ROSTER_DISCARDED, actor=by, at=now, organisation=roster.organisation, roster=roster.pk)


def _locked(roster: Roster, by: User) -> Roster:
    if not may_bring(by, roster):
        raise NotAllowed(_("Only the unit that brought the list decides on it."))
    locked: Roster = Roster.objects.select_for_update(no_key=True).get(pk=roster.pk)
    return locked


def _seal(data: bytes, roster: Roster) -> bytes:
    name, key = next(iter(settings.KC_FIELD_KEYS.items()))
    nonce = os.urandom(NONCE)
    return name.encode() + b":" + nonce + AESGCM(key).encrypt(nonce, data, roster.digest.encode())


def _open(sealed: bytes, roster: Roster) -> bytes:
    name, _colon, rest = sealed.partition(b":")
    return AESGCM(settings.KC_FIELD_KEYS[name.decode()]).decrypt(rest[:NONCE], rest[NONCE:], roster.digest.encode())
