"""What can go wrong, done on purpose: each fault at the size that is asked for. Short ones belong to `make test`, long ones to `make prove`."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as daytime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import chinese_calendar
import redis
from django.db import connection, transaction

from cases.directory.models import Appointment, User
from cases.journal import clock
from cases.register.locking import lock
from cases.register.models import Case
from notifications.models import Delivery, DeliveryState, Notification, Preference
from project.embedded import postgres, valkey
from project.embedded.places import Places
from tests.databases import lead_to
from tests.factories import Place
from tests.faults.bulk import cases_for, make_running
from tests.faults.nurse import nursery
from tests.faults.processes import environment, running, wait_until
from tests.faults.verdict import Verdict, verdict
from tests.notifications.mailserver import MailServer
from tests.workflows.clockwork import SOON, clock_of, make_case, make_task, moment_of
from workflows import audit, deadlines, escalation, policies, replanning, services
from workflows.calendars import Calendar, Special, add_natural_days, add_school_days, add_working_days, counting, days_between, shift
from workflows.models import Assignment, AssignmentState, CalendarDay, Deadline, DeadlineState, Escalation, EscalationState, Fire, FireOutcome, Unit

if TYPE_CHECKING:
    from tests.faults.conftest import Table

MINUTE = 60.0  # seconds: the promise
SWEEPERS = 4


@dataclass(frozen=True)
class Size:
    """How much of each fault."""

    killed: int  # deadlines
    kills: int
    some: int  # deadlines of the other faults
    races: int
    outage: int  # deadlines of the long outage
    seconds: int  # for which a fault lasts
    step: int  # of the calendar's start days one in so many
    frozen: str  # after which the locks of a frozen sweeper are freed


SHORT = Size(killed=1500, kills=12, some=300, races=200, outage=100, seconds=6, step=97, frozen="2s")
FULL = Size(killed=100_000, kills=200, some=10_000, races=10_000, outage=5000, seconds=60, step=1, frozen=escalation.FROZEN)


def promised(found: Verdict, *, late: float = MINUTE) -> None:
    """Nothing lost, nothing doubled, nobody told too late; and the auditor finds nothing either."""
    assert found.holds, found
    assert found.late <= late, found
    assert {finding.invariant.code: finding.ids for finding in audit.look(clock.now()) if finding.count} == {}


def soon(seconds: float) -> str:
    """A moment within the coming seconds, as SQL; each deadline another one."""
    return f"engine_now() + interval '1 second' + random() * interval '{seconds} seconds'"


def waiting() -> int:
    """How many deadlines are due, or will be within the next hour."""
    return Deadline.objects.filter(state=DeadlineState.ARMED, next_at__lte=clock.now() + timedelta(hours=1)).count()


# --- kill −9 ---------------------------------------------------------------------------------------------------------------------


def killed_at_random_statements(place: Place, table: Table, folder: Path, size: Size, server: MailServer) -> None:
    """Four sweepers and a relay, each of which kills itself at a statement or a commit of its life, again and again."""
    spread = max(4.0, size.killed / 500)
    User.objects.filter(username="county").update(email="county@mail.invalid")
    wide_awake = {"quiet_from": daytime(0), "quiet_until": daytime(0)}  # whatever hour the proof is run at
    Preference.objects.create(user=User.objects.get(username="county"), channels=["email"], **wide_awake)
    make_running(cases_for(place, 50), size.killed * 98 // 100, due=soon(spread))
    make_running(cases_for(place, 5), size.killed - size.killed * 98 // 100, due=soon(spread), role="principal")
    mail = {"KC_EMAIL_HOST": "127.0.0.1", "KC_EMAIL_PORT": str(server.port), "KC_EMAIL_TLS": "0"}
    env = environment(folder, "redis+socket:///nowhere") | mail
    begun, kills, doomed, end = time.time(), 0, 0, time.time() + spread * 4 + 120
    chance = random.Random(20236)
    with nursery(env, folder / "nursery.log", seed=20236) as nurse:
        lives: dict[int, str] = {}

        def bear(what: str) -> None:
            nonlocal doomed
            dies = doomed < size.kills * min(1.0, (time.time() - begun) / spread) + SWEEPERS and kills < size.kills
            doomed += dies
            more: dict[str, Any] = {"at": chance.randint(1, 90), "signal": "SIGKILL"} if dies else {}
            lives[nurse.start(what, batch=100, every=0.1, until=end if dies else min(end, time.time() + 1), **more)] = what

        for what in ["sweep"] * SWEEPERS + ["relay"]:
            bear(what)
        while time.time() < end:
            ended = nurse.wait(2)
            if ended:
                kills += ended["killed"]
                bear(lives.pop(ended["pid"]))
            if kills >= size.kills and not waiting() and not Delivery.objects.filter(state=DeliveryState.WAITING).exists():
                break
    found = verdict(size.killed)
    letters = {str(letter["Message-ID"]) for letter in server.letters}
    again = len(server.letters) - len(letters)
    table.add(f"kill -9 at {kills} random statements, {SWEEPERS} sweepers and a relay", found, f"{len(letters):,} letters, {again} sent again")
    promised(found)
    assert kills >= size.kills
    assert not Delivery.objects.exclude(state=DeliveryState.SENT).exists()
    assert len(letters) == Delivery.objects.count() > 0


# --- the broker -------------------------------------------------------------------------------------------------------------------


@contextmanager
def broker(folder: Path) -> Iterator[Places]:
    """A Valkey of this fault's own, so that it can be flushed and stopped."""
    places = Places.under(folder / "broker")
    places.make()
    valkey.ensure(places)
    try:
        yield places
    finally:
        valkey.halt(places)


