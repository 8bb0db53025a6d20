"""People in bulk: choose a spreadsheet, look at what would be entered, confirm."""

from __future__ import annotations

from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.directory import importing, peoplelist
from cases.directory.capabilities import Capability, NotAllowed
from cases.directory.edge import OfficerRequest, needs, officers_only
from cases.directory.forms import SheetForm
from cases.directory.personchecks import BadPerson
from cases.journal import clock
from cases.sheets.reading import BadSheet, Fault, Sheet
from cases.sheets.writing import CONTENT_TYPE, faults_book, table_book

SHOWN = 100  # lines of a preview or of a list of faults
_FAULTS_SALT = "cases.directory.faults"
_PASSWORDS_SALT = "cases.directory.passwords"


@require_http_methods(["GET", "POST"])
@officers_only
@needs(Capability.MANAGE_ACCOUNTS)
@never_cache
def upload(request: OfficerRequest) -> HttpResponse:
    """Read a list and show either what is wrong with it or what would be entered."""
    form = SheetForm(request.POST or None, request.FILES or None)
    context = {"form": form, "crumbs": _crumbs()}
    if request.method == "POST" and form.is_valid():
        try:
            reading = peoplelist.read(Sheet.read(form.cleaned_data["file"]), by=request.user, now=clock.now())
        except BadSheet as bad:
            form.add_error("file", str(bad))
        else:
            if reading.faults:
                context |= faults_context(reading.faults)
            else:
                context |= {
                    "labels": reading.labels[:SHOWN],
                    "total": len(reading.people),
                    "more": max(0, len(reading.people) - SHOWN),
                    "sealed": importing.seal(reading.people, by=request.user),
                }
    return render(request, "cases/directory/import.html", context)


@require_POST
@officers_only
@needs(Capability.MANAGE_ACCOUNTS)
@never_cache
def confirm(request: OfficerRequest) -> HttpResponse:
    """Enter everybody of the preview; the one-time passwords are shown on this answer and nowhere else."""
    try:
        people = importing.unseal(request.POST.get("sealed", ""), by=request.user)
        made = importing.enter(people, by=request.user, now=clock.now())
    except (BadSheet, BadPerson, NotAllowed) as refusal:
        form = SheetForm()
        return render(request, "cases/directory/import.html", {"form": form, "refusal": str(refusal), "crumbs": _crumbs()}, status=409)
    rows = [(account.user.name, account.user.username, account.password) for account in made]
    context = {"rows": rows, "sealed": signing.dumps(rows, salt=_PASSWORDS_SALT, compress=True), "crumbs": _crumbs()}
    return render(request, "cases/directory/imported.html", context)


@require_POST
@officers_only
@needs(Capability.MANAGE_ACCOUNTS)
@never_cache
def passwords(request: OfficerRequest) -> HttpResponse:
    """The list of one-time passwords as a spreadsheet, out of the page that shows them: the server keeps none."""
    try:
        rows = signing.loads(request.POST.get("sealed", ""), salt=_PASSWORDS_SALT, max_age=importing.CONFIRM_WITHIN)
    except signing.BadSignature:
        return redirect("people")
    book = table_book(_("Accounts"), (_("Name"), _("Work account"), _("One-time password")), rows)
    return download(book, "accounts.xlsx")


@require_POST
@officers_only
@needs(Capability.MANAGE_ACCOUNTS)
def faults(request: OfficerRequest) -> HttpResponse:
    """The list of faults as a spreadsheet, out of the page that shows them."""
    try:
        rows = signing.loads(request.POST.get("sealed", ""), salt=_FAULTS_SALT, max_age=importing.CONFIRM_WITHIN)
    except signing.BadSignature:
        return redirect("people")
    return download(faults_book(Fault(*row) for row in rows), "faults.xlsx")


@require_safe
@officers_only
@needs(Capability.MANAGE_ACCOUNTS)
def template(request: OfficerRequest) -> HttpResponse:
    """An empty list with the right headings and one line to show how it is meant."""
    headers = [headings[0] for headings in peoplelist.HEADERS.values()]
    example = ("张三", "zhang.san", "13800000000", "青山中学", "班主任", "七（1）班", "2026-09-01")
    return download(table_book("人员", headers, [example]), "people.xlsx")


def faults_context(found: list[Fault]) -> dict[str, object]:
    rows = [(fault.row, fault.column, fault.header, fault.value, fault.problem) for fault in found]
    return {
        "faults": found[:SHOWN],
        "fault_count": len(found),
        "more_faults": max(0, len(found) - SHOWN),
        "faults_sealed": signing.dumps(rows, salt=_FAULTS_SALT, compress=True),
    }


def download(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Schools and people"), reverse("people")), (_("Enter a list"), "")]
