"""What would another allowance, or another day, do to what is running? Nothing is changed."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cases.journal import clock
from workflows import previewing
from workflows.models import CalendarDay, DayKind, Ladder, StepPolicy, Unit
from workflows.policies import STANDARD
from workflows.steps import STEPS


class Command(BaseCommand):
    help = "Shows, step by step, how many running deadlines another allowance or another day would make due earlier or later; changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--county", metavar="CODE", help="for one county alone")
        what = parser.add_subparsers(dest="what", required=True)
        allowance = what.add_parser("allowance", help="a step may take so long")
        allowance.add_argument("step", choices=sorted(STEPS))
        allowance.add_argument("amount", type=int)
        allowance.add_argument("unit", choices=[str(unit) for unit in Unit])
        allowance.add_argument("--ladder", default=STANDARD)
        day = what.add_parser("day", help="a day counts, or counts no more")
        day.add_argument("day", type=date.fromisoformat)
        day.add_argument("counts", choices=["yes", "no"])
        day.add_argument("--school", action="store_true", help="in the school calendar")

    def handle(self, *, what: str, county: str | None, **options: Any) -> None:
        today = timezone.localdate(clock.now())
        change = partial(_allowance, county, today, options) if what == "allowance" else partial(_day, county, options)
        effects = previewing.preview(change, on=today)
        self.stdout.write(f"{'step':<24}{'running':>10}{'earlier':>10}{'later':>10}{'escalated sooner':>18}{'later':>10}")
        for step, effect in effects.items():
            if effect.touched:
                counts = f"{effect.running:>10}{effect.earlier:>10}{effect.later:>10}{effect.sooner:>18}{effect.slower:>10}"
                self.stdout.write(f"{step:<24}{counts}")
        self.stdout.write(f"{sum(effect.running for effect in effects.values())} deadlines are running")


def _allowance(county: str | None, today: date, options: dict[str, Any]) -> None:
    ladder = Ladder.objects.filter(code=options["ladder"]).first()
    if ladder is None:
        raise CommandError(f"There is no ladder {options['ladder']}.")
    rule = {"amount": options["amount"], "unit": options["unit"], "ladder": ladder}
    StepPolicy.objects.update_or_create(step=options["step"], county_id=county, valid_from=today, defaults=rule)


def _day(county: str | None, options: dict[str, Any]) -> None:
    kind = DayKind.SCHOOL if options["school"] else DayKind.WORK
    said = {"working": options["counts"] == "yes", "reason": "preview"}
    CalendarDay.objects.update_or_create(kind=kind, county_id=county, day=options["day"], defaults=said)
