"""What a supervisor may do to a task or a case: for each its form, its service, its words before and after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy

from cases.register.models import Case
from workflows import casewide, extratasks, running, services, supervising
from workflows.forms import ExtendForm, ExtraTaskForm, NoteForm, ReassignForm, SendBackForm

if TYPE_CHECKING:
    from django import forms
    from django.utils.functional import _StrPromise

    from workflows.models import Assignment


@dataclass(frozen=True)
class Order:
    """One thing that a supervisor may do: its form and its service, its words before and after."""

    title: _StrPromise
    text: _StrPromise
    button: _StrPromise
    icon: str
    form: Callable[..., forms.Form]
    service: Callable[..., Any]
    done: _StrPromise
    dangerous: bool = False


def _send_back_form(data: Any = None, *, case: Case, user: Any, subject: Assignment) -> forms.Form:
    return SendBackForm(data, case=case, user=user, steps=running.earlier_steps(subject))


ORDERS: dict[str, Order] = {
    "remind": Order(
        gettext_lazy("Remind"),
        gettext_lazy("Whoever holds the task gets your words at once."),
        gettext_lazy("Send the reminder"),
        "bell",
        NoteForm,
        services.remind,
        gettext_lazy("The reminder was sent."),
    ),
    "reassign": Order(
        gettext_lazy("Reassign"),
        gettext_lazy("Another person's post gets the task; both are told."),
        gettext_lazy("Reassign"),
        "user-plus",
        ReassignForm,
        services.reassign,
        gettext_lazy("The task was reassigned."),
    ),
    "extend": Order(
        gettext_lazy("Extend"),
        gettext_lazy("The deadline moves; the reason goes on record."),
        gettext_lazy("Extend"),
        "calendar-time",
        ExtendForm,
        services.extend,
        gettext_lazy("The deadline was extended."),
    ),
    "take-over": Order(
        gettext_lazy("Take over"),
        gettext_lazy("You do the task yourself from now on."),
        gettext_lazy("Take over"),
        "user-check",
        NoteForm,
        services.take_over,
        gettext_lazy("The task is yours now."),
    ),
    "raise": Order(
        gettext_lazy("Raise to the superior"),
        gettext_lazy("The next rung of the ladder gets the task now, with your reason, and confirms that it did. You can do this once."),
        gettext_lazy("Raise"),
        "stairs-up",
        NoteForm,
        supervising.raise_to_superior,
        gettext_lazy("The task was raised; the people above were told."),
    ),
    "agenda": Order(
        gettext_lazy("Put on the joint conference's agenda"),
        gettext_lazy("The county's joint conference deals with the case; its office gets your reason."),
        gettext_lazy("Put on the agenda"),
        "users",
        NoteForm,
        supervising.put_on_agenda,
        gettext_lazy("The case waits for the joint conference."),
    ),
    "noted": Order(
        gettext_lazy("Note, and take it off my queue"),
        gettext_lazy("It lies before you no more; your words go on record. The task stays where it is."),
        gettext_lazy("Note"),
        "check",
        NoteForm,
        supervising.note_what_lies_before,
        gettext_lazy("Noted. It left your queue."),
    ),
    "send-back": Order(
        gettext_lazy("Send back"),
        gettext_lazy("The case goes back to an earlier step. What is open now is cancelled; what was done stays on record."),
        gettext_lazy("Send back"),
        "corner-up-left",
        _send_back_form,
        services.send_back,
        gettext_lazy("The case was sent back."),
        dangerous=True,
    ),
}
CASE_ORDERS: dict[str, Order] = {
    "extra": Order(
        gettext_lazy("Add an extra task"),
        gettext_lazy("One more thing for somebody to do, beside the main work."),
        gettext_lazy("Add the task"),
        "plus",
        ExtraTaskForm,
        extratasks.add_extra_task,
        gettext_lazy("The extra task was added."),
    ),
    "agenda": Order(
        gettext_lazy("Put on the joint conference's agenda"),
        gettext_lazy("The county's joint conference deals with the case; its office gets your reason."),
        gettext_lazy("Put on the agenda"),
        "users",
        NoteForm,
        supervising.put_case_on_agenda,
        gettext_lazy("The case waits for the joint conference."),
    ),
    "pause": Order(
        gettext_lazy("Suspend the case"),
        gettext_lazy("All clocks of the case stop, and nothing can be done to it until somebody resumes it."),
        gettext_lazy("Suspend"),
        "player-pause",
        NoteForm,
        casewide.pause_case,
        gettext_lazy("The case is suspended."),
    ),
    "resume": Order(
        gettext_lazy("Resume the case"),
        gettext_lazy("The clocks run on with what was left of them."),
        gettext_lazy("Resume"),
        "player-play",
        NoteForm,
        casewide.resume_case,
        gettext_lazy("The case is running again."),
    ),
    "cancel": Order(
        gettext_lazy("Cancel the case"),
        gettext_lazy("Only for a case that was opened by mistake. It is closed and stays on record."),
        gettext_lazy("Cancel the case"),
        "ban",
        NoteForm,
        casewide.cancel_case,
        gettext_lazy("The case was cancelled."),
        dangerous=True,
    ),
}