CELERY = ("-m", "celery", "-A", "tests.faults.fast_timetable")


def broker_in_trouble(place: Place, table: Table, folder: Path, size: Size) -> None:
    """Flushed, stopped, every message delivered twenty times: a worker, two beats, and the sweeper that needs no broker."""
    from celery import Celery

    log = folder / "celery.log"
    with broker(folder) as places, ExitStack() as processes:
        address = f"redis+socket://{places.valkey_socket}"
        env = environment(folder, address)
        processes.enter_context(running(*CELERY, "worker", "--loglevel", "info", env=env, log=log))
        for number in (1, 2):
            schedule = ("--schedule", str(folder / f"beat-{number}"), "--pidfile", str(folder / f"beat-{number}.pid"))
            processes.enter_context(running(*CELERY, "beat", *schedule, env=env, log=log))
        wait_until(lambda: log.exists() and "succeeded" in log.read_text(errors="replace"), log=log, seconds=90)
        make_running(cases_for(place, 20), size.some, due=soon(size.seconds))
        sender, client = Celery(broker=address), redis.Redis(unix_socket_path=str(places.valkey_socket))
        end, rounds = time.monotonic() + size.seconds, count()
        while time.monotonic() < end:
            number = next(rounds)
            for _ in range(20):
                sender.send_task("workflows.jobs.sweep_deadlines", task_id=f"the-same-{number}")
            if number % 3 == 1:
                client.flushall()
            if number % 7 == 3:
                client.close()
                valkey.halt(places)
                time.sleep(1)
                valkey.ensure(places)
            time.sleep(0.4)
        wait_until(lambda: not waiting(), seconds=MINUTE, log=log)
        sender.close()
        client.close()
    found = verdict(size.some)
    table.add("Valkey flushed and stopped, two beats, every message 20 times", found)
    promised(found)


def no_beat_no_broker(place: Place, table: Table, folder: Path, size: Size) -> None:
    """Only the sweeper's loop, and PostgreSQL."""
    env, log = environment(folder, "redis+socket:///nowhere"), folder / "sweeper.log"
    with running("manage.py", "sweep_deadlines", "--loop", "--every", "1", env=env, log=log):
        make_running(cases_for(place, 20), size.some, due=soon(size.seconds))
        wait_until(lambda: not waiting(), seconds=size.seconds + MINUTE, log=log)
    found = verdict(size.some)
    table.add("no beat, no broker: the sweeper's loop alone", found)
    promised(found)


