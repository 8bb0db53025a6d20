"""Forms of the directory. `cleaned_data` holds what the services take; the services check it once more, kindly or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from cases.directory import addresses, lockout
from cases.directory.authority import may_fill
from cases.directory.models import Department, OrganisationKind, Role, SchoolClass, User
from cases.directory.posts import HELD_AT
from cases.journal.plainwords import PlainForm

if TYPE_CHECKING:
    from cases.directory.models import Organisation


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class LogInForm(AuthenticationForm):
    """Says the same of a name that exists and of one that doesn't."""

    username = forms.CharField(
        label=_("Work account or telephone"),
        max_length=40,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))

    def get_invalid_login_error(self) -> ValidationError:
        name, now = self.cleaned_data["username"], timezone.now()
        until = addresses.locked_until(addresses.address_of(self.request), now=now) or lockout.locked_until(name, lockout.find(name), now=now)
        if until is None:
            return ValidationError(_("The account or the password is not right. After five wrong tries the account is closed for 15 minutes."))
        minutes = max(1, -int(-(until - now).total_seconds() // 60))
        words = ngettext("Too many wrong tries. Try again in %(minutes)d minute.", "Too many wrong tries. Try again in %(minutes)d minutes.", minutes)
        return ValidationError(words % {"minutes": minutes}, code="locked")


class ProfileForm(PlainForm):
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False, widget=forms.TextInput(attrs={"autocomplete": "tel"}))
    email = forms.EmailField(label=_("E-mail"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class PersonForm(PlainForm):
    """A person's account as the office keeps it."""

    name = forms.CharField(label=_("Name"), max_length=40)
    username = forms.CharField(
        label=_("Work account"), max_length=40, help_text=_("Letters, digits, dots and dashes, such as zhang.san. It can never be changed.")
    )
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)


class EditPersonForm(PlainForm):
    name = forms.CharField(label=_("Name"), max_length=40)
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)


class PostForm(PlainForm):
    """A post at one organisation: only the posts that it has and that the user fills are offered."""

    role = forms.ChoiceField(label=_("Post"))
    school_class = forms.ModelChoiceField(
        label=_("Class"), queryset=SchoolClass.objects.none(), required=False, help_text=_("Of a class teacher only.")
    )
    since = forms.DateField(label=_("Since"), widget=day_input())
    until = forms.DateField(label=_("Until"), required=False, widget=day_input(), help_text=_("Leave it empty if the end is not known."))

    def __init__(self, *args: Any, organisation: Organisation, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [role for role, kinds in HELD_AT.items() if organisation.kind in kinds and may_fill(user, role, organisation)]
        self.offered = bool(roles)
        choice = self.fields["role"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(role, str(Role(role).label)) for role in roles]
        classes = self.fields["school_class"]
        assert isinstance(classes, forms.ModelChoiceField)
        if organisation.kind == OrganisationKind.SCHOOL:
            classes.queryset = SchoolClass.objects.filter(school=organisation, active=True).order_by("grade", "name")
        else:
            del self.fields["school_class"]


class NewPersonForm(PersonForm, PostForm):
    """An account with its first post."""

    until = None  # type: ignore[assignment]  # how Django takes an inherited field away
    field_order = ("name", "username", "role", "school_class", "since", "phone", "email")


class EndForm(PlainForm):
    on = forms.DateField(label=_("Last day"), widget=day_input(), help_text=_("The post is held until the end of this day."))


class PeopleFilter(PlainForm):
    q = forms.CharField(
        label=_("Name, account or telephone"), required=False, widget=forms.SearchInput(attrs={"placeholder": _("Name, account or telephone")})
    )
    role = forms.ChoiceField(label=_("Post"), required=False, choices=[("", _("Every post")), *Role.choices])
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("Who works here")), ("locked", _("Locked")), ("without", _("Without a post")), ("left", _("Has left"))],
    )


class OrganisationFilter(PlainForm):
    q = forms.CharField(label=_("Name or code"), required=False, widget=forms.SearchInput(attrs={"placeholder": _("Name or code")}))
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("Every kind")), *OrganisationKind.choices])


class OrganisationForm(PlainForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=OrganisationKind.choices)
    area = forms.CharField(
        label=_("Code of the area"), max_length=12, help_text=_("Six digits for a county, nine for a township, twelve for a village.")
    )
    department = forms.ChoiceField(
        label=_("Which department"), required=False, choices=[("", "—"), *Department.choices], help_text=_("Of a department only.")
    )
    name = forms.CharField(
        label=pgettext_lazy("of a place or office", "Name"),
        max_length=80,
        required=False,
        help_text=_("Offices get their usual name if you leave it empty; a school needs one."),
    )
    code = forms.CharField(label=_("Own code"), max_length=20, required=False, help_text=_("Of a school: its ten-digit code."))
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False)


class EditOrganisationForm(PlainForm):
    name = forms.CharField(label=pgettext_lazy("of a place or office", "Name"), max_length=80)
    code = forms.CharField(label=_("Own code"), max_length=20, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False)
    active = forms.BooleanField(label=_("Active"), required=False)


class ClassForm(PlainForm):
    grade = forms.TypedChoiceField(label=_("Grade"), coerce=int, choices=[(grade, str(grade)) for grade in range(1, 10)])
    name = forms.CharField(label=_("Class"), max_length=20, help_text=_("As everybody calls it, such as 七（1）班."))


class VillageForm(PlainForm):
    number = forms.CharField(label=_("Code"), max_length=12, help_text=_("Three digits within the township, or all twelve."))
    name = forms.CharField(label=pgettext_lazy("of a place or office", "Name"), max_length=60)


class ZoneForm(PlainForm):
    name = forms.CharField(label=pgettext_lazy("of a place or office", "Name"), max_length=60)
    reports_to = forms.CharField(
        label=_("Code of the unit that it reports to"),
        max_length=9,
        help_text=_("Two digits for the province, four for a prefecture, six for a county."),
    )


class SheetForm(PlainForm):
    file = forms.FileField(
        label=_("Spreadsheet (.xlsx)"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}),
    )
