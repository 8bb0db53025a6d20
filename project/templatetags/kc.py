"""The components of the interface: `{% load kc %}`. docs/ui.md shows each of them, /styleguide/ in all its states."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.http import HttpRequest
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from project import due as deadlines

register = template.Library()

Rows = Iterable[Mapping[str, Any]]


# --- small things, made without a template because lists show hundreds of them


@register.simple_tag
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """An icon of the sprite; decoration unless `label` says what it means. `size` is s or l."""
    kind = f" kc-ic--{size}" if size else ""
    address = static("icons.svg")
    if label:
        return format_html('<svg class="kc-ic{}" role="img" aria-label="{}"><use href="{}#{}"/></svg>', kind, label, address, name)
    return format_html('<svg class="kc-ic{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>', kind, address, name)


@register.simple_tag
def tag(tone: str, text: object, icon_name: str = "") -> SafeString:
    """A word on a coloured ground: red, amber, green, blue or grey."""
    return format_html('<span class="kc-tag kc-tag--{}">{}{}</span>', tone, icon(icon_name, size="s") if icon_name else "", text)


@register.simple_tag(takes_context=True)
def due(context: Context, at: date | None, paused: bool = False, done: bool = False, now: datetime | None = None) -> SafeString:
    """How long until a deadline; counts from `now`, from the page's `now`, or from the clock."""
    if at is None:
        return SafeString("")
    page_now = context.get("now")
    moment = now or (page_now if isinstance(page_now, datetime) else timezone.now())
    state = deadlines.due(at, now=moment, paused=paused, done=done)
    return tag(state.tone, state.text, state.icon)


@register.simple_tag
def year_month(year: int, month: int) -> str:
    """A month of a year, as a title says it."""
    return pgettext("month of a year", "%(year)s-%(month)02d") % {"year": year, "month": month}


@register.simple_tag
def avatar(name: str, tone: str = "", small: bool = False) -> SafeString:
    """The first sign of a name in a circle; decoration, so the name stands beside it."""
    classes = (" kc-avatar--s" if small else "") + (f" kc-avatar--{tone}" if tone else "")
    return format_html('<span class="kc-avatar{}" aria-hidden="true">{}</span>', classes, str(name)[:1].upper())


@register.simple_tag
def copy(text: object, label: str = "") -> SafeString:
    """A button that copies `text`; it appears only where scripts run."""
    return format_html(
        '<button type="button" class="kc-btn kc-btn--icon kc-copy" data-copy="{}" aria-label="{}" hidden>{}</button>',
        text,
        label or _("Copy"),
        icon("copy"),
    )


@register.simple_tag
def busy(text: str = "") -> SafeString:
    """What one sees while htmx waits for the server."""
    return format_html('<span class="kc-busy" role="status"><span class="kc-spin" aria-hidden="true"></span>{}</span>', text or _("Loading…"))


@register.filter
def day(value: date | None) -> str:
    """11 月 23 日; with the year unless it is the present one."""
    if value is None:
        return ""
    here = deadlines.as_day(value)
    return date_format(here, "MONTH_DAY_FORMAT" if here.year == timezone.localdate().year else "DATE_FORMAT")


@register.filter
def moment(value: datetime | None) -> str:
    """11 月 23 日 08:10"""
    return "" if value is None else f"{day(value)} {timezone.localtime(value):%H:%M}"


# --- components with a template


@register.filter
def percent(value: object) -> str:
    """A share as the reader's language writes it: 86 % or 86%."""
    return _("%(number)s %%") % {"number": value}


@register.inclusion_tag("components/steps.html")
def status_bar(steps: Rows, label: str = "") -> dict[str, Any]:
    """Where something stands. Steps: label, state (done, current, late, ahead, skipped), note."""
    return {"steps": steps, "label": label}


@register.inclusion_tag("components/kpi.html")
def kpi(label: str, value: object, note: str = "", tone: str = "", url: str = "", icon_name: str = "", current: bool = False) -> dict[str, Any]:
    """A number that leads to the list behind it. Nothing overdue is no alarm: red and amber are kept for more than 0."""
    calm = str(value) == "0" and tone in {"red", "amber"}
    return {"label": label, "value": value, "note": note, "tone": "" if calm else tone, "url": url, "icon": icon_name, "current": current}


