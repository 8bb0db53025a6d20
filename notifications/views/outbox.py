"""The outbox, for whoever runs the system: what left, what waits, what was given up. Shows no message, only its way."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from notifications import delivery
from notifications.forms import STUCK, LogFilter
from notifications.models import Delivery, DeliveryState
from notifications.views.frame import tabs

PAGE = 50


@require_safe
@login_required
def deliveries(request: HttpRequest) -> HttpResponse:
    """Without a filter: what did not get out, given up or still being tried. Everything else is shown a day at a time."""
    _only_for_keepers(request.user)
    outbox = delivery.look()
    form = LogFilter(request.GET, today=timezone.localdate(outbox.asked_at))
    chosen = form.chosen()
    page = Paginator(_log(chosen).select_related("notification__recipient", "gateway"), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "form": form,
        "chosen": chosen,
        "stuck": chosen["state"] == STUCK and not chosen["day"],
        "outbox": outbox,
        "tabs": tabs(request.user, "deliveries"),
    }
    return render(request, "notifications/deliveries.html", context)


def _log(chosen: dict[str, Any]) -> QuerySet[Delivery]:
    rows = Delivery.objects.all()
    if chosen["state"] == STUCK:
        rows = rows.filter(Q(state=DeliveryState.DEAD) | Q(state=DeliveryState.WAITING, attempts__gt=0)).order_by("state", "-id")
    elif chosen["state"] == "unsure":
        rows = rows.filter(unsure=True).order_by("-id")
    elif chosen["state"]:
        rows = rows.filter(state=chosen["state"]).order_by("-id")
    else:
        rows = rows.order_by("-id")
    if chosen["channel"]:
        rows = rows.filter(channel=chosen["channel"])
    if day := chosen["day"]:
        midnight = datetime(day.year, day.month, day.day, tzinfo=timezone.get_current_timezone())
        rows = rows.filter(created_at__gte=midnight, created_at__lt=midnight + timedelta(days=1))
    return rows


@require_POST
@login_required
def again(request: HttpRequest) -> HttpResponse:
    """One more attempt for those that were ticked, or for every one that was given up (of a channel)."""
    _only_for_keepers(request.user)
    ticked = [int(pk) for pk in request.POST.getlist("delivery") if pk.isascii() and pk.isdigit() and len(pk) < 19]
    count = delivery.try_again(None if "all" in request.POST else ticked, request.POST.get("channel", "")[:12])
    words = ngettext("%(count)s message is on its way again.", "%(count)s messages are on their way again.", count)
    messages.success(request, words % {"count": count}) if count else messages.info(request, _("Nothing was ticked."))
    return redirect("notifications:deliveries")


def _only_for_keepers(user: Any) -> None:
    if not user.has_perm("notifications.view_delivery"):
        raise Http404
