from typing import Any

from django import forms

from notifications.channels import OUTSIDE


class PreferenceForm(forms.Form):
    """Which of the channels that reach this person are wanted: one box a channel."""

    def __init__(self, data: Any = None, *, user: Any, chosen: list[str]) -> None:
        super().__init__(data)
        for name, channel in OUTSIDE.items():
            if channel.available(user):
                self.fields[name] = forms.BooleanField(label=channel.label, initial=name in chosen, required=False)

    def wanted(self) -> list[str]:
        return [name for name in self.fields if self.cleaned_data[name]]