# --- the database -----------------------------------------------------------------------------------------------------------------


def connections_cut(place: Place, table: Table, folder: Path, size: Size) -> None:
    """Every connection cut again and again, in the middle of batches."""
    env = environment(folder, "redis+socket:///nowhere")
    make_running(cases_for(place, 20), size.some, due=soon(size.seconds))
    end = time.time() + size.seconds + MINUTE
    with nursery(env, folder / "nursery.log") as nurse:
        for _ in range(SWEEPERS):
            nurse.start("sweep", batch=50, every=0.1, until=end)
        cut = 0
        while waiting() and time.time() < end:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    " AND usename = current_user"
                )
                row = cursor.fetchone()
            cut += row[0] if row else 0
            time.sleep(0.3)
    found = verdict(size.some)
    table.add(f"{cut} connections cut in the middle of batches", found)
    promised(found)


@contextmanager
def own_server(folder: Path) -> Iterator[Places]:
    """A PostgreSQL of this fault's own, durable and migrated; this process's connection leads there meanwhile."""
    import os

    places = Places.under(folder / "server")
    places.make()
    before, forgetful = dict(connection.settings_dict), os.environ.pop("KC_EMBEDDED_FORGETFUL", None)
    try:
        postgres.ensure(places)
        connection.close()
        connection.settings_dict.update(HOST=str(places.postgres_sockets), PORT="", NAME="kc", USER="kc_owner")
        from django.core.management import call_command

        call_command("migrate", verbosity=0, interactive=False)
        lead_to("kc", "kc_app")
        yield places
    finally:
        connection.close()
        connection.settings_dict.update(before)
        if forgetful is not None:
            os.environ["KC_EMBEDDED_FORGETFUL"] = forgetful
        postgres.halt(places)


def database_restarted(table: Table, folder: Path, size: Size) -> None:
    """PostgreSQL stopped and started, in order and by kill -9 of its first process, with sweepers at work."""
    import psutil

    from tests.factories import make_place, make_user

    with own_server(folder) as places:
        place = make_place()
        make_user("teacher", "class_teacher", place.school, school_class=place.school_class)
        make_user("principal", "principal", place.school)
        make_running(cases_for(place, 20), size.some, due=soon(size.seconds))
        env, end = environment(folder, "redis+socket:///nowhere"), time.time() + size.seconds * 2 + MINUTE
        restarts = 0
        with nursery(env, folder / "nursery.log") as nurse:
            for _ in range(SWEEPERS):
                nurse.start("sweep", batch=50, every=0.2, until=end)
            stop = time.time() + size.seconds
            while time.time() < stop:
                time.sleep(3)
                connection.close()
                server = psutil.Process(int((places.postgres / "postmaster.pid").read_text().split()[0]))
                if restarts % 2:
                    server.kill()
                    server.wait(20)
                else:
                    postgres.halt(places)
                postgres.ensure(places)
                restarts += 1
            wait_until(lambda: not waiting(), seconds=MINUTE)
        found = verdict(size.some)
        table.add(f"PostgreSQL restarted {restarts} times, every other time by kill -9", found)
        promised(found)


# --- a frozen worker --------------------------------------------------------------------------------------------------------------


def frozen_across_a_rung(place: Place, table: Table, folder: Path, size: Size) -> None:
    """Sweepers stop in the middle of a batch, with its rows locked, and are thawed when the others have passed them; each rung still once."""
    env = environment(folder, "redis+socket:///nowhere")
    make_running(cases_for(place, 20), size.some, due=soon(3))
    end = time.time() + size.seconds + 2 * MINUTE
    time.sleep(3)
    with nursery(env, folder / "nursery.log") as nurse:
        frozen = [nurse.start("sweep", batch=20, until=end, at=at, signal="SIGSTOP", frozen=size.frozen) for at in (2, 5, 9, 14)]
        time.sleep(3)
        nurse.start("sweep", batch=100, every=0.2, until=end)
        wait_until(lambda: not waiting(), seconds=MINUTE)
        for pid in frozen:
            nurse.signal(pid, "SIGCONT")
        time.sleep(3)
    found = verdict(size.some)
    table.add("four sweepers frozen in mid-batch, thawed after the rung", found, f"others take over when the locks are freed after {size.frozen}")
    promised(found)


