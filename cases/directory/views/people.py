"""People and the posts they hold: for those who look after them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.directory import services
from cases.directory.authority import may_fill, may_manage
from cases.directory.capabilities import Capability, NotAllowed
from cases.directory.edge import OfficerRequest, needs, officers_only
from cases.directory.forms import EditPersonForm, EndForm, NewPersonForm, PeopleFilter, PersonForm, PostForm
from cases.directory.models import Appointment, Organisation, User
from cases.directory.personchecks import BadPerson
from cases.journal import clock

PAGE = 50
LOOKS_AFTER = (Capability.MANAGE_ACCOUNTS, Capability.RESET_PASSWORD, Capability.MANAGE_POSTS)


@require_safe
@officers_only
@needs(*LOOKS_AFTER)
def people(request: OfficerRequest) -> HttpResponse:
    """The people whom the user looks after, by name."""
    form = PeopleFilter(request.GET)
    present = Appointment.objects.present().select_related("organisation", "school_class").order_by("since", "pk")
    found = User.objects.visible_to(request.user).prefetch_related(Prefetch("appointments", present, to_attr="present_posts"))
    if form.is_valid():
        found = _filtered(found, form.cleaned_data)
    page = Paginator(found.order_by("name", "pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "filter": form,
        "now": timezone.now(),
        "may_add": request.user.can(Capability.MANAGE_ACCOUNTS),
        "may_add_without_post": request.user.can(Capability.CONFIGURE),
    }
    return render(request, "cases/directory/people.html", context)


@require_safe
@officers_only
@needs(*LOOKS_AFTER)
def person(request: OfficerRequest, pk: int) -> HttpResponse:
    """One person: how to reach them, every post past and present, and what the user may do about them."""
    user = _find(request, pk)
    return render(request, "cases/directory/person.html", _person_context(request, user))


@require_http_methods(["GET", "POST"])
@officers_only
@needs(Capability.MANAGE_ACCOUNTS)
@never_cache
def add(request: OfficerRequest, organisation: int | None = None) -> HttpResponse:
    """A new account, with its first post when it is made at an organisation. The one-time password is shown once, here."""
    place = get_object_or_404(Organisation.objects.managed_by(request.user).filter(active=True), pk=organisation) if organisation else None
    form: Any
    if place is None:
        if not request.user.can(Capability.CONFIGURE):
            raise PermissionDenied
        form = PersonForm(request.POST or None)
    else:
        form = NewPersonForm(request.POST or None, organisation=place, user=request.user, initial={"since": timezone.localdate()})
        if not form.offered:
            raise PermissionDenied
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_user(**form.cleaned_data, organisation=place, by=request.user, now=clock.now())
        except (BadPerson, NotAllowed) as refusal:
            add_refusal(form, refusal)
        else:
            return _show_password(request, made.user, made.password, new=True)
    return render(request, "cases/directory/person_form.html", {"form": form, "organisation": place, "crumbs": [*_crumbs(), (_("New account"), "")]})


@require_http_methods(["GET", "POST"])
@officers_only
@needs(Capability.MANAGE_ACCOUNTS)
def edit(request: OfficerRequest, pk: int) -> HttpResponse:
    user = _find(request, pk)
    form = EditPersonForm(request.POST or None, initial={"name": user.name, "phone": user.phone, "email": user.email})
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_user(user, **form.cleaned_data, by=request.user, now=clock.now())
        except (BadPerson, NotAllowed) as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("person", pk)
    return render(request, "cases/directory/person_form.html", {"form": form, "person": user, "crumbs": [*_crumbs(user), (_("Correct"), "")]})


@require_POST
@officers_only
@needs(Capability.RESET_PASSWORD, Capability.MANAGE_ACCOUNTS)
@never_cache
def reset_password(request: OfficerRequest, pk: int) -> HttpResponse:
    """A one-time password, shown once on the answer of this very request."""
    user = _find(request, pk)
    try:
        password = services.reset_password(user, by=request.user, now=clock.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return redirect("person", pk)
    return _show_password(request, user, password)


@require_POST
@officers_only
@needs(Capability.MANAGE_ACCOUNTS)
def leave(request: OfficerRequest, pk: int) -> HttpResponse:
    """A leaver: posts end, the account closes; the open tasks are named so that they get handed over."""
    user = _find(request, pk)
    try:
        left = services.deactivate(user, by=request.user, now=clock.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(name)s has left: every post has ended and the account is closed.") % {"name": user.name})
        if left:
            messages.warning(request, _("%(count)s open tasks have to be handed over.") % {"count": len(left)})
    return redirect("person", pk)


@require_POST
@officers_only
@needs(Capability.MANAGE_ACCOUNTS)
@never_cache
def come_back(request: OfficerRequest, pk: int) -> HttpResponse:
    user = _find(request, pk)
    try:
        account = services.reactivate(user, by=request.user, now=clock.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return redirect("person", pk)
    return _show_password(request, user, account.password)


@require_http_methods(["GET", "POST"])
@officers_only
@needs(Capability.MANAGE_POSTS, Capability.MANAGE_ACCOUNTS)
def appoint(request: OfficerRequest, pk: int, organisation: int) -> HttpResponse:
    """A post for a person at one organisation."""
    user = _find(request, pk)
    place = get_object_or_404(Organisation.objects.managed_by(request.user).filter(active=True), pk=organisation)
    form = PostForm(request.POST or None, organisation=place, user=request.user, initial={"since": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            services.appoint(user, organisation=place, **form.cleaned_data, by=request.user, now=clock.now())
        except (BadPerson, NotAllowed) as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Appointed."))
            return redirect("person", pk)
    context = {"form": form, "person": user, "organisation": place, "crumbs": [*_crumbs(user), (_("New post"), "")]}
    return render(request, "cases/directory/post_form.html", context)


@require_safe
@officers_only
@needs(Capability.MANAGE_POSTS, Capability.MANAGE_ACCOUNTS)
def choose_organisation(request: OfficerRequest, pk: int) -> HttpResponse:
    """First where, then which post: organisations are too many for one list."""
    user = _find(request, pk)
    words = request.GET.get("q", "").strip()
    found = Organisation.objects.managed_by(request.user).filter(active=True).select_related("area").order_by("area_id", "kind", "name")
    if words:
        found = found.filter(Q(name__icontains=words) | Q(code=words))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "person": user, "q": words, "crumbs": [*_crumbs(user), (_("New post"), "")]}
    return render(request, "cases/directory/choose_organisation.html", context)


@require_http_methods(["GET", "POST"])
@officers_only
@needs(Capability.MANAGE_POSTS, Capability.MANAGE_ACCOUNTS)
def end_appointment(request: OfficerRequest, pk: int) -> HttpResponse:
    """The last day of a post."""
    seen = User.objects.visible_to(request.user)
    appointment = get_object_or_404(Appointment.objects.select_related("user", "organisation", "school_class").filter(user__in=seen), pk=pk)
    form = EndForm(request.POST or None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            services.end_appointment(appointment, on=form.cleaned_data["on"], by=request.user, now=clock.now())
        except (BadPerson, NotAllowed) as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The appointment ends."))
            return redirect("person", appointment.user_id)
    user = appointment.user
    context = {"form": form, "person": user, "appointment": appointment, "crumbs": [*_crumbs(user), (_("End of a post"), "")]}
    return render(request, "cases/directory/end_form.html", context)


def add_refusal(form: Any, refusal: Exception) -> None:
    """The words of a refusal, at the field that they are about if the form has it."""
    name = getattr(refusal, "field", None)
    form.add_error(name if name in form.fields else None, str(refusal))


def _filtered(found: Any, wanted: dict[str, str]) -> Any:
    present = Appointment.objects.present().filter(user=OuterRef("pk"))
    if words := wanted["q"].strip():
        found = found.filter(Q(name__icontains=words) | Q(username__startswith=words.lower()) | Q(phone__startswith=words))
    if wanted["role"]:
        found = found.filter(Exists(present.filter(role=wanted["role"])))
    match wanted["state"]:
        case "left":
            return found.filter(is_active=False)
        case "without":
            return found.filter(~Exists(present), is_active=True)
        case "locked":
            return found.filter(is_active=True, locked_until__gt=timezone.now())
    return found.filter(is_active=True)


def _find(request: OfficerRequest, pk: int) -> User:
    return get_object_or_404(User.objects.visible_to(request.user), pk=pk)


def _person_context(request: OfficerRequest, user: User) -> dict[str, Any]:
    me = request.user
    appointments = list(user.appointments.select_related("organisation", "school_class", "granted_by").order_by("-since", "-pk"))
    present = {post.pk for post in user.posts()}
    today = timezone.localdate()
    fills = user.pk != me.pk
    lines = [
        {
            "post": post,
            "present": post.pk in present,
            "may_end": fills and (post.until is None or post.until > today) and may_fill(me, post.role, post.organisation),
        }
        for post in appointments
    ]
    return {
        "person": user,
        "lines": lines,
        "locked": user.locked_until is not None and user.locked_until > timezone.now(),
        "may_edit": user.is_active and may_manage(me, user),
        "may_leave": user.is_active and user.pk != me.pk and may_manage(me, user),
        "may_return": not user.is_active and may_manage(me, user),
        "may_reset": services.may_reset(me, user),
        "may_appoint": user.is_active and user.pk != me.pk and (me.can(Capability.MANAGE_POSTS) or _fills_ordinary(me)),
        "crumbs": [*_crumbs(), (user.name, "")],
    }


def _fills_ordinary(user: User) -> bool:
    return user.can(Capability.MANAGE_ACCOUNTS) and not user.can(Capability.CONFIGURE)


def _show_password(request: OfficerRequest, user: User, password: str, *, new: bool = False) -> HttpResponse:
    context = {"person": user, "password": password, "new": new, "crumbs": [*_crumbs(user), (_("One-time password"), "")]}
    return render(request, "cases/directory/one_time_password.html", context)


def _crumbs(user: User | None = None) -> list[tuple[str, str]]:
    crumbs = [(_("Schools and people"), reverse("people"))]
    if user is not None:
        crumbs.append((user.name, reverse("person", args=[user.pk])))
    return crumbs
