"""The flow of a case for other tools."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.directory.capabilities import Capability, may
from cases.directory.edge import OfficerRequest, officers_only
from cases.register.models import Case
from workflows import chart
from workflows.models import Kind


@require_safe
@officers_only
def bpmn(request: OfficerRequest, pk: int, kind: str) -> HttpResponseBase:
    """The flow that a case runs through as BPMN 2.0: for supervisors and those who configure."""
    case = get_object_or_404(Case.objects.visible_to(request.user), pk=pk)
    if not (may(request.user, Capability.SUPERVISE, case) or may(request.user, Capability.CONFIGURE)):
        raise PermissionDenied(_("Your post does not allow this."))
    if kind not in Kind.values:
        raise Http404
    response = HttpResponse(chart.bpmn(kind), content_type="application/xml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{kind}.bpmn"'
    return response
