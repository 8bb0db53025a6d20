"""The map of the product."""

from django.contrib import admin
from django.urls import path

from project.health import health

urlpatterns = [
    path("healthz", health, name="health"),
    path("admin/", admin.site.urls),
]
