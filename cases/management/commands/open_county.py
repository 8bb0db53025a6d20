"""The first start: the offices of a county, and the administrators who enter everybody else."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from cases.directory.models import Appointment, Area, Level, Line, Organisation, OrganisationKind, Role, User
from cases.directory.offices import standard_county
from cases.directory.passwords import hash_one_time, one_time_password
from cases.journal import clock
from cases.journal.services import record
from cases.journal.verbs import Verb

ADMINISTRATORS = (("admin", "系统管理员", Role.SYSTEM_ADMIN), ("security", "安全管理员", Role.SECURITY_ADMIN), ("auditor", "审计员", Role.AUDITOR))


class Command(BaseCommand):
    help = "Enters the offices of a county and makes the first three administrators, with one-time passwords. Twice is harmless."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("county", help="six-digit code, such as 422822")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        county = Area.objects.filter(code=options["county"], level=Level.COUNTY).first()
        if county is None:
            raise CommandError(f"{options['county']} is no county of the list (see cases/directory/data/hubei_counties.csv).")
        now = clock.now()
        department = _department_of_the_province()
        passwords = [_administrator(username, name, role, department, now) for username, name, role in ADMINISTRATORS]
        offices = standard_county(county, by=User.objects.get(username="admin"), now=now)
        self.stdout.write(f"{county.name}: {len(offices)} offices are there.")
        for username, password in passwords:
            self.stdout.write(f"  {username}: {password}" if password else f"  {username}: is there already")
        self.stdout.write("Each password works once; it is asked to be changed at the first log-in and is shown nowhere else.")


def _department_of_the_province() -> Organisation:
    """Nobody is there yet who could enter the first organisation."""
    found, _made = Organisation.objects.get_or_create(
        kind=OrganisationKind.PROVINCE_EDUCATION, area_id="42", defaults={"name": "湖北省教育厅", "line": Line.EDUCATION}
    )
    return found


def _administrator(username: str, name: str, role: str, organisation: Organisation, now: datetime) -> tuple[str, str]:
    if User.objects.filter(username=username).exists():
        return username, ""
    password = one_time_password()
    user: User = User.objects.create_user(username, name=name, must_change_password=True)
    user.password = hash_one_time(password)
    user.save(update_fields=["password"])
    appointment = Appointment.objects.create(user=user, role=role, organisation=organisation, since=clock.day(now))
    record(Verb.USER_ADDED, at=now, user=user.pk)
    record(Verb.APPOINTED, at=now, appointment=appointment.pk)
    return username, password
