from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = _("Cases")

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_out

        from cases.directory.reach import Reach
        from cases.files.services import KEEPERS
        from cases.ledger.geomap import map_can_be_drawn
        from cases.mobile.api.session import revoke_at_log_out
        from cases.mobile.filing import kept_files
        from notifications.places import register_directory

        register_directory(Reach())
        KEEPERS.append(kept_files)
        checks.register(checks.Tags.files)(map_can_be_drawn)
        user_logged_out.connect(revoke_at_log_out, dispatch_uid="cases.mobile")
