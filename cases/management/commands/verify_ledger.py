"""manage.py verify_ledger: is every closed month still as it was closed?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.ledger.models import Closure
from cases.ledger.verifying import verify


class Command(BaseCommand):
    help = "Computes the chain of the closed months again, and checks names against numbers; names the month where it does not hold."

    def handle(self, *args: Any, **options: Any) -> None:
        faults = verify()
        for fault in faults:
            self.stderr.write(str(fault))
        if faults:
            months = ", ".join(sorted({fault.month for fault in faults if fault.month}))
            raise CommandError(f"The ledger was changed: {months}." if months else "The ledger does not hold.")
        self.stdout.write(f"{Closure.objects.count()} closed months are as they were closed.")
