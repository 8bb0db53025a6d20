"""The page that says that a phone is lost."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cases.directory.edge import OfficerRequest, officers_only
from cases.journal import clock
from cases.journal.plainwords import PlainForm
from cases.mobile import losing
from cases.mobile.models import Phone
from cases.register.edge import carry_out


class LostForm(PlainForm):
    use_required_attribute = False

    reason = forms.CharField(
        label=gettext_lazy("How it was lost"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("When and where, as far as you know. No names of children."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@officers_only
def lost(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """Asks how, says what happens, and ends what the phone could do."""
    phone: Phone = get_object_or_404(Phone.objects.visible_to(request.user).select_related("user"), pk=pk)
    if not losing.may_report(request.user, phone.user):
        raise PermissionDenied(_("Your post does not allow this."))
    own = phone.user_id == request.user.pk
    back = reverse("account") if own else reverse("person", args=[phone.user_id])
    form = LostForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = carry_out(form, lambda: losing.report_lost(phone, **form.cleaned_data, by=request.user, now=clock.now()))
        if done is not None:
            if own:
                request.user.refresh_from_db(fields=["session_epoch"])
                update_session_auth_hash(request, request.user)
            messages.success(request, _("The phone is reported lost: nobody comes in with it any more."))
            return redirect(back)
    crumbs = [(_("My account"), back)] if own else [(_("People"), reverse("people")), (phone.user.name, back)]
    context = {"phone": phone, "form": form, "back": back, "crumbs": [*crumbs, (_("This phone is lost"), "")]}
    return render(request, "cases/mobile/office/lost.html", context, status=422 if form.errors else 200)
