"""What the forms about a case share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from cases.journal import clock
from cases.journal.plainwords import PlainForm

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case

Choices = Iterable[tuple[str, Any]]


class CaseForm(PlainForm):
    """A form about a case: its cleaned data are the keyword arguments of the service that records the fact."""

    use_required_attribute = False  # the server says what is missing, in words and beside the field

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: MultiValueDict[str, UploadedFile[Any]] | None = None,
        *,
        case: Case,
        user: User,
        subject: Any = None,
        initial: Mapping[str, Any] | None = None,
        prefix: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.case, self.user, self.subject = case, user, subject
        super().__init__(data, files, initial=dict(initial or {}), prefix=prefix, **kwargs)

    def number_refusal(self) -> str:
        return _("Please leave the identity number out: the record names the child already.")

    @cached_property
    def now(self) -> datetime:
        """The engine's moment, once for the whole form."""
        return clock.now()

    @property
    def today(self) -> date:
        return clock.day(self.now)

    def offer(self, field: str, choices: Choices) -> None:
        """The choices of a field that are known only while running."""
        found = self.fields[field]
        assert isinstance(found, forms.ChoiceField)
        found.choices = list(choices)


def day_input(**attrs: Any) -> forms.DateInput:
    """The browser's own field for a day."""
    return forms.DateInput(attrs={"type": "date", **attrs}, format="%Y-%m-%d")


def tiles(layout: str = "two") -> forms.RadioSelect:
    """Radio buttons as tiles; the layouts are those of `docs/ui.md`."""
    return forms.RadioSelect(attrs={"class": f"kc-tiles--{layout}"})


def many_tiles(layout: str = "two") -> forms.CheckboxSelectMultiple:
    """Checkboxes as tiles; the layouts are those of `docs/ui.md`."""
    return forms.CheckboxSelectMultiple(attrs={"class": f"kc-tiles--{layout}"})


def submission_of(request: HttpRequest) -> UUID | None:
    """The token of the page from which the form came: posted twice, it counts once."""
    try:
        return UUID(request.POST.get("submission", ""))
    except ValueError:
        return None
