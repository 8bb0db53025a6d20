"""What the desk knows about a report, on the page that the ledger's room shows of it: `{% load kc_reports %}`.

The room of the ledger knows no tasks, so the two meet here.
"""

from typing import Any

from django import template
from django.template import Context

from workflows.rows import reporttask

register = template.Library()


@register.inclusion_tag("workflows/parts/report_task.html", takes_context=True)
def report_task(context: Context, report: Any) -> dict[str, Any]:
    """Who has the report, by when, and the means of whoever stands above."""
    request = context["request"]
    return reporttask.of(report, request.user) | {"request": request, "now": context.get("now"), "csrf_token": context.get("csrf_token")}
