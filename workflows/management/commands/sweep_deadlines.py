"""Sweeping without a broker: PostgreSQL is enough."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, connection

from cases.ledger import listing
from workflows import bulkwork, sweeping

BULK_SECONDS = 2.0  # of each round at most, so that no deadline waits for a bulk job


class Command(BaseCommand):
    help = "Passes every deadline that has come due, once, or again and again with --loop; needs PostgreSQL alone."
    requires_system_checks = ()  # it runs on when a page is broken

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="goes on until it is asked to stop")
        parser.add_argument("--every", type=float, default=5.0, metavar="SECONDS")

    def handle(self, *, loop: bool, every: float, **options: Any) -> None:
        if not loop:
            self.stdout.write(str(sweeping.sweep_all()))
            return
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        while not stop.is_set():
            try:
                sweeping.sweep_all()
                bulkwork.work_all(BULK_SECONDS)
                listing.work_next()
            except (OperationalError, InterfaceError) as error:  # a restart: what is due stands in the database and waits there
                self.stderr.write(f"the database does not answer ({type(error).__name__}); trying again")
                connection.close()
            stop.wait(every)