# --- races ----------------------------------------------------------------------------------------------------------------------


def side_by_side(*jobs: Callable[[], None]) -> None:
    """Each in a thread and a connection of its own, begun together."""
    together, failed = threading.Barrier(len(jobs)), []

    def run(job: Callable[[], None]) -> None:
        try:
            together.wait()
            job()
        except Exception as error:  # noqa: BLE001  shown below, in the thread that asserts
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def complete_against_fire(place: Place, table: Table, size: Size) -> None:
    """Tasks are completed at the very moment of their rung: one winner each, and nothing stays before a supervisor."""
    cases = cases_for(place, 50)
    make_running(cases, size.races, due="engine_now()")
    tasks = list(Assignment.objects.select_related("case").order_by("pk"))
    random.Random(7).shuffle(tasks)
    now = clock.now() + SOON

    def complete(mine: list[Assignment]) -> Callable[[], None]:
        def run() -> None:
            for task in mine:
                with transaction.atomic():
                    lock(task.case)
                    Assignment.objects.filter(pk=task.pk).update(state=AssignmentState.DONE, done_at=now)
                    deadlines.meet(task.pk, now=now)

        return run

    def sweep() -> None:
        while Deadline.objects.filter(state=DeadlineState.ARMED).exists():
            escalation.sweep(20, now=now)
            time.sleep(0.002)

    # two each, and a case belongs to one completer, as a person's browser tab does
    halves = [[task for task in tasks if task.case_id % 2 == half] for half in (0, 1)]
    side_by_side(complete(halves[0]), complete(halves[1]), sweep, sweep)

    fired = set(Fire.objects.filter(rung=2).values_list("deadline__assignment_id", flat=True))
    found = verdict(len(fired))
    table.add(f"complete against fire, {size.races:,} races", found, f"{size.races - len(fired):,} won by the person, {len(fired):,} by the rung")
    assert found.holds, found
    assert not Deadline.objects.exclude(state=DeadlineState.MET).exists()
    assert not Escalation.objects.filter(state=EscalationState.OPEN).exists()
    assert set(Escalation.objects.values_list("assignment_id", flat=True)) == fired


# --- the calendar -----------------------------------------------------------------------------------------------------------------

FIRST, LAST = date(2004, 1, 1), date(2026, 12, 31)
TERMS = tuple(
    term for year in range(2003, 2027) for term in ((date(year, 9, 1), date(year + 1, 1, 20)), (date(year + 1, 2, 20), date(year + 1, 6, 30)))
)


def published() -> Calendar:
    """The State Council's days, as the product keeps them: only those that differ from their weekday."""
    days = {}
    for n in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=n)
        working = chinese_calendar.is_workday(day)
        if working != (day.weekday() < 5):
            days[day] = Special(working, "x")
    return Calendar(work=days, terms=TERMS, published_through=LAST)


def _is_workday(day: date) -> bool:
    return bool(chinese_calendar.is_workday(day)) if day <= LAST else day.weekday() < 5


def _is_school_day(day: date) -> bool:
    return _is_workday(day) and any(start <= day <= end for start, end in TERMS)


