from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from notifications import clock, delivery, services
from notifications.forms import PreferenceForm
from notifications.lines import by_day
from notifications.models import Delivery, DeliveryState, Notification

PAGE = 50


@require_safe
@login_required
def show(request: HttpRequest) -> HttpResponse:
    """What was said to the reader: unread first, then by day, the newest first."""
    mine = Notification.objects.visible_to(request.user).annotate(
        was_read=ExpressionWrapper(Q(read_at__isnull=False), BooleanField()), asked_at=clock.EngineNow()
    )
    page = Paginator(mine.order_by("was_read", "-id"), PAGE).get_page(request.GET.get("page"))
    lines = list(page)
    unread = [line for line in lines if line.read_at is None]
    context = {
        "page": page,
        "unread": by_day(unread),
        "read": by_day(lines[len(unread) :]),
        "newest": max((line.pk for line in unread), default=0),
        "may_see_deliveries": _runs_the_system(request.user),
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
def read_all(request: HttpRequest) -> HttpResponse:
    newest = request.POST.get("up_to", "")
    services.mark_all_read(request.user, up_to=int(newest) if newest.isascii() and newest.isdigit() and len(newest) < 19 else None)
    return redirect("notifications:list")


@require_http_methods(["GET", "POST"])
@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    form = PreferenceForm(request.POST if request.method == "POST" else None, user=request.user, chosen=services.chosen(request.user))
    if form.is_valid():
        services.prefer(request.user, form.wanted())
        messages.success(request, _("Your choice was saved."))
        return redirect("notifications:preferences")
    return render(request, "notifications/preferences.html", {"form": form})


@require_safe
@login_required
def deliveries(request: HttpRequest) -> HttpResponse:
    """What did not get out: given up, and still being tried. For whoever runs the system; shows no message, only its way."""
    if not _runs_the_system(request.user):
        raise Http404
    stuck = Delivery.objects.filter(Q(state=DeliveryState.DEAD) | Q(state=DeliveryState.WAITING, attempts__gt=0))
    page = Paginator(stuck.select_related("notification__recipient").order_by("state", "-id"), PAGE).get_page(request.GET.get("page"))
    return render(request, "notifications/deliveries.html", {"page": page, "outbox": delivery.look(clock.now())})


@require_POST
@login_required
def again(request: HttpRequest) -> HttpResponse:
    if not _runs_the_system(request.user):
        raise Http404
    count = delivery.try_again([int(pk) for pk in request.POST.getlist("delivery") if pk.isascii() and pk.isdigit() and len(pk) < 19])
    messages.success(request, _("%(count)s messages are on their way again.") % {"count": count})
    return redirect("notifications:deliveries")


def _runs_the_system(user: Any) -> bool:
    return bool(user.has_perm("notifications.view_delivery"))
