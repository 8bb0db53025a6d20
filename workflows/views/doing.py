"""Carrying out the action of a task: one call into the domain, and every way in which it may end told apart."""

from __future__ import annotations

import re
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.db.models import Subquery
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.documents.models import Document
from cases.journal.services import AlreadyRecorded, require_new
from cases.register.edge import carry_out
from cases.register.locking import on_condition
from cases.register.models import CasePlan, Clearance, ClearanceState
from workflows import opentasks
from workflows.actions import ACTIONS
from workflows.models import Assignment, AssignmentState, Kind
from workflows.rows.ahead import meaning_of_end
from workflows.rows.progress import whose
from workflows.steps import STEPS, VISITED, title

if TYPE_CHECKING:
    from cases.directory.models import User


DECISIONS = re.compile(r"approve_")


class Ended(Enum):
    DONE = "done"
    REPEATED = "repeated"  # the same form had arrived before
    REFUSED = "refused"  # the form says why
    TOO_LATE = "too late"  # somebody else did the task


def submit(assignment: Assignment, form: forms.BaseForm, *, by: User, now: datetime, submission: UUID | None) -> tuple[Ended, str]:
    """Record what the form says, if the task is still open under the lock. The words say who was faster, if somebody was."""
    was_open = assignment.state == AssignmentState.OPEN
    if was_open and not form.is_valid():
        return Ended.REFUSED, ""
    action = ACTIONS[assignment.step]

    def act() -> tuple[Ended, str]:
        try:
            with on_condition(lambda: opentasks.require_open(assignment)):
                arguments: dict[str, Any] = {**form.cleaned_data, **action.fixed}
                action.service(action.subject_of(assignment), **arguments, by=by, now=now, submission=submission)
        except opentasks.AlreadyDone as late:
            return Ended.TOO_LATE, str(late)
        return Ended.DONE, ""

    try:
        if not was_open:
            return _too_late(assignment, submission)
        return carry_out(form, act) or (Ended.REFUSED, "")
    except AlreadyRecorded as repeated:
        return Ended.REPEATED, str(repeated)


def _too_late(assignment: Assignment, submission: UUID | None) -> tuple[Ended, str]:
    """The task was closed before the form came: unless it was closed by this very form, the words say by whom. Raises AlreadyRecorded."""
    require_new(submission)
    return Ended.TOO_LATE, opentasks.closed_by(assignment)


def typed(form: forms.BaseForm) -> list[tuple[str, str]]:
    """What somebody wrote into a form that came too late, in words, to be copied. Files cannot be shown again."""
    said = []
    for field in form:
        value = field.value()
        if field.is_hidden or isinstance(field.field, forms.FileField) or not value:
            continue
        labels = {str(code): str(label) for code, label in _flat(getattr(field.field, "choices", ()))}
        values = value if isinstance(value, (list, tuple)) else [value]
        words = ", ".join(labels.get(str(one), str(one)) for one in values if one not in (None, ""))
        if words:
            said.append((str(field.label), words))
    return said


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    pairs: list[tuple[Any, Any]] = []
    for code, label in choices:
        pairs.extend(label if isinstance(label, (list, tuple)) else [(code, label)])
    return pairs


def opened_after(assignment: Assignment) -> list[Assignment]:
    """The open tasks of the case, what is due first on top, each with the moment in which `assignment` was done; one query."""
    rows = Assignment.objects.filter(case=assignment.case_id, state=AssignmentState.OPEN, organisation__isnull=False)
    rows = rows.annotate(moment=Subquery(Assignment.objects.filter(pk=assignment.pk).values("done_at")))
    return list(rows.select_related("organisation", "holder").order_by("due_at", "pk"))


def what_next(assignment: Assignment, waiting: list[Assignment]) -> str:
    """What was achieved, which tasks this very fact opened, and who has them."""
    if any(row.pk == assignment.pk for row in waiting):
        if set(STEPS[assignment.step].ends_on) & set(VISITED):
            return _("Recorded as a contact. The task stays open until a visit in person meets somebody of the family.")
        return _("Recorded. The task stays open.")
    new = [row for row in waiting if row.created_at == row.moment]  # type: ignore[attr-defined]  # annotated above
    said = [_how_it_ended(assignment) % {"title": title(assignment.step)}]
    if assignment.step == "serve_order":
        said += _term(assignment)
    if new:
        said.append(_("Next: %(tasks)s.") % {"tasks": _("; ").join(map(_who_by_when, new))})
    elif waiting:
        others = ngettext("%(count)s other task of this case is still open.", "%(count)s other tasks of this case are still open.", len(waiting))
        said.append(others % {"count": len(waiting)})
    elif not DECISIONS.match(assignment.step):
        said.append(meaning_of_end(Kind(assignment.kind)))
    return " ".join(said).strip()


def _how_it_ended(assignment: Assignment) -> str:
    """A refusal is not announced as something done."""
    if DECISIONS.match(assignment.step):
        state = Clearance.objects.filter(pk=assignment.seed or 0).values_list("state", flat=True).get()
        return _("%(title)s: not approved.") if state == ClearanceState.REFUSED else _("%(title)s: approved.")
    if assignment.step == "sign_plan" and not CasePlan.objects.filter(case=assignment.case_id, signed_township_at__isnull=False).exists():
        return _("%(title)s: sent back to the school.")
    return _("Done: %(title)s.")


def _term(assignment: Assignment) -> list[str]:
    """Until when the family has time: whoever served the order tells them."""
    ends_on = Document.objects.filter(pk=assignment.seed or 0).values_list("term_ends_on", flat=True).first()
    return [_("Its term ends on %(day)s.") % {"day": date_format(ends_on, "MONTH_DAY_FORMAT")}] if ends_on else []


def _who_by_when(row: Assignment) -> str:
    due = date_format(localtime(row.due_at), "MONTH_DAY_FORMAT") if row.due_at else ""
    return _("%(title)s (%(who)s, by %(due)s)") % {"title": title(row.step), "who": whose(row), "due": due}


def mine_among(waiting: list[Assignment], assignment: Assignment, user: User) -> Assignment | None:
    """The next task of the same case that is the user's own."""
    posts = {(post.organisation_id, post.role) for post in user.posts()}
    for row in waiting:
        at_my_post = row.holder_id is None and (row.organisation_id, row.role) in posts
        if row.pk != assignment.pk and (row.holder_id == user.pk or at_my_post):
            return row
    return None
