"""What several forms are made of: texts, answers, evidence, fields that follow an answer."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.codes.models import CodeList
from cases.codes.services import choices, label
from cases.files.fields import EvidenceField
from cases.journal.plainwords import PlainForm
from cases.register.caseform import CaseForm, tiles

YES_NO = {"yes": True, "no": False}


def account(**kwargs: Any) -> forms.CharField:
    """A text of several lines."""
    rows = kwargs.pop("rows", 4)
    return forms.CharField(**{"max_length": 2000, "required": False, "widget": forms.Textarea(attrs={"rows": rows}), **kwargs})


class Answer(forms.TypedChoiceField):
    """Two tiles, cleaned into True or False."""

    def __init__(self, yes: Any, no: Any, **kwargs: Any) -> None:
        super().__init__(choices=[("yes", yes), ("no", no)], coerce=YES_NO.__getitem__, widget=tiles("two"), **kwargs)


def kinds(*codes: str) -> list[tuple[str, str]]:
    """The kinds of evidence with these codes, worded; all that are offered when there are none."""
    return [(code, label(CodeList.EVIDENCE, code)) for code in codes] or choices(CodeList.EVIDENCE)


class Follows(PlainForm):
    """Fields that only matter after a certain answer are shown when it is given; without scripts they are simply there."""

    class Media:
        js: ClassVar = [forms.widgets.Script("cases/visits/visits.js", type="module")]


class EvidenceForm(CaseForm):
    """A form with evidence: the kinds are those that the matter may need."""

    evidence = EvidenceField([], label=_("Evidence"), required=False)
    evidence_kinds: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["evidence"]
        assert isinstance(field, EvidenceField)
        field.kinds = field.widget.kinds = kinds(*self.evidence_kinds)
