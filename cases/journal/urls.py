"""Addresses of the auditor's pages."""

from django.urls import path

from cases.journal import views

urlpatterns = [
    path("journal/", views.journal, name="journal"),
    path("journal/verify/", views.verify, name="journal-verify"),
]
