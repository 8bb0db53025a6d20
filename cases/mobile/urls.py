"""Addresses of the phone pages."""

from django.urls import path

from cases.mobile import lostviews, officeviews, shell
from cases.mobile.parts import LATER, PARTS, SELDOM

urlpatterns = [
    path("m/", shell.shell, name="phone"),
    path("m/later/", shell.shell, {"later": True}, name="phone-later"),
    path("m/diag/", shell.diag, name="phone-diag"),
    path("m/sw.js", shell.worker, name="phone-worker"),
    path("m/manifest.webmanifest", shell.manifest, name="phone-manifest"),
    *(path(f"m/s/{shell.version()}/{name}", shell.asset, {"name": name}) for name in (*PARTS, *SELDOM, *LATER)),
    path("phones/<int:pk>/lost/", lostviews.lost, name="phone-lost"),
    path("phone-files/new/", officeviews.bring, name="phone-file-new"),
    path("phone-files/<uuid:pk>/", officeviews.taken, name="phone-file"),
    path("phone-files/<uuid:pk>/take/", officeviews.take, name="phone-file-take"),
]
