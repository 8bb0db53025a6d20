"""The forms about a child itself: looking it up, registering and correcting it, its guardians, a first suspicion."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.codes.models import CodeList
from cases.codes.services import choices
from cases.directory.models import Area, Level, Organisation, OrganisationKind, SchoolClass
from cases.directory.scoping import under
from cases.journal.plainwords import PlainForm
from cases.journal.refused import Refused
from cases.register import identity
from cases.register.caseform import day_input, many_tiles, tiles
from cases.register.formparts import account
from cases.register.models import Sex
from cases.register.responsible import COUNTY

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Student

IDENTITY_ATTRS = {"autocomplete": "off", "inputmode": "text", "spellcheck": "false", "data-no-draft": True, "class": "kc-num"}


class Plain(PlainForm):
    use_required_attribute = False


class StudentForm(Plain):
    """A child's data. Places and schools are those of the counties where the person has a post."""

    for_numbers = frozenset({"identity_number", "roll_number"})  # a school-roll number contains the other

    name = forms.CharField(label=_("Name"), max_length=40)
    sex = forms.ChoiceField(label=_("Sex"), choices=Sex, widget=tiles("two"))
    born_on = forms.DateField(label=_("Born on"), widget=day_input())
    identity_number = forms.CharField(
        label=_("Identity number"), max_length=30, required=False, widget=forms.TextInput(attrs=IDENTITY_ATTRS),
        help_text=_("18 characters. It is stored encrypted and shown masked."),
    )  # fmt: skip
    nationality = forms.CharField(label=_("Ethnic group"), max_length=20, required=False)
    roll_number = forms.CharField(label=_("School-roll number"), max_length=24, required=False, widget=forms.TextInput(attrs=IDENTITY_ATTRS))
    school = forms.ModelChoiceField(Organisation.objects.none(), label=_("School"), required=False, empty_label=_("not on a school roll"))
    school_class = forms.ModelChoiceField(SchoolClass.objects.none(), label=_("Class"), required=False, empty_label=_("no class"))
    registered_at = forms.ModelChoiceField(Area.objects.none(), label=_("Household register"), empty_label=_("Please choose"))
    lives_at = forms.ModelChoiceField(Area.objects.none(), label=_("Lives in"), empty_label=_("Please choose"))
    address = forms.CharField(label=_("Address"), max_length=120, required=False, help_text=_("Group, street, number."))
    groups = forms.MultipleChoiceField(label=_("Special groups"), required=False, widget=many_tiles("auto"))

    def __init__(self, *args: Any, user: User, student: Student | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.student = user, student
        counties = sorted({post.organisation.area_id[:COUNTY] for post in user.posts() if len(post.organisation.area_id) >= COUNTY})
        known = [student.registered_at_id, student.lives_at_id] if student else []
        areas = _among(Area.objects.filter(level__in=[Level.TOWNSHIP, Level.VILLAGE], active=True), "code", counties) | Area.objects.filter(
            pk__in=known
        )
        schools = _among(Organisation.objects.filter(kind=OrganisationKind.SCHOOL, active=True), "area_id", counties)
        self._offer("registered_at", areas.order_by("code"), _area_label)
        self._offer("lives_at", areas.order_by("code"), _area_label)
        self._offer("school", schools.order_by("area_id", "name"), str)
        classes = (
            SchoolClass.objects.filter(school__in=schools, active=True)
            .select_related("school")
            .order_by("school__area_id", "school_id", "grade", "name")
        )
        self._offer("school_class", classes, lambda one: f"{one.school.name} · {one.name}")
        groups = self.fields["groups"]
        assert isinstance(groups, forms.ChoiceField)
        groups.choices = choices(CodeList.SPECIAL_GROUP)
        if student:
            self.fields["identity_number"].help_text = gettext("Known: %(masked)s. Fill in only to correct it.") % {
                "masked": student.masked_identity or gettext("none")
            }

    def _offer(self, field: str, rows: Any, name: Any) -> None:
        found = self.fields[field]
        assert isinstance(found, forms.ModelChoiceField)
        found.queryset = rows
        found.label_from_instance = name  # type: ignore[method-assign]  # how Django words a choice

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        number = data.get("identity_number", "")
        if number and "born_on" in data and "sex" in data:
            try:
                identity.check(number, born_on=data["born_on"], sex=data["sex"])
            except Refused as refusal:
                self.add_error("identity_number", str(refusal))
        chosen, school = data.get("school_class"), data.get("school")
        if chosen and (school is None or chosen.school_id != school.pk):
            self.add_error("school_class", gettext("The class belongs to another school."))
        return data


class RegisterForm(StudentForm):
    """A new child, with its main guardian."""

    guardian_name = forms.CharField(label=_("Main guardian"), max_length=40, required=False)
    guardian_relation = forms.ChoiceField(label=_("Relation to the child"), required=False)
    guardian_phone = forms.CharField(label=_("Guardian's telephone"), max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        relation = self.fields["guardian_relation"]
        assert isinstance(relation, forms.ChoiceField)
        relation.choices = [("", gettext("Please choose")), *choices(CodeList.RELATION)]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("guardian_name") and not data.get("guardian_relation"):
            self.add_error("guardian_relation", gettext("Please say how the guardian is related to the child."))
        return data


class GuardianForm(Plain):
    name = forms.CharField(label=_("Name"), max_length=40)
    relation = forms.ChoiceField(label=_("Relation to the child"))
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel"}))
    works_at = forms.CharField(label=_("Works at"), max_length=80, required=False)
    is_main = forms.BooleanField(label=_("Main guardian"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        relation = self.fields["relation"]
        assert isinstance(relation, forms.ChoiceField)
        relation.choices = [("", gettext("Please choose")), *choices(CodeList.RELATION)]


class FindByNumberForm(Plain):
    """Sent by POST, so that no identity number stands in an address or a log."""

    for_numbers = frozenset({"identity_number"})
    identity_number = forms.CharField(label=_("Identity number"), max_length=30, widget=forms.TextInput(attrs=IDENTITY_ATTRS))

    def clean_identity_number(self) -> str:
        try:
            return identity.check(self.cleaned_data["identity_number"])
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class SuspicionForm(Plain):
    """A case opens on suspicion."""

    channel = forms.ChoiceField(label=_("How was it noticed?"), widget=tiles("auto"))
    last_attended_on = forms.DateField(
        label=_("Last day at school"), required=False, widget=day_input(), help_text=_("Leave empty for a child that was never enrolled.")
    )
    reason = forms.ChoiceField(label=_("Supposed main reason"), required=False)
    note = account(label=_("What is known so far"), help_text=_("Facts only. No identity numbers, no telephone numbers."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, code_list, first in (("channel", CodeList.CHANNEL, []), ("reason", CodeList.REASON, [("", gettext("not known yet"))])):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [*first, *choices(code_list)]


def _among(rows: Any, column: str, prefixes: Iterable[str], also: Iterable[str] = ()) -> Any:
    """The rows whose code begins with one of the prefixes, and those whose key is in `also`; no others."""
    scope = Q(pk__in=list(also))
    for prefix in prefixes:
        scope |= under(column, prefix)
    return rows.filter(scope)


def _area_label(area: Area) -> str:
    return f"　{area.name}" if area.level == Level.VILLAGE else area.name
