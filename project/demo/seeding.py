"""Telling all stories in the order of their moments, with the sweep at the end of each day, so that what is overdue escalated when it should have."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import cycle

from django.db import transaction
from django.utils import timezone

from cases.directory.models import User
from cases.journal import clock
from cases.protection.services import report_danger
from cases.register.models import Case
from cases.register.students import add_guardian, register_student
from notifications.models import Notification
from project.demo import between, lives, periodic, plots, reporting, rosters, stories, supervision
from project.demo.people import Births
from project.demo.world import Township, World, build
from workflows import escalation, roads

SOON = timedelta(minutes=2, seconds=20)  # the rest of the start takes a few seconds
HOURS_TO_CONFIRM = timedelta(hours=2)


def seed(say: Callable[[str], object]) -> None:
    """The county and its people, the cases once, and each time a task that falls due two minutes from now."""
    if not Case.objects.exists():
        say("building a county of invented people …")
        with transaction.atomic():  # a start that breaks off leaves nothing half told
            world, now = build(), clock.now()
            _play(_lives(world, now), now, say)
            supervision.tell(now)
            between.tell(world, now)
            rosters.tell(now)
            periodic.tell(clock.now())
            reporting.tell(clock.now())  # the facts were told while this ran: a cut-off of the beginning would leave them all out
            Notification.objects.filter(created_at__lt=now - timedelta(days=7)).update(read_at=now)
    _due_soon(clock.now())


def _lives(world: World, now: datetime) -> list[lives.Life]:
    births, lives = Births(timezone.localdate(now)), []
    anywhere = cycle(world.townships)
    for plot in plots.plots():
        for _copy in range(plot.copies):
            township = world.townships[0] if plot.home or plot.put_off else next(anywhere)
            lives.append(_life(births, township, plot, now, at_home=plot.home))
    lives.extend(_life(births, world.neighbours[0], plots.Plot(road, 2), now) for road in (plots.LOOK, plots.PLAN, plots.PERSUADE, plots.CONCLUDE))
    return lives


def _life(births: Births, township: Township, plot: plots.Plot, now: datetime, *, at_home: bool = False) -> lives.Life:
    """A child of the township; of those at home every third is in the class and every second in the village of the accounts."""
    random = births.random
    own = [item for item in township.classes if item.grade == 8]
    older = [item for item in township.classes if item.grade > 1]
    school_class = own[0] if at_home and births.serial % 3 == 0 else random.choice(older)
    if plot.put_off:  # only a child who is to begin school is put off
        school_class = next((item for item in township.classes if item.grade == 1), school_class)
    village = township.villages[0] if at_home and births.serial % 2 == 0 else random.choice(township.villages)
    groups = random.choices(((), ("lifted_out_of_poverty",), ("left_behind",), ("monitored_unstable", "left_behind")), weights=(5, 3, 3, 1))[0]
    born = births.child(grade=school_class.grade)
    moments = lives.moments(plot, now, births.serial)
    registrar = User.objects.filter(appointments__organisation=school_class.school, appointments__role="principal")[0]
    student = register_student(
        name=born.name,
        sex=born.sex,
        born_on=born.born_on,
        identity_number=born.id_number,
        school=school_class.school,
        school_class=school_class,
        roll_number=f"G{born.id_number}",
        registered_at=village.area,
        lives_at=village.area,
        address=f"{village.area.name}{random.randrange(1, 9)}组",
        groups=list(groups),
        by=registrar,
        now=moments[0] - timedelta(days=1),
    )
    for name, relation, phone in ((born.father, "father", born.phone), (born.mother, "mother", "")):
        add_guardian(
            student,
            name=name,
            relation=relation,
            phone=phone,
            works_at="",
            is_main=relation == "father",
            by=registrar,
            now=moments[0] - timedelta(days=1),
        )
    return lives.Life(student=student, plot=plot, moments=moments)


def _play(lives: list[lives.Life], now: datetime, say: Callable[[str], object]) -> None:
    facts = sorted(((moment, number, life) for number, life in enumerate(lives) for moment in life.moments), key=lambda fact: fact[:2])
    told = facts[0][0]
    for count, (moment, _number, life) in enumerate(facts, 1):
        while told + timedelta(days=1) < moment:
            told += timedelta(days=1)
            rosters.enter(told)
            _sweep(told)
        stories.tell(life, moment)
        if count % 100 == 0:
            say(f"  {count} of {len(facts)} facts")
    while told < now:
        told = min(told + timedelta(days=1), now)
        _sweep(told)


def _sweep(moment: datetime) -> None:
    roads.sweep(now=moment)
    while escalation.sweep(now=moment):
        pass


@transaction.atomic
def _due_soon(now: datetime) -> None:
    """A mandatory report made almost two hours ago: its receipt falls due while one watches, and the escalation arrives."""
    teacher = User.objects.get(username="teacher")
    case = Case.objects.visible_to(teacher).filter(closed_at=None, paused_at=None, reports=None).order_by("pk").first()
    if case is None:
        return
    made = now + SOON - HOURS_TO_CONFIRM
    report_danger(case, kind="other", facts="（演示）发现孩子独自在家，请尽快核实。", by=teacher, now=made)
