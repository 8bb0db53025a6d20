"""The gateways, for whoever may change them: what there is, entering, correcting, trying out."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from notifications import clock, gateways
from notifications.gatewayforms import GatewayForm, form_for
from notifications.models import Delivery, DeliveryState, Gateway, GatewayKind
from notifications.places import directory
from notifications.troubles import explain
from notifications.views.frame import tabs

View = Callable[..., HttpResponse]


def for_keepers(view: View) -> View:
    """Nobody else learns that the page exists."""

    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("notifications.change_gateway"):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@for_keepers
def show(request: HttpRequest) -> HttpResponse:
    found = Gateway.objects.visible_to(request.user).annotate(waiting=_count(DeliveryState.WAITING), dead=_count(DeliveryState.DEAD))
    rows = list(found.order_by("-active", "kind", "area", "pk"))
    areas, offices = directory().names({row.area for row in rows}, {row.organisation_id for row in rows if row.organisation_id})
    for row in rows:
        row.serves = offices.get(row.organisation_id) or areas.get(row.area, row.area)
    context = {"gateways": rows, "kinds": GatewayKind.choices, "tabs": tabs(request.user, "gateways")}
    return render(request, "notifications/gateways.html", context)


def _count(state: str) -> Coalesce:
    """How many deliveries of a gateway are in this state: each has an index of its own, which holds no others."""
    its = Delivery.objects.filter(gateway=OuterRef("pk"), state=state).order_by().values("gateway").annotate(n=Count("pk"))
    return Coalesce(Subquery(its.values("n")), 0)


@require_http_methods(["GET", "POST"])
@for_keepers
def add(request: HttpRequest, kind: str) -> HttpResponse:
    if kind not in GatewayKind.values:
        raise Http404
    return _edit(request, Gateway(kind=kind))


@require_http_methods(["GET", "POST"])
@for_keepers
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Gateway.objects.visible_to(request.user), pk=pk))


def _edit(request: HttpRequest, gateway: Gateway) -> HttpResponse:
    form: GatewayForm = form_for(gateway, request.POST if request.method == "POST" else None, user=request.user)
    if form.is_valid():
        gateways.enter(gateway, form.fields_of_the_row(), form.secrets(), by=request.user, now=clock.now())
        messages.success(request, _("The gateway was saved. Please send a test message."))
        return redirect("notifications:gateways")
    return render(request, "notifications/gateway_form.html", {"form": form, "gateway": gateway})


@require_POST
@for_keepers
def test(request: HttpRequest, pk: int) -> HttpResponse:
    gateway = get_object_or_404(Gateway.objects.visible_to(request.user), pk=pk)
    if gateway.kind == GatewayKind.SMS and not request.user.phone:  # type: ignore[union-attr]  # keepers are people
        messages.error(request, _("The test goes to your own telephone, and your account has no number."))
    elif trouble := gateways.try_out(gateway, by=request.user):
        messages.error(request, _("%(name)s took no message. %(trouble)s") % {"name": gateway.name, "trouble": explain(trouble)})
    else:
        messages.success(request, _("%(name)s took the test message.") % {"name": gateway.name})
    return redirect("notifications:gateways")
