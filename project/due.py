"""How far away a deadline is, in words and a tone; what the due badge shows."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

Tone = Literal["red", "amber", "green", "blue", "grey"]

SOON = 1  # days left from which a deadline is shown in amber


@dataclass(frozen=True)
class Due:
    tone: Tone
    icon: str
    text: str


def as_day(moment: date) -> date:
    """The day of a moment where the product is used."""
    return localtime(moment).date() if isinstance(moment, datetime) else moment


def due(at: date, *, now: datetime, paused: bool = False, done: bool = False) -> Due:
    """What to say about a deadline; days are calendar days, and a bare date lasts until its end."""
    if done:
        return Due("green", "check", _("Done"))
    if paused:
        return Due("grey", "player-pause", _("Clock paused"))
    days = (as_day(at) - as_day(now)).days
    if days < 0:
        return Due("red", "alert-circle", ngettext("%(days)d day overdue", "%(days)d days overdue", -days) % {"days": -days})
    if isinstance(at, datetime) and at < now:
        return Due("red", "alert-circle", _("Overdue since today"))
    if days == 0:
        return Due("amber", "clock", _("Due today"))
    text = ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}
    return Due("amber" if days <= SOON else "grey", "clock", text)
