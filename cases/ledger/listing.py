"""Long lists of names: asked for on a page, made by a worker, by the sweeper's loop, or by whoever comes first; taken out by who asked; destroyed.

Twice at once is harmless: one makes it, and whoever was killed leaves it to the next after `SILENT`.
"""

from __future__ import annotations

import logging
import os
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from cases import sql
from cases.codes.services import setting
from cases.directory.capabilities import Capability, NotAllowed, posts_that
from cases.directory.models import User
from cases.journal import clock
from cases.journal.refused import Refused
from cases.journal.services import AlreadyRecorded, record
from cases.journal.verbs import Verb
from cases.ledger import tables
from cases.ledger.listmodels import ListState, NameList, NameListFile
from cases.ledger.namelist import Export, names_book

if TYPE_CHECKING:
    from cases.directory.models import Area

AT_HAND = 500  # names that one waits for; a longer list is made beside the requests
AT_MOST = 20_000
TOGETHER = 3  # lists that one person may have in the making
UNDERWAY = (ListState.WAITING, ListState.MAKING)
KEPT = 24  # hours, a setting
SILENT = 60  # seconds without a sign of life, after which somebody else begins anew
NONCE = 12

logger = logging.getLogger(__name__)


class Stopped(Exception):
    """Whoever asked for the list does not want it any more."""


def may_take(user: User, *, full: bool, unit: str = "") -> bool:
    """Whether one of the user's present posts takes names out of the system, of this area where one is named (its code), and whether identity
    numbers go with them. A post elsewhere lends its right to no other."""
    able = posts_that(user, Capability.EXPORT)
    return any(not unit or unit.startswith(post.organisation.area_id) for post in able) and (not full or user.can(Capability.SHOW_IDENTITY))


@transaction.atomic
def ask(unit: Area, year: int, month: int, *, purpose: str, full: bool, total: int, by: User, now: datetime, submission: UUID) -> NameList:
    """Put the list on record to be made. Raises AlreadyRecorded when the same page was sent before, NotAllowed, Refused."""
    if not may_take(by, full=full, unit=unit.pk):
        raise NotAllowed(_("Your post does not allow this."))
    if total > AT_MOST:
        raise Refused(_("At most %(most)s names in one file. Choose a smaller area.") % {"most": AT_MOST})
    if NameList.objects.filter(asked_by=by, state__in=UNDERWAY).exclude(submission=submission).count() >= TOGETHER:
        raise Refused(_("Your lists are still being made. Wait until one is ready, or cancel it."))
    wanted, made = NameList.objects.get_or_create(
        submission=submission,
        defaults={"asked_by": by, "asked_at": now, "unit": unit, "year": year, "month": month, "full": full, "purpose": purpose, "total": total},
    )
    if not made:
        raise AlreadyRecorded(str(AlreadyRecorded.message))
    return wanted


def work_all() -> int:
    """Make every list that waits and that nobody is making, the oldest first. Returns how many."""
    return sum(work(pk) for pk in list(_waiting()))


def work_next() -> bool:
    """Destroy what is old and make at most one list, some seconds' work: whoever calls has other things to do as well."""
    destroy_old(now=clock.now())
    return any(work(pk) for pk in _waiting()[:1])


def _waiting() -> Any:
    return NameList.objects.filter(state__in=UNDERWAY).order_by("pk").values_list("pk", flat=True)


def work(pk: int) -> bool:
    """Make one list, unless somebody else is at it. Outside a transaction, so that everybody sees how far it is."""
    if not _take(pk):
        return False
    wanted = NameList.objects.select_related("asked_by", "unit").get(pk=pk)
    try:
        _make(wanted)
    except Stopped:
        return False
    except Exception as error:  # noqa: BLE001  whatever it was, whoever waits has to hear of it
        # the type alone: the words of an error may hold a child's data
        logger.error("list of names %s could not be made (%s)", pk, type(error).__name__)
        NameList.objects.filter(pk=pk, state=ListState.MAKING).update(state=ListState.FAILED)
    return True


def _take(pk: int) -> bool:
    """Say that this process makes it. Who fell silent has lost it."""
    taken = sql.ask(
        """
        UPDATE cases_namelist SET state = 'making', done = 0, sign_at = clock_timestamp()
        WHERE id = %s AND (state = 'waiting' OR (state = 'making' AND sign_at < clock_timestamp() - make_interval(secs => %s))) RETURNING id
        """,
        pk,
        SILENT,
    )
    return bool(taken)


