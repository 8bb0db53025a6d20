"""Delete the bytes of uploads whose transaction was rolled back."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cases.files.services import remove_orphans


class Command(BaseCommand):
    help = "Delete stored bytes that belong to no file of the product and are older than a day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--hours", type=int, default=24, help="how old the bytes must be; at least 1")

    def handle(self, *args: Any, **options: Any) -> None:
        # The file system's own clock, not the engine's: a demo may move that one.
        count = remove_orphans(before=datetime.now(UTC) - timedelta(hours=max(1, options["hours"])))
        self.stdout.write(f"{count} removed")
