"""The administration's forms: they refuse, kindly and at once, what the services would refuse."""

from __future__ import annotations

from typing import Any

from django import forms

from cases.codes.models import CodeItem, Setting
from cases.codes.services import BadRule, check_item, check_setting
from cases.journal.plainwords import RefusesNumbers


class CodeItemForm(RefusesNumbers, forms.ModelForm[CodeItem]):
    class Meta:
        model = CodeItem
        fields = ("list", "code", "zh", "en", "position", "active", "wants_text", "ministry_priority", "evidence")

    def clean_evidence(self) -> list[list[str]]:
        return self.cleaned_data["evidence"] or []  # an emptied field demands nothing

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        try:
            check_item(CodeItem(pk=self.instance.pk, **{name: data.get(name, getattr(self.instance, name)) for name in self._meta.fields or ()}))
        except BadRule as bad:
            raise forms.ValidationError(str(bad)) from bad
        return data


class SettingForm(RefusesNumbers, forms.ModelForm[Setting]):
    class Meta:
        model = Setting
        fields = ("code", "county", "value", "basis")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        try:
            check_setting(Setting(code=data.get("code", ""), value=data.get("value"), basis=data.get("basis") or ""))
        except BadRule as bad:
            raise forms.ValidationError(str(bad)) from bad
        return data
