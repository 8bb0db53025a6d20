"""Lets the demo move its clock. Runs as the owner of the schema (manage.py knows), and never outside the demo."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import connection


class Command(BaseCommand):
    help = "Makes the engine's clock movable. Only with KC_DEMO=1."
    requires_system_checks = ()  # the server that is started next checks everything

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Only the demo's clock moves: set KC_DEMO=1.")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE engine_clock SET movable = true")
