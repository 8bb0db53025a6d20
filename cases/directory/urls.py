"""Addresses of the log-in, one's own account, and the directory."""

from django.contrib.auth.views import LogoutView, PasswordChangeDoneView
from django.urls import path
from django.views.decorators.cache import never_cache

from cases.directory.views import account, importing, people, places

urlpatterns = [
    path("login/", account.LogIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("language/", account.set_language, name="set_language"),
    path("account/", account.profile, name="account"),
    path("account/password/", never_cache(account.ChangePassword.as_view()), name="password_change"),
    path("account/password/done/", PasswordChangeDoneView.as_view(), name="password_change_done"),
    path("account/sessions/end/", account.end_sessions, name="end_sessions"),
    path("about/data/", account.about_data, name="about_data"),
    path("people/", people.people, name="people"),
    path("people/new/", people.add, name="person_add"),
    path("people/import/", importing.upload, name="people_import"),
    path("people/import/confirm/", importing.confirm, name="people_import_confirm"),
    path("people/import/faults/", importing.faults, name="people_import_faults"),
    path("people/import/passwords/", importing.passwords, name="people_import_passwords"),
    path("people/import/template/", importing.template, name="people_import_template"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/edit/", people.edit, name="person_edit"),
    path("people/<int:pk>/password/", people.reset_password, name="person_reset"),
    path("people/<int:pk>/leave/", people.leave, name="person_leave"),
    path("people/<int:pk>/return/", people.come_back, name="person_return"),
    path("people/<int:pk>/appoint/", people.choose_organisation, name="person_appoint_where"),
    path("people/<int:pk>/appoint/<int:organisation>/", people.appoint, name="person_appoint"),
    path("appointments/<int:pk>/end/", people.end_appointment, name="appointment_end"),
    path("organisations/", places.organisations, name="organisations"),
    path("organisations/new/", places.add_organisation, name="organisation_add"),
    path("organisations/<int:pk>/", places.organisation, name="organisation"),
    path("organisations/<int:pk>/edit/", places.edit_organisation, name="organisation_edit"),
    path("organisations/<int:pk>/classes/", places.add_class, name="class_add"),
    path("organisations/<int:organisation>/people/new/", people.add, name="person_add_at"),
    path("townships/<str:code>/villages/", places.villages, name="villages"),
    path("zones/", places.zones, name="zones"),
]