def calendar_against_the_oracle(table: Table, size: Size) -> None:
    """Every start day from 2004 to 2026 and 40 allowances, in all units, against lists of days made without our arithmetic."""
    calendar, wrong, asked = published(), 0, 0
    every = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 400)]
    lists = {"work": [day for day in every if _is_workday(day)], "school": [day for day in every if _is_school_day(day)]}
    ahead = dict.fromkeys(lists, 0)
    for start in every[: (LAST - FIRST).days - 200 : size.step]:
        for unit, days in lists.items():
            while days[ahead[unit]] <= start:
                ahead[unit] += 1
        for amount in range(1, 41):
            asked += 3
            wrong += add_natural_days(start, amount) != every[(start - FIRST).days + amount]
            wrong += add_working_days(start, amount, calendar) != lists["work"][ahead["work"] + amount - 1]
            wrong += add_school_days(start, amount, calendar) != lists["school"][ahead["school"] + amount - 1]
    table.add(f"calendar against a slow oracle, 2004 to 2026, {asked:,} sums", Verdict(asked, asked - wrong, wrong, 0, -1))
    assert wrong == 0


def pauses_against_the_oracle(table: Table, size: Size) -> None:
    """Pauses in every order, in all units: what is left of the allowance after them is what an oracle that ticks day by day has left."""
    calendar, chance, wrong = published(), random.Random(2004), 0
    counts: dict[Unit, Callable[[date], bool]] = {
        Unit.WORKING_DAYS: _is_workday,
        Unit.SCHOOL_DAYS: _is_school_day,
        Unit.NATURAL_DAYS: lambda day: True,
    }
    rounds = size.races
    for _ in range(rounds):
        unit = chance.choice(list(counts))
        ours, ticks = counting(unit, calendar), counts[unit]
        day, amount = FIRST + timedelta(days=chance.randrange(8000)), chance.randint(1, 25)
        last, left = shift(day, amount, ours) if ours(day) else _add(day, amount, ours), amount
        for _pause in range(chance.randint(0, 4)):
            works, rests = chance.randint(0, 5), chance.randint(1, 40)
            worked = sum(ticks(day + timedelta(days=n)) for n in range(1, works + 1))
            if worked >= left:
                break
            left -= worked
            paused, day = day + timedelta(days=works), day + timedelta(days=works + rests)
            last = shift(day, days_between(paused, last, ours) or 1, ours)
        wrong += sum(ticks(day + timedelta(days=n)) for n in range(1, (last - day).days + 1)) != left
    table.add(f"pauses in every order against the oracle, {rounds:,} lives", Verdict(rounds, rounds - wrong, wrong, 0, -1))
    assert wrong == 0


def _add(day: date, amount: int, counts: Callable[[date], bool]) -> date:
    while amount:
        day += timedelta(days=1)
        amount -= counts(day)
    return day


# --- outages, poison, vacancies ---------------------------------------------------------------------------------------------------


def outage_of_72_hours(place: Place, table: Table, size: Size) -> None:
    """Nobody swept for three days and more; afterwards each person hears of each deadline once, and every rung is on record."""
    begun = clock.now()
    make_running(cases_for(place, 20), size.outage, due="engine_now() + interval '1 second'")
    back = begun + timedelta(hours=73)  # rungs 2 and 3 of all have passed
    while escalation.sweep(now=back):
        pass
    found = verdict(size.outage)
    each = Notification.objects.filter(key__startswith="fire:").values("recipient", "link")
    table.add(
        "outage of 72 hours: one message a person a deadline",
        replace(found, late=-1),
        f"{each.count():,} messages, {each.distinct().count():,} different",
    )
    assert found.holds, found
    assert each.count() == each.distinct().count() == 4 * size.outage  # teacher, principal, two officers of the county
    assert Fire.objects.filter(rung=2, outcome=FireOutcome.COLLAPSED).count() == size.outage


def poison_delays_nobody(place: Place, table: Table, size: Size) -> None:
    """One plan in a hundred cannot be read: it stands alone in the end, and its neighbours are as punctual as without it."""
    make_running(cases_for(place, 20), size.some, due="engine_now()")
    bad = list(Deadline.objects.order_by("pk").values_list("pk", flat=True)[::100])
    Deadline.objects.filter(pk__in=bad).update(rungs=[{"rung": 2, "at": "no moment", "to": "head"}])
    now = clock.now()
    while escalation.sweep(now=now):
        pass
    found = verdict(size.some - len(bad))
    table.add(f"{len(bad)} poisoned rows among {size.some:,}", found, "each set back alone")
    assert found.holds, found
    assert Deadline.objects.filter(attempts=1).count() == len(bad)


