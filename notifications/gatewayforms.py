"""Entering a gateway: one form a kind."""

import json
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from notifications.channels.http import BadAddress, check
from notifications.channels.sms import PLACEHOLDERS, placeholders
from notifications.models import Gateway, GatewayKind
from notifications.places import directory

HEADER = r"[A-Za-z0-9-]{1,40}"
SMS_BODY = {"phone": "{phone}", "content": "{text} {link}", "id": "{key}"}


def form_for(gateway: Gateway, data: Any, *, user: Any) -> "GatewayForm":
    return FORMS[GatewayKind(gateway.kind)](data, gateway=gateway, user=user)


def _secret(label: Any, **more: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password", "data-no-draft": ""})
    return forms.CharField(label=label, required=False, max_length=300, widget=widget, **more)


class GatewayForm(forms.Form):
    """What every gateway has. A secret that was kept is never shown again; left empty it stays, while the address stays."""

    inside_address = ""  # the word of the address that the service gives out as a part of it, and that is the secret

    name = forms.CharField(
        label=pgettext_lazy("of a gateway", "Name"),
        max_length=60,
        help_text=gettext_lazy("As you will know it again, for example the name of the group."),
    )
    address = forms.CharField(label=pgettext_lazy("of a gateway", "Address"), max_length=400)
    token = _secret(gettext_lazy("Token"))
    area = forms.RegexField(
        r"^\d{2,12}$", label=gettext_lazy("Area code"), help_text=gettext_lazy("It serves whoever has a post in this area, for example 420106.")
    )
    organisation = forms.CharField(
        label=gettext_lazy("For one organisation alone"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Its full name; empty: for everybody in the area."),
    )
    per_minute = forms.IntegerField(
        label=gettext_lazy("Messages a minute"),
        min_value=1,
        max_value=10_000,
        required=False,
        help_text=gettext_lazy("No more than this leave; the others wait for the next minute. Empty: no limit."),
    )
    usual = forms.BooleanField(
        label=gettext_lazy("Also for what is not urgent"),
        required=False,
        help_text=gettext_lazy("Otherwise people who have not chosen get urgent messages alone this way."),
    )
    active = forms.BooleanField(label=gettext_lazy("In use"), required=False)

    def __init__(self, data: Any = None, *, gateway: Gateway, user: Any) -> None:
        super().__init__(data)
        self.gateway = gateway
        self.initial = {"active": True, "per_minute": 20, **self._kept()} if gateway.pk else {"active": True, **self._usual(user)}
        if gateway.pk:
            self.fields["token"].help_text = _("It is kept and not shown. Empty: it stays as it is.")

    def _kept(self) -> dict[str, Any]:
        row = self.gateway
        office = directory().names([], [row.organisation_id])[1].get(row.organisation_id, "") if row.organisation_id else ""
        names = ("name", "address", "area", "per_minute", "usual", "active")
        return {name: getattr(row, name) for name in names} | {"organisation": office}

    def _usual(self, user: Any) -> dict[str, Any]:
        places = directory().places_of([user.pk]).get(user.pk, ())
        return {"per_minute": 20, "area": places[0].area if places else ""}

    def clean_area(self) -> str:
        code = str(self.cleaned_data["area"])
        if code not in directory().names([code], [])[0]:
            raise forms.ValidationError(_("No area has this code."))
        return code

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        self._clean_address(given)
        if given.get("organisation") and given.get("area"):
            found = directory().offices_called(given["organisation"].strip(), given["area"])
            if len(found) != 1:
                words = _("Several organisations of this area have this name.") if found else _("No organisation of this area has this name.")
                self.add_error("organisation", words)
            else:
                given["organisation_id"] = found[0]
        for name, value in self.secrets().items():
            if not value and self.needs(name) and not self._may_stay(given):
                self.add_error(name, _("Please enter it; for another address it is never taken over."))
            elif not value.isascii() or not value.isprintable():
                self.add_error(name, _("It has no spaces at its end and no signs outside ASCII."))
        return given

    def _may_stay(self, given: dict[str, Any]) -> bool:
        return bool(self.gateway.pk) and given.get("address") == self.gateway.address

    def _clean_address(self, given: dict[str, Any]) -> None:
        """Where somebody pasted the whole address that the service gave out, the secret in it goes to where secrets are kept."""
        if "address" not in given:
            return
        address = given["address"].strip()
        try:
            check(address)
        except BadAddress as error:
            self.add_error("address", str(error))
            return
        if self.inside_address:
            parts = urlsplit(address)
            query = dict(parse_qsl(parts.query))
            given["token"] = given.get("token") or query.pop(self.inside_address, "")
            given["address"] = urlunsplit(parts._replace(query=urlencode({k: v for k, v in query.items() if k != self.inside_address})))
        else:
            given["address"] = address

    def needs(self, secret: str) -> bool:
        return True

    def secrets(self) -> dict[str, str]:
        return {"token": (self.cleaned_data.get("token") or "").strip()}

    def options(self) -> dict[str, Any]:
        return {}

    def fields_of_the_row(self) -> dict[str, Any]:
        given = self.cleaned_data
        names = ("name", "address", "area", "per_minute", "usual", "active")
        return {name: given[name] for name in names} | {"organisation_id": given.get("organisation_id"), "options": self.options()}


class WeComForm(GatewayForm):
    inside_address = "key"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("address", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send")
        self.fields["address"].help_text = _("You may paste the whole webhook address of the robot; its key is kept apart, encrypted.")
        self.fields["token"].label = _("Key of the robot")


class DingTalkForm(GatewayForm):
    inside_address = "access_token"
    secret = _secret(gettext_lazy("Signing secret"))
    field_order = ("name", "address", "token", "secret")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("address", "https://oapi.dingtalk.com/robot/send")
        self.fields["address"].help_text = _("You may paste the whole webhook address of the robot; its token is kept apart, encrypted.")
        self.fields["token"].label = _("Access token")
        self.fields["secret"].help_text = _("Choose signing (加签) among the robot's security settings; it begins with SEC.")
        if self.gateway.pk:
            self.fields["secret"].help_text = _("It is kept and not shown. Empty: it stays as it is.")

    def secrets(self) -> dict[str, str]:
        return {**super().secrets(), "secret": (self.cleaned_data.get("secret") or "").strip()}


class SmsForm(GatewayForm):
    format = forms.ChoiceField(
        label=gettext_lazy("What is sent"), choices=[("json", "JSON"), ("form", gettext_lazy("form fields"))], widget=forms.Select
    )
    body = forms.CharField(
        label=gettext_lazy("Template"),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=gettext_lazy("A JSON object with the fields of the provider. Placeholders: {phone} {text} {link} {key} {token}"),
    )
    header = forms.RegexField(rf"^{HEADER}$", label=gettext_lazy("Header of the token"), required=False)
    header_value = forms.CharField(label=gettext_lazy("Value of the header"), max_length=200, required=False)
    answer_field = forms.CharField(
        label=gettext_lazy("Field of the answer"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Where the provider says in a field whether it took the message. Empty: any answer 2xx is a yes."),
    )
    answer_value = forms.CharField(label=gettext_lazy("Its value when all is well"), max_length=40, required=False)
    knows_key = forms.BooleanField(
        label=gettext_lazy("The provider sends a repeated {key} once"),
        required=False,
        help_text=gettext_lazy("Otherwise what may have been sent before says so in its text."),
    )
    field_order = ("name", "address", "token", "header", "header_value", "format", "body", "answer_field", "answer_value", "knows_key")

    def _kept(self) -> dict[str, Any]:
        options: dict[str, Any] = self.gateway.options
        return super()._kept() | options | {"body": json.dumps(options["body"], ensure_ascii=False, indent=2)}

    def _usual(self, user: Any) -> dict[str, Any]:
        body = json.dumps(SMS_BODY, ensure_ascii=False, indent=2)
        return super()._usual(user) | {"per_minute": None, "header": "Authorization", "header_value": "Bearer {token}", "body": body}

    def needs(self, secret: str) -> bool:
        return secret in placeholders([self.cleaned_data.get("body", ""), self.cleaned_data.get("header_value", "")])

    def clean_body(self) -> dict[str, Any]:
        try:
            body: Any = json.loads(self.cleaned_data["body"])
        except ValueError as error:
            raise forms.ValidationError(_("This is no JSON: %(error)s") % {"error": error}) from error
        if not isinstance(body, dict):
            raise forms.ValidationError(_("A JSON object is wanted: names and values in braces."))
        named = placeholders(body)
        if unknown := named - PLACEHOLDERS:
            raise forms.ValidationError(_("There is no placeholder %(name)s.") % {"name": "{" + min(unknown) + "}"})
        if not {"phone", "text"} <= named:
            raise forms.ValidationError(_("The template needs {phone} and {text}."))
        return body

    def clean_header_value(self) -> str:
        value = str(self.cleaned_data["header_value"])
        if not value.isascii() or not value.isprintable():
            raise forms.ValidationError(_("A header has no signs outside ASCII."))
        if unknown := placeholders(value) - {"token", "key"}:
            raise forms.ValidationError(_("There is no placeholder %(name)s.") % {"name": "{" + min(unknown) + "}"})
        return value

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("format") == "form" and any(not isinstance(value, str) for value in given.get("body", {}).values()):
            self.add_error("body", _("Form fields are words: nothing inside braces or brackets."))
        return given

    def options(self) -> dict[str, Any]:
        names = ("format", "body", "header", "header_value", "answer_field", "answer_value", "knows_key")
        return {name: self.cleaned_data[name] for name in names}


FORMS: dict[GatewayKind, type[GatewayForm]] = {GatewayKind.WECOM: WeComForm, GatewayKind.DINGTALK: DingTalkForm, GatewayKind.SMS: SmsForm}
