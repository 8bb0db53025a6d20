"""What a message may carry: numbers, codes and days. There is no parameter for a name or for free text, so no child's data can travel."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext

StepTitle = Callable[[str], object]


class NotAllowedInMessage(ValueError):
    """A parameter that no message may carry, or a value of another shape than it promises."""


_step_title: StepTitle = str


def register_step_titles(titles: StepTitle) -> None:
    """How the title of a step is found by its code, in the active language. Said once, when the workflow gets ready."""
    global _step_title
    _step_title = titles


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _matches(pattern: str) -> Callable[[Any], str | None]:
    compiled = re.compile(pattern)
    return lambda value: value if isinstance(value, str) and compiled.fullmatch(value) else None


def _moment(value: Any) -> str | None:
    """A day or a moment; empty where none is fixed."""
    if value == "":
        return ""
    if isinstance(value, date):  # a datetime is one, too
        return value.isoformat()
    try:
        return value if parse_datetime(value) or parse_date(value) else None
    except (TypeError, ValueError):
        return None


# Parameter → what is stored of it; None refuses.
ALLOWED: dict[str, Callable[[Any], Any]] = {
    "case": _matches(r"[A-Za-z0-9/-]{1,40}|督查〔\d{4}〕\d{1,6}号"),  # the number of a case, a report, a list or a finding
    "step": _matches(r"[a-z0-9_]{1,40}"),  # a code of the steps' table
    "outcome": _matches(r"[a-z0-9_]{1,40}"),  # a code, too
    "days": _number,
    "hours": _number,
    "count": _number,
    "round": _number,
    "refused": _number,
    "left": _number,
    "overdue": _number,
    "due_today": _number,
    "unread": _number,
    "due": _moment,
    "until": _moment,
    "on": _moment,
}


def storable(params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters as JSON keeps them; raises NotAllowedInMessage."""
    kept = {}
    for name, value in params.items():
        if name not in ALLOWED:
            raise NotAllowedInMessage(f"a message carries no {name!r}")
        if (stored := ALLOWED[name](value)) is None:
            raise NotAllowedInMessage(f"{name!r} of a message has another shape")
        kept[name] = stored
    return kept


def shown(params: Mapping[str, Any]) -> dict[str, str]:
    """The stored parameters as a reader of the active language sees them."""
    return {name: _show(name, value) for name, value in params.items()}


def _show(name: str, value: Any) -> str:
    if name == "step":
        return str(_step_title(value))
    if name in {"due", "until", "on"}:
        return _show_moment(value)
    return str(value)


def _show_moment(text: str) -> str:
    if not text:
        return gettext("no day fixed")
    if day := parse_date(text) if len(text) == len("2026-01-31") else None:
        return date_format(day, "MONTH_DAY_FORMAT")
    moment = parse_datetime(text)
    assert moment is not None  # storable() let it in
    local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
    return f"{date_format(local, 'MONTH_DAY_FORMAT')} {local:%H:%M}"