def vacancy_at_every_level(place: Place, table: Table, size: Size) -> None:
    """Post after post falls vacant; each rung goes to whoever stands above, and at the very top the administrator is told."""
    up = [("principal",), ("county", "county-2"), ("county-head",), ("prefecture",), ("province",)]
    each, expected, now = max(size.some // 100, 5), 0, clock.now()
    for vacant in range(len(up) + 1):
        gone = [name for names in up[:vacant] for name in names]
        Appointment.objects.filter(user__username__in=gone).update(until=date(2024, 1, 1))
        make_running(cases_for(place, 2), each, due="engine_now()")
        last = Fire.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        while escalation.sweep(now=now + timedelta(seconds=vacant + 5)):
            pass
        expected += each
        fires = Fire.objects.filter(pk__gt=last)
        assert fires.count() == each
        told = {str(name) for name in Escalation.objects.filter(fire__in=fires).values_list("role", flat=True)}
        roles = ["principal", "county_officer", "county_head", "prefecture_officer", "province_officer"]
        assert told == ({roles[vacant]} if vacant < len(up) else set()), (vacant, told)
    Appointment.objects.filter(user__username="teacher").update(until=date(2024, 1, 1))
    make_running(cases_for(place, 1), 1, due="engine_now()")
    escalation.sweep(now=now + timedelta(minutes=1))
    expected += 1
    found = verdict(expected)
    table.add("a vacancy at every level: never to nobody", replace(found, late=-1))
    assert found.holds, found
    assert Fire.objects.filter(outcome=FireOutcome.NOBODY).count() == 1
    assert Notification.objects.filter(message="nobody_answers", recipient__username="admin").count() == 1


# --- changes in mid-ladder -----------------------------------------------------------------------------------------------------------


def changed_in_mid_ladder(place: Place, table: Table, size: Size) -> None:
    """Extended, reassigned, suspended, counted again, its rule edited: whatever happens between two rungs, each generation passes each rung once."""
    county = User.objects.get(username="county")
    to = Appointment.objects.get(user__username="principal")
    number, expected = max(size.some // 50, 10), 0
    for n in range(number):
        task = make_task(make_case(place), now=(now := datetime(2026, 9, 16, 4, tzinfo=UTC)))
        now = moment_of(task, 2)
        expected += escalation.sweep(now=now)
        now += SOON
        common: dict[str, Any] = {"note": "说明", "by": county, "now": now}
        if n % 5 == 0:
            services.extend(task, until=date(2026, 10, 20), **common)
        elif n % 5 == 1:
            services.reassign(task, to=to, **common)
        elif n % 5 == 2:
            services.pause_case(task.case, **common)
            services.resume_case(Case.objects.get(pk=task.case_id), note="", by=county, now=now + timedelta(days=9))
        elif n % 5 == 3:
            CalendarDay.objects.get_or_create(kind="work", county=place.area, day=date(2026, 9, 21), defaults={"working": False, "reason": "洪水"})
            policies.invalidate()
            replanning.replan_all(now=now)
        while (row := clock_of(task)).state == DeadlineState.ARMED and row.next_at:
            expected += escalation.sweep(now=row.next_at)
        assert {finding.invariant.code for finding in audit.look(now + timedelta(days=200)) if finding.count} <= {"case_adrift"}
        Assignment.objects.filter(pk=task.pk).update(state=AssignmentState.DONE, done_at=now)
        deadlines.meet(task.pk, now=now)
    found = verdict(expected)
    table.add("extended, reassigned, suspended, counted again in mid-ladder", replace(found, late=-1))
    assert found.holds, found
