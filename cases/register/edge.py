"""From a service's refusal to words on the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.forms import BaseForm

from cases.directory.capabilities import NotAllowed
from cases.journal.refused import Refused

Result = TypeVar("Result")


def carry_out(form: BaseForm, act: Callable[[], Result]) -> Result | None:
    """What the service returns; None when it refused, and then the form says why. AlreadyRecorded goes through to the caller."""
    try:
        return act()
    except (Refused, NotAllowed) as refusal:
        field = getattr(refusal, "field", None)  # some refusals know what they are about
        form.add_error(field if field in form.fields else None, str(refusal))
        return None
