"""Logging in and out, one's own account."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.directory import areas, services
from cases.directory.edge import OfficerRequest, officers_only
from cases.directory.forms import LogInForm, ProfileForm
from cases.directory.models import Role, User
from cases.directory.personchecks import BadPerson
from cases.journal import clock

YEAR = 365 * 24 * 3600  # seconds
AT_THE_DOOR = frozenset({Role.CLASS_TEACHER, Role.VILLAGE_CADRE})
PASSWORD_AT = "password_at"  # noqa: S105  in the session: when the password was last given, in seconds


class LogIn(LoginView):
    """The log-in page. `settings.LOGIN_CONTEXT` may name a function that adds to it: the demo lists its accounts there."""

    form_class = LogInForm
    template_name = "registration/login.html"
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        self.request.session[PASSWORD_AT] = int(time.time())
        return answer

    def get_default_redirect_url(self) -> str:
        """Who goes to the door and logs in on a phone begins on the phone pages; the ordinary ones are one tap away."""
        user = self.request.user
        on_a_phone = self.request.headers.get("Sec-CH-UA-Mobile") == "?1"
        if on_a_phone and isinstance(user, User) and any(post.role in AT_THE_DOOR for post in user.posts()):
            return reverse("phone")
        return super().get_default_redirect_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        more = getattr(settings, "LOGIN_CONTEXT", "")
        extra: dict[str, Any] = import_string(more)(self.request) if more else {}
        return super().get_context_data(**kwargs) | extra


class ChangePassword(PasswordChangeView):
    """One's own new password: by choice, or because the present one was given by somebody else."""

    template_name = "registration/password_change_form.html"

    def form_valid(self, form: Any) -> HttpResponseRedirect:
        user = self.request.user
        assert isinstance(user, User)
        services.change_password(user, password=form.cleaned_data["new_password1"], now=clock.now())
        update_session_auth_hash(self.request, user)
        return HttpResponseRedirect(str(self.get_success_url()))


@require_http_methods(["GET", "POST"])
@officers_only
def profile(request: OfficerRequest) -> HttpResponse:
    """Who I am here, my posts, how I am reached, my language."""
    user = request.user
    form = ProfileForm(request.POST or None, initial={"phone": user.phone, "email": user.email, "language": user.language})
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_profile(user, **form.cleaned_data, now=clock.now())
        except BadPerson as bad:
            form.add_error(bad.field, str(bad))
        else:
            translation.activate(user.language)
            messages.success(request, _("Saved."))
            return remember_language(redirect("account"), user.language)
    return render(request, "account/profile.html", {"appointments": user.posts(), "form": form})


@require_POST
@officers_only
def end_sessions(request: OfficerRequest) -> HttpResponse:
    """Log out on every machine but this one."""
    services.log_out_everywhere(request.user, now=clock.now())
    update_session_auth_hash(request, request.user)
    messages.success(request, _("You are logged out everywhere else."))
    return redirect("account")


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Kept with the account of whoever is logged in, and in this browser for the log-in page."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return redirect(target)
    if isinstance(request.user, User):
        services.choose_language(request.user, language)
    return remember_language(redirect(target), language)


@require_safe
def about_data(request: HttpRequest) -> HttpResponseBase:
    """Where the lists of places come from, as their licence asks."""
    return render(request, "cases/directory/about_data.html", {"attribution": areas.ATTRIBUTION, "licence": areas.ATTRIBUTION_LICENCE})


def remember_language(response: HttpResponse, language: str) -> HttpResponse:
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR, secure=settings.LANGUAGE_COOKIE_SECURE, httponly=True, samesite="Lax")
    return response
