"""The map of the product."""

from django.contrib import admin
from django.urls import include, path

from project.health import health

urlpatterns = [
    path("healthz", health, name="health"),
    path("notifications/", include("notifications.urls")),
    path("admin/", admin.site.urls),
]
