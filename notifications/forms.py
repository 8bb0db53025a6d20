from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.channels import OUTSIDE


class PreferenceForm(forms.Form):
    """Which of the channels that reach this person are wanted."""

    channels = forms.MultipleChoiceField(label=_("Tell me also by"), widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(self, data: Any = None, *, user: Any, **options: Any) -> None:
        super().__init__(data, **options)
        self.offered = [(name, channel.label) for name, channel in OUTSIDE.items() if channel.available(user)]
        self.fields["channels"].choices = self.offered  # type: ignore[attr-defined]
