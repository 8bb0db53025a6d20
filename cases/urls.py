"""The addresses of every room."""

from django.urls import include, path

urlpatterns = [
    path("", include("cases.directory.urls")),
    path("", include("cases.journal.urls")),
    path("", include("cases.files.urls")),
    path("", include("cases.register.urls")),
    path("", include("cases.visits.urls")),
    path("m/api/", include("cases.mobile.api.urls")),
    path("", include("cases.mobile.urls")),
    path("", include("cases.protection.urls")),
    path("", include("cases.documents.urls")),
    path("", include("cases.inspections.urls")),
    path("", include("cases.ledger.urls")),
    path("", include("cases.periodic.urls")),
    path("", include("cases.attendance.urls")),
    path("", include("cases.transfers.urls")),
    path("", include("cases.spotchecks.urls")),
    path("", include("cases.rosters.urls")),
]