@register.inclusion_tag("components/tabs.html")
def tabs(items: Rows, label: str = "", page: bool = False) -> dict[str, Any]:
    """Links that choose a view. Items: label, url, count (may be absent), current."""
    return {"items": items, "label": label, "page": page}


@register.inclusion_tag("components/timeline.html")
def timeline(entries: Rows) -> dict[str, Any]:
    """What happened. Entries: text, at, actor, tone, icon, detail, url; all but text may be absent."""
    return {"entries": entries}


@register.inclusion_tag("components/lanes.html", takes_context=True)
def lanes(context: Context, government: Rows, education: Rows) -> dict[str, Any]:
    """Both lines side by side. Items: title, who, state (done, current, late, ahead), due_at, url, note."""
    return {"government": government, "education": education, "now": context.get("now")}


@register.inclusion_tag("components/facts.html")
def facts(rows: Iterable[Sequence[object]], layout: str = "") -> dict[str, Any]:
    """Names and values; layout: "" beside, "two" in two columns, "above" with the name over the value."""
    return {"rows": rows, "layout": layout}


@register.inclusion_tag("components/empty.html")
def empty_state(icon_name: str, title: str, text: str = "", url: str = "", action: str = "") -> dict[str, Any]:
    """What stands where a list would be: why nothing is here, and what one may do."""
    return {"icon": icon_name, "title": title, "text": text, "url": url, "action": action}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page: Page[Any], target: str = "") -> dict[str, Any]:
    """Pages of a list; keeps every other word of the address. `target`: the element that htmx replaces."""
    return {
        "request": context["request"],
        "page": page,
        "numbers": page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
        "gap": page.paginator.ELLIPSIS,
        "target": target,
    }


@register.inclusion_tag("components/filters.html", takes_context=True)
def filters(context: Context, form: BaseForm, target: str = "") -> dict[str, Any]:
    """A GET form whose state is the address; works without scripts, htmx replaces `target` where it runs."""
    request: HttpRequest = context["request"]
    own = set(form.fields) | {"page"}
    return {
        "form": form,
        "target": target,
        "path": request.path,
        "kept": [(key, value) for key, values in request.GET.lists() if key not in own for value in values],
        "active": any(request.GET.get(name) for name in form.fields),
        "clear": context.get("unfiltered", ""),  # where the bare path would open with a filter that somebody saved
    }


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """Everything that is wrong with a form, each with a link to its field."""
    problems = [("", str(error)) for error in form.non_field_errors()]
    for field in form:
        label = str(field.label).rstrip("?？ ")  # a question and a colon do not go together
        problems += [(first_control(field), _("%(label)s: %(error)s") % {"label": label, "error": error}) for error in field.errors]
    return {"problems": problems}


def first_control(field: BoundField) -> str:
    """The id of the control that a link to this field should reach."""
    return f"{field.auto_id}_0" if field.use_fieldset else (field.id_for_label or field.auto_id)


# --- components around content


@register.simple_block_tag
def panel(content: str, title: str = "", icon_name: str = "", flush: bool = False, id: str = "") -> SafeString:
    """A white panel; `flush` leaves the padding to the content (tables, tabs)."""
    return render_to_string("components/panel.html", {"content": content, "title": title, "icon": icon_name, "flush": flush, "id": id})


@register.simple_block_tag
def dialog(content: str, id: str, title: str, wide: bool = False) -> SafeString:
    """A dialog that `data-dialog="<id>"` opens; the link that carries it leads to a page that does the same without scripts."""
    return render_to_string("components/dialog.html", {"content": content, "id": id, "title": title, "wide": wide})


@register.simple_block_tag
def note(content: str, tone: str = "blue", icon_name: str = "") -> SafeString:
    """A remark beside the work: blue tells, green confirms, amber warns, red refuses."""
    names = {"blue": "info-circle", "green": "circle-check", "amber": "alert-triangle", "red": "alert-circle"}
    return format_html(
        '<div class="kc-note kc-note--{}">{}<div class="kc-note__text">{}</div></div>', tone, icon(icon_name or names[tone]), SafeString(content)
    )
