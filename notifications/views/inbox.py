"""What was said to the reader, and how they want to be told."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from notifications import clock, gateways, services, wishes
from notifications.forms import PreferenceForm
from notifications.lines import by_day
from notifications.models import Notification

PAGE = 50


@require_safe
@login_required
def show(request: HttpRequest) -> HttpResponse:
    """What was said to the reader: what waits for a receipt, then unread, then by day, the newest first."""
    mine = Notification.objects.visible_to(request.user).annotate(
        awaited=ExpressionWrapper(Q(asks_receipt=True, acknowledged_at__isnull=True), BooleanField()),
        was_read=ExpressionWrapper(Q(read_at__isnull=False), BooleanField()),
        asked_at=clock.EngineNow(),
    )
    page = Paginator(mine.order_by("-awaited", "was_read", "-id"), PAGE).get_page(request.GET.get("page"))
    lines = list(page)
    unread = [line for line in lines if not line.awaited and line.read_at is None]
    context = {
        "page": page,
        "awaited": by_day([line for line in lines if line.awaited]),
        "unread": by_day(unread),
        "read": by_day([line for line in lines if not line.awaited and line.read_at is not None]),
        "newest": max((line.pk for line in lines if line.read_at is None), default=0),
        "may_see_deliveries": request.user.has_perm("notifications.view_delivery"),
    }
    return render(request, "notifications/list.html", context)


@require_safe
@login_required
def open_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Goes to what a notification is about; from now on it is read. Going there twice changes nothing more."""
    said = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
    services.mark_read(said)
    return redirect(said.link or "notifications:list")


@require_POST
@login_required
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    said = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
    if services.acknowledge(said):
        messages.success(request, _("Your receipt is on record."))
    return redirect("notifications:list")


@require_POST
@login_required
def read_all(request: HttpRequest) -> HttpResponse:
    newest = request.POST.get("up_to", "")
    services.mark_all_read(request.user, up_to=int(newest) if newest.isascii() and newest.isdigit() and len(newest) < 19 else None)
    return redirect("notifications:list")


@require_http_methods(["GET", "POST"])
@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    offers = gateways.serving(user.pk)
    form = PreferenceForm(request.POST if request.method == "POST" else None, user=user, offers=offers, wishes=wishes.wishes_of(user, offers))
    if form.is_valid():
        wishes.wish(user, form.wishes())
        messages.success(request, _("Your choice was saved."))
        return redirect("notifications:preferences")
    return render(request, "notifications/preferences.html", {"form": form})
