"""manage.py verify_journal: has anybody changed the journal behind the product's back?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.journal import clock
from cases.journal.models import Seal
from cases.journal.seal import seal_journal, verify_journal


class Command(BaseCommand):
    help = "Seals the settled entries of the journal and checks the whole chain; ends with an error when it does not hold."

    def handle(self, *args: Any, **options: Any) -> None:
        seal_journal(now=clock.now())
        breaks = verify_journal()
        for found in breaks:
            self.stderr.write(f"entries {found.first} to {found.last}: {found.what}")
        if breaks:
            raise CommandError("The journal was changed.")
        last = Seal.objects.order_by("-last").first()
        self.stdout.write(f"The journal is whole up to entry {last.last}." if last else "Nothing is sealed yet.")