def _make(wanted: NameList) -> None:
    if not wanted.asked_by.is_active or not may_take(wanted.asked_by, full=wanted.full, unit=wanted.unit_id):
        raise NotAllowed("the post was lost since")
    now = clock.now()
    editions = list(tables.latest_editions(wanted.year, wanted.month, wanted.unit_id))
    with translation.override(wanted.asked_by.language):
        book, rows = names_book(editions, Export(wanted.asked_by, now, wanted.full), progress=lambda done, _of: _sign(wanted, done))
    with transaction.atomic():
        if not _finish(wanted, rows, now=now):
            raise Stopped
        NameListFile.objects.create(list=wanted, sealed=_seal(book, wanted))
        said: dict[str, Any] = {"rows": rows, "ledger": f"{wanted.year}-{wanted.month:02}", "unit": wanted.unit_id, "full": wanted.full}
        record(Verb.LIST_EXPORTED, at=now, actor=wanted.asked_by, remark=wanted.purpose, list=wanted.pk, **said)


def _sign(wanted: NameList, done: int) -> None:
    """How far it is, and a sign of life. Raises Stopped where the list is not wanted any more."""
    still = sql.ask(
        "UPDATE cases_namelist SET done = least(%s, total), sign_at = clock_timestamp() WHERE id = %s AND state = 'making' RETURNING id",
        done,
        wanted.pk,
    )
    if not still:
        raise Stopped


def _finish(wanted: NameList, rows: int, *, now: datetime) -> bool:
    keep_until = now + timedelta(hours=int(setting("ledger_names_kept_hours", default=KEPT)))
    ready = NameList.objects.filter(pk=wanted.pk, state=ListState.MAKING)
    return bool(ready.update(state=ListState.READY, done=rows, total=rows, ready_at=now, keep_until=keep_until))


def cancel(wanted: NameList) -> bool:
    """Leave it, or destroy it where it is there already. False when there was nothing left to do."""
    with transaction.atomic():
        # first the row, which whoever makes the list writes too: a file that is finished at this moment is there to be deleted, or never comes
        found = NameList.objects.filter(pk=wanted.pk, state__in=(*UNDERWAY, ListState.READY))
        left = found.update(state=ListState.CANCELLED, keep_until=None)
        NameListFile.objects.filter(list=wanted.pk, list__state=ListState.CANCELLED).delete()
        return bool(left)


@transaction.atomic
def take_out(wanted: NameList, *, by: User, now: datetime) -> bytes:
    """The workbook, for whoever asked for it, as long as the post allows it. Each time is on record. Raises Refused, NotAllowed."""
    locked = NameList.objects.select_for_update(no_key=True, of=("self",)).get(pk=wanted.pk)
    if locked.asked_by_id != by.pk or not may_take(by, full=locked.full, unit=locked.unit_id):
        raise NotAllowed(_("Your post does not allow this."))
    file = NameListFile.objects.filter(list=locked).first()
    if locked.state != ListState.READY or file is None or (locked.keep_until and locked.keep_until <= now):
        raise Refused(_("This list is no longer there. Ask for it again."))
    try:
        book = _open(bytes(file.sealed), locked)
    except (InvalidTag, KeyError) as error:
        raise Refused(_("This list is no longer there. Ask for it again.")) from error
    locked.taken += 1
    locked.save(update_fields=["taken"])
    record(Verb.FILE_OPENED, at=now, actor=by, list=locked.pk, rows=locked.total, full=locked.full)
    return book


def destroy_old(*, now: datetime) -> int:
    """Destroy the files whose time is over, and leave a list that nobody could make in so long: it would end one worker after the other.
    Returns how many files."""
    NameList.objects.filter(state__in=UNDERWAY, asked_at__lte=now - timedelta(hours=KEPT)).update(state=ListState.FAILED)
    with transaction.atomic():
        over = NameList.objects.filter(state=ListState.READY, keep_until__lte=now)
        NameListFile.objects.filter(list__in=over).delete()
        return int(over.update(state=ListState.DESTROYED))


def _seal(book: bytes, wanted: NameList) -> bytes:
    """AES-256-GCM under the newest key of the ring, bound to the list."""
    name, key = next(iter(settings.KC_FIELD_KEYS.items()))
    nonce = os.urandom(NONCE)
    return name.encode() + b":" + nonce + AESGCM(key).encrypt(nonce, book, wanted.submission.bytes)


def _open(sealed: bytes, wanted: NameList) -> bytes:
    name, _colon, rest = sealed.partition(b":")
    return AESGCM(settings.KC_FIELD_KEYS[name.decode()]).decrypt(rest[:NONCE], rest[NONCE:], wanted.submission.bytes)
