"""Why this day: the explanation of a deadline in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from workflows.calendars import BREAK, WEEKEND
from workflows.models import Unit

# The reason is stored as the State Council's notice words it; a reader in another language gets its name.
HOLIDAYS = {
    "元旦": gettext_noop("New Year"),
    "春节": gettext_noop("Spring Festival"),
    "清明节": gettext_noop("Tomb-sweeping Day"),
    "劳动节": gettext_noop("Labour Day"),
    "端午节": gettext_noop("Dragon Boat Festival"),
    "国庆节": gettext_noop("National Day"),
    "中秋节": gettext_noop("Mid-autumn Festival"),
    "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日": gettext_noop("70th anniversary of victory in the war"),
}
MAKE_UP = "调休上班"


def explain(explanation: Mapping[str, Any]) -> str:
    """Why this day: the explanation of a deadline in the reader's language."""
    parts = [_beginning(explanation)]
    parts += [_run(*run) for run in explanation.get("days", [])]
    parts += [_rolled(*run) for run in explanation.get("rolled", [])]
    if explanation.get("at_least"):
        parts.append(_("at least %(amount)s working days remain: %(day)s") % {"amount": explanation["at_least"], "day": _day(explanation["last"])})
    parts += [_move(move) for move in explanation.get("moves", [])]
    return "".join([parts[0], pgettext("between the parts of an explanation", "; ").join(parts[1:])])


def _beginning(explanation: Mapping[str, Any]) -> str:
    if explanation.get("fixed"):
        return _("Set to this date. ")
    if moment := explanation.get("at"):
        words = _("%(amount)s hours from %(day)s, %(time)s. ")
        return words % {"amount": explanation["amount"], "day": _day(explanation["from"]), "time": moment}
    words = {
        Unit.WORKING_DAYS: _("%(amount)s working days from %(day)s: "),
        Unit.NATURAL_DAYS: _("%(amount)s natural days from %(day)s. "),
        Unit.SCHOOL_DAYS: _("%(amount)s school days from %(day)s: "),
        Unit.HOURS: _("%(amount)s hours from %(day)s. "),
    }[Unit(explanation["unit"])]
    return words % {"amount": explanation["amount"], "day": _day(explanation["from"])}


def _run(first: str, last: str, counted: bool, reason: str) -> str:
    words = {
        (True, False): _("%(days)s yes"),
        (True, True): _("%(days)s yes (%(reason)s)"),
        (False, False): _("%(days)s no"),
        (False, True): _("%(days)s no (%(reason)s)"),
    }[counted, bool(reason)]
    return words % {"days": _days(first, last), "reason": name_of(reason)}


def _rolled(first: str, last: str, working: bool, reason: str) -> str:
    if working:
        return _("ends on the next working day, %(days)s") % {"days": _days(first, last)}
    return _("%(days)s is no working day (%(reason)s)") % {"days": _days(first, last), "reason": name_of(reason)}


def _move(move: Mapping[str, str]) -> str:
    return _("suspended from %(start)s to %(end)s, now due on %(day)s") % {
        "start": _day(move["from"]),
        "end": _day(move["to"]),
        "day": _day(move["last"]),
    }


def name_of(reason: str) -> str:
    """A stored reason in the reader's language; what an administrator wrote stays as it is."""
    if reason == WEEKEND:
        return _("weekend")
    if reason == BREAK:
        return _("school holidays")
    if reason.endswith(MAKE_UP):
        return _("make-up workday")
    return _(HOLIDAYS[reason]) if reason in HOLIDAYS else reason


def _days(first: str, last: str) -> str:
    if first == last:
        return _day(first)
    return _("%(first)s to %(last)s") % {"first": _day(first), "last": _day(last)}


def _day(iso: str) -> str:
    # Translators: Django's date format of a day with its weekday, such as "Fri 18 Sep"
    return date_format(date.fromisoformat(iso), pgettext("date format", "D j M"))
