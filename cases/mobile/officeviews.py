"""The county's page for records that a phone could not send: choose the file, look at what is in it, take it in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from cases.directory.capabilities import Capability, may
from cases.directory.edge import OfficerRequest, officers_only
from cases.journal import clock
from cases.journal.plainwords import PlainForm
from cases.mobile import filing
from cases.mobile.models import PhoneFile


class PhoneFileForm(PlainForm):
    use_required_attribute = False

    file = forms.FileField(label=gettext_lazy("Exported file"), widget=forms.FileInput(attrs={"accept": ".kcx,application/json"}))
    passphrase = forms.CharField(
        label=gettext_lazy("Passphrase"), max_length=200, required=False, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("The maker of the file chose it and tells you by telephone. Leave it empty if none was chosen."),
    )  # fmt: skip

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > filing.LARGEST:
            raise forms.ValidationError(_("This file is too large."))
        return upload


@sensitive_post_parameters("passphrase", "key")
@require_http_methods(["GET", "POST"])
@officers_only
@never_cache
def bring(request: OfficerRequest) -> HttpResponse:
    """Open a file and show what is in it; nothing is on record yet."""
    _require(request)
    form = PhoneFileForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "crumbs": _crumbs()}
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            row, found, key = filing.bring(form.cleaned_data["file"].read(), form.cleaned_data["passphrase"], by=request.user, now=clock.now())
        except filing.BadFile as bad:
            form.add_error(bad.field, str(bad))
        else:
            context |= {"file": row, "found": found, "key": filing.hide_key(row, key), "new": sum(one.state == "new" for one in found)}
    if form.errors:
        status = 422
    return render(request, "cases/mobile/office/bring.html", context, status=status)


@sensitive_post_parameters("key")
@require_http_methods(["POST"])
@officers_only
@never_cache
def take(request: OfficerRequest, pk: UUID) -> HttpResponseBase:
    """Take in the records of a file that was looked at; a second time shows what came of it."""
    row = get_object_or_404(PhoneFile.objects.visible_to(request.user), pk=pk)
    _require(request)
    if row.taken_at is None:
        try:
            filing.take_in(row, request.POST.get("key", ""), by=request.user, now=clock.now())
        except filing.BadFile as bad:
            messages.error(request, str(bad))
            return redirect("phone-file-new")
    return redirect("phone-file", pk)


@require_safe
@officers_only
def taken(request: OfficerRequest, pk: UUID) -> HttpResponse:
    """What came of each record."""
    row = get_object_or_404(PhoneFile.objects.visible_to(request.user).select_related("owner"), pk=pk)
    tones = {"taken": "green", "known": "grey", "aside": "amber", "refused": "red"}
    words = {"taken": _("taken in"), "known": _("was here already"), "aside": _("lies before the supervisor"), "refused": _("not taken")}
    results = [(result, tones[result["state"]], words[result["state"]]) for result in row.results]
    return render(request, "cases/mobile/office/taken.html", {"file": row, "results": results, "crumbs": _crumbs()})


def may_bring(request: OfficerRequest) -> bool:
    return may(request.user, Capability.SUPERVISE) and may(request.user, Capability.EDIT_STUDENT)


def _require(request: OfficerRequest) -> None:
    if not may_bring(request):
        raise PermissionDenied(_("Your post does not allow this."))


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Late visits and phones"), reverse("late-visits")), (_("File of a phone"), "")]
