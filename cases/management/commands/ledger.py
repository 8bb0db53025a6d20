"""manage.py ledger: the official workbook of a month, and the list of names, without a browser."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import is_naive, make_aware

from cases.directory.models import Area, User
from cases.journal import clock
from cases.journal.plainwords import stands_in
from cases.journal.refused import Refused
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.ledger import listing, recount, tables
from cases.ledger.namelist import Export, names_book
from cases.ledger.workbook import official_book, official_csv


class Command(BaseCommand):
    help = "Writes the official workbook of a month: as the counties reported it, or counted anew as of a moment."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--month", required=True, metavar="2026-11")
        parser.add_argument("--as-of", metavar="ISO", help="count anew from what had been told by this day or moment")
        parser.add_argument("--unit", default=tables.PROVINCE, metavar="CODE", help="42 (default), a prefecture or a county")
        parser.add_argument("--out", required=True, metavar="FILE.xlsx", help="or FILE.csv")
        parser.add_argument("--names", metavar="FILE.xlsx", help="the list of names as well, identity numbers masked")
        parser.add_argument("--unmask", action="store_true", help="with identity numbers in full; needs --as and --purpose")
        parser.add_argument("--as", dest="user", metavar="USERNAME", help="who takes the names out: names what that person may see, and no more")
        parser.add_argument("--purpose", default="", help="why; it goes into the journal")

    def handle(self, *args: Any, **options: Any) -> None:
        said = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", options["month"])
        if not said:
            raise CommandError("--month is a year and a month, such as 2026-11.")
        if not Area.objects.filter(pk=options["unit"], level__in=("province", "prefecture", "county")).exists():
            raise CommandError(f"--unit: there is no such area: {options['unit']}")
        year, month = int(said[1]), int(said[2])
        by = self._whoever(options) if options["names"] else None  # before anything is written
        try:
            moment = self._moment(options["as_of"])
            table = recount.of_moment(year, month, moment, options["unit"]) if moment else tables.of_month(year, month, options["unit"])
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        out = Path(options["out"])
        out.write_bytes(official_csv(table) if out.suffix == ".csv" else official_book(table))
        self.stdout.write(f"{out}: {table.title}, {table.name}, {table.lines[0].pairs[0][0]} on the ledger")
        if options["names"]:
            self._names(year, month, by, options)

    def _moment(self, said: str | None) -> Any:
        if not said:
            return None
        day = parse_date(said) if len(said) == len("2026-11-12") else None
        moment = parse_datetime(f"{day}T23:59:59" if day else said)
        if moment is None:
            raise CommandError("--as-of is a day or a moment, such as 2026-11-12T06:00.")
        return make_aware(moment) if is_naive(moment) else moment

    def _whoever(self, options: dict[str, Any]) -> User | None:
        """Who takes the names out; None: whoever runs the server, and then they are masked."""
        name, full = options["user"], options["unmask"]
        if full and not (name and options["purpose"].strip()):
            raise CommandError("--unmask needs --as, an account, and --purpose, a reason: both go into the journal.")
        if stands_in(options["purpose"]):
            raise CommandError("--purpose: please leave the identity number out; these words are kept readable.")
        if not name:
            return None
        user = User.objects.filter(username=name, is_active=True).first()
        if user is None:
            raise CommandError(f"--as: there is no such active account: {name}")
        if not listing.may_take(user, full=full):
            raise CommandError(f"--as: the posts of {name} do not allow this.")
        return user

    def _names(self, year: int, month: int, by: User | None, options: dict[str, Any]) -> None:
        now, full = clock.now(), options["unmask"]
        editions = list(tables.latest_editions(year, month, options["unit"]))
        if not editions:
            raise CommandError("Nothing was drawn up for this month yet.")
        book, count = names_book(editions, Export(by, now, full), progress=lambda done, of: self.stderr.write(f"{done} / {of}"))
        said = {"rows": count, "ledger": f"{year}-{month:02}", "unit": options["unit"], "full": full}
        record(Verb.LIST_EXPORTED, at=now, actor=by, remark=options["purpose"], **said)
        _keep_to_oneself(Path(options["names"]), book)
        self.stdout.write(f"{options['names']}: {count} names, identity numbers {'in full where they may be seen' if full else 'masked'}")


def _keep_to_oneself(path: Path, data: bytes) -> None:
    """Children's names are for whoever took them out, and for no other account of the machine: also where a file stood there before."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600), "wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.truncate()
        file.write(data)
