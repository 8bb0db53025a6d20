"""What `manage.py check` asks of a house that is about to open."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.db import connections

Apps = Sequence[AppConfig] | None


@checks.register(checks.Tags.database)
def roles_without_special_rights(app_configs: Apps, databases: Sequence[str] | None = None, **_: Any) -> list[checks.CheckMessage]:
    """Row-level security and the journal's guard are void for a superuser."""
    faults: list[checks.CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT current_user, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
            role, special = cursor.fetchone()
        if special:
            hint = "Give the address of a role that project/deploy/database.sh makes."
            faults.append(checks.Error(f"The database role {role} is a superuser or passes row-level security by.", hint=hint, id="kongchuo.E001"))
    return faults


@checks.register(checks.Tags.security, deploy=True)
def reachable_by_somebody(app_configs: Apps, **_: Any) -> list[checks.CheckMessage]:
    if settings.EMBEDDED or set(settings.ALLOWED_HOSTS) - set(settings.LOOPBACK):
        return []
    return [checks.Warning("Only this machine can open the pages.", hint="Set KC_ALLOWED_HOSTS to the name that people type.", id="kongchuo.W001")]
