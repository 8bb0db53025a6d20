"""Builds the demo's county, about eighty cases through the services, and one task that falls due soon."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from project.demo import seeding


class Command(BaseCommand):
    help = "Builds the demo's county; twice is harmless. Only with KC_DEMO=1."
    requires_system_checks = ()  # the server that is started next checks everything

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Only the demo is seeded: set KC_DEMO=1.")
        seeding.seed(say=self.stdout.write)
