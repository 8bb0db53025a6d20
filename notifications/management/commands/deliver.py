"""Delivering without a broker: PostgreSQL is enough."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, close_old_connections

from notifications.delivery import deliver_due


class Command(BaseCommand):
    help = "Sends what is due in the outbox, once, or every 30 seconds with --loop; needs PostgreSQL alone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="goes on until it is asked to stop")
        parser.add_argument("--every", type=float, default=30.0, metavar="SECONDS")

    def handle(self, *, loop: bool, every: float, **options: Any) -> None:
        if not loop:
            self.stdout.write(str(deliver_due()))
            return
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        while not stop.is_set():
            try:
                deliver_due()
            except OperationalError as error:  # the database is away for a while; it alone decides what is due when it is back
                self.stderr.write(type(error).__name__)
                close_old_connections()
            stop.wait(every)
