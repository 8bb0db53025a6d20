"""manage.py ledger: the official workbook of a month, and the list of names, without a browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import is_naive, make_aware

from cases.directory.models import Area, User
from cases.journal import clock
from cases.journal.refused import Refused
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.ledger import tables
from cases.ledger.namelist import Export, names_book
from cases.ledger.workbook import official_book, official_csv


class Command(BaseCommand):
    help = "Writes the official workbook of a month: as the counties reported it, or counted anew as of a moment."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--month", required=True, metavar="2026-11")
        parser.add_argument("--as-of", metavar="ISO", help="count anew from what had been told by this day or moment")
        parser.add_argument("--unit", default=tables.PROVINCE, metavar="CODE", help="42 (default), a prefecture or a county")
        parser.add_argument("--out", required=True, metavar="FILE.xlsx", help="or FILE.csv")
        parser.add_argument("--names", metavar="FILE.xlsx", help="the list of names as well; needs --user and --purpose")
        parser.add_argument("--user", metavar="ACCOUNT", help="who takes the names out; sees what that person may see")
        parser.add_argument("--purpose", default="", help="why; it goes into the journal")

    def handle(self, *args: Any, **options: Any) -> None:
        said = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", options["month"])
        if not said:
            raise CommandError("--month is a year and a month, such as 2026-11.")
        if not Area.objects.filter(pk=options["unit"], level__in=("province", "prefecture", "county")).exists():
            raise CommandError(f"--unit: there is no such area: {options['unit']}")
        year, month = int(said[1]), int(said[2])
        try:
            moment = self._moment(options["as_of"])
            table = tables.of_moment(year, month, moment, options["unit"]) if moment else tables.of_month(year, month, options["unit"])
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        out = Path(options["out"])
        out.write_bytes(official_csv(table) if out.suffix == ".csv" else official_book(table))
        self.stdout.write(f"{out}: {table.title}, {table.name}, {table.lines[0].pairs[0][0]} on the ledger")
        if options["names"]:
            self._names(year, month, options)

    def _moment(self, said: str | None) -> Any:
        if not said:
            return None
        day = parse_date(said) if len(said) == len("2026-11-12") else None
        moment = parse_datetime(f"{day}T23:59:59" if day else said)
        if moment is None:
            raise CommandError("--as-of is a day or a moment, such as 2026-11-12T06:00.")
        return make_aware(moment) if is_naive(moment) else moment

    def _names(self, year: int, month: int, options: dict[str, Any]) -> None:
        user = User.objects.filter(username=options["user"] or "", is_active=True).first()
        if user is None or not options["purpose"].strip():
            raise CommandError("--names needs --user, an account, and --purpose, a reason.")
        now = clock.now()
        editions = list(tables.latest_editions(year, month, options["unit"]))
        if not editions:
            raise CommandError("Nothing was drawn up for this month yet.")
        book, count = names_book(editions, Export(user, now), progress=lambda done, of: self.stderr.write(f"{done} / {of}"))
        record(Verb.LIST_EXPORTED, at=now, actor=user, remark=options["purpose"], rows=count, ledger=f"{year}-{month:02}", unit=options["unit"])
        Path(options["names"]).write_bytes(book)
        self.stdout.write(f"{options['names']}: {count} names, identity numbers masked")
