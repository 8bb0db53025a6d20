"""The map of the product."""

from django.contrib import admin
from django.urls import include, path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from django.views.generic import RedirectView

from project.demo.views import next_working_day
from project.health import health
from project.styleguide import styleguide

# The administration pages speak of the product, not of what they are made with.
admin.site.site_header = admin.site.site_title = _("Dropout prevention")
admin.site.index_title = _("Settings")
# Words of these pages that Django's own Chinese lacks and ours has.
ADMIN_WORDS = (gettext_noop("Model name"), gettext_noop("Add link"), gettext_noop("Change or view list link"), gettext_noop("Error:"))

urlpatterns = [
    path("", include("workflows.urls")),
    path("", include("cases.urls")),
    path("notifications/", include("notifications.urls")),
    # One page changes a password, and it tells the journal.
    path("admin/password_change/", RedirectView.as_view(pattern_name="password_change"), name="admin_password_change"),
    path("admin/", admin.site.urls),
    path("demo/next-working-day/", next_working_day, name="demo_next_working_day"),
    path("styleguide/", styleguide, name="styleguide"),
    path("healthz", health, name="health"),
]

handler400 = "project.errors.bad_request"
handler403 = "project.errors.permission_denied"
handler404 = "project.errors.page_not_found"
handler500 = "project.errors.server_error"
