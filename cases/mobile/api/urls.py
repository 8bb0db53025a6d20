"""The addresses that the phone asks; the contract is docs/phone.md."""

from django.urls import path

from cases.mobile.api import lists, session, visits

urlpatterns = [
    path("session", session.session, name="m-session"),
    path("logout", session.leave, name="m-logout"),
    path("diag", session.diagnosis, name="m-diag"),
    path("devices/<uuid:device>/share", session.share, name="m-share"),
    path("worklist", lists.tasks, name="m-worklist"),
    path("records", lists.records, name="m-records"),
    path("suspicions/<uuid:pk>", lists.suspicion, name="m-suspicion"),
    path("visits/<uuid:pk>", visits.visit, name="m-visit"),
    path("visits/<uuid:pk>/photos/<uuid:photo>", visits.photo, name="m-photo"),
    path("visits/<uuid:pk>/finish", visits.finish, name="m-finish"),
]
