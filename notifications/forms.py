from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications import quiet
from notifications.channels import OUTSIDE, reaching
from notifications.channels.base import Offer
from notifications.models import DeliveryState
from notifications.wishes import Wishes

STUCK = "stuck"


def _time(label: Any) -> forms.TimeField:
    return forms.TimeField(label=label, required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))


class PreferenceForm(forms.Form):
    """Which of the channels that reach this person are wanted, for what is urgent and for the rest; and when they are left in peace."""

    def __init__(self, data: Any = None, *, user: Any, offers: Mapping[str, Offer], wishes: Wishes) -> None:
        super().__init__(data)
        self.ways = reaching(user, offers)
        if not self.ways:
            return
        for name in self.ways:
            self.fields[name] = forms.BooleanField(label=OUTSIDE[name].label, initial=name in wishes.channels, required=False)
        for name in self.ways:
            self.fields[f"urgent_{name}"] = forms.BooleanField(label=OUTSIDE[name].label, initial=name in wishes.urgent_channels, required=False)
        self.fields["daily"] = forms.BooleanField(
            label=_("One summary a day, at 08:00"),
            help_text=_("Instead of a message each time; what is urgent still comes at once."),
            initial=wishes.daily,
            required=False,
        )
        self.fields["quiet"] = forms.BooleanField(
            label=_("Leave me in peace at night"),
            help_text=_("What is not urgent waits until the morning."),
            initial=wishes.quiet_from != wishes.quiet_until,
            required=False,
        )
        asleep = wishes.quiet_from != wishes.quiet_until
        self.fields["quiet_from"], self.fields["quiet_until"] = _time(_("Quiet from")), _time(_("Quiet until"))
        self.initial = {"quiet_from": wishes.quiet_from if asleep else quiet.FROM, "quiet_until": wishes.quiet_until if asleep else quiet.UNTIL}

    def usual(self) -> list[forms.BoundField]:
        return [self[name] for name in self.ways]

    def urgent(self) -> list[forms.BoundField]:
        return [self[f"urgent_{name}"] for name in self.ways]

    def wishes(self) -> Wishes:
        given = self.cleaned_data
        begins, ends = (given.get("quiet_from") or quiet.FROM, given.get("quiet_until") or quiet.UNTIL) if given.get("quiet") else (quiet.FROM,) * 2
        return Wishes(
            [name for name in self.ways if given[name]],
            [name for name in self.ways if given[f"urgent_{name}"]],
            given.get("daily", False),
            begins,
            ends,
        )


class LogFilter(forms.Form):
    """State, channel and day of the delivery log."""

    state = forms.ChoiceField(
        label=_("State"),
        choices=[(STUCK, _("What is stuck")), ("all", _("Everything")), *DeliveryState.choices, ("unsure", _("Possibly sent twice"))],
        required=False,
    )
    channel = forms.ChoiceField(
        label=_("Channel"), choices=lambda: [("", _("All channels")), *((name, way.label) for name, way in OUTSIDE.items())], required=False
    )
    day = forms.DateField(label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data)
        self.today = today

    def chosen(self) -> dict[str, Any]:
        """State, channel and day; what nobody could have chosen counts as nothing. The whole log is shown a day at a time: it may be long."""
        self.is_valid()
        given = self.cleaned_data
        state = given.get("state") or STUCK
        day = given.get("day")
        if day is None and state in {"all", DeliveryState.SENT, DeliveryState.DROPPED, "unsure"}:
            day = self.today
        return {"state": "" if state == "all" else state, "channel": given.get("channel", ""), "day": day}
