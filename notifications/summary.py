"""One message in the morning to whoever wants a summary instead of one letter each: numbers and a link, no case and no child."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, time
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from notifications import clock
from notifications.messages import SUMMARY
from notifications.models import Notification, Preference
from notifications.services import Message, notify_many
from notifications.wishes import SUMMARY_FROM

UNTIL = time(20)  # in the office's time; after a day's outage yesterday's numbers help nobody
BATCH = 1000

# people, moment → of each person who has any: {"overdue": 3, "due_today": 2}
Counter = Callable[[Collection[int], datetime], Mapping[int, Mapping[str, int]]]


def _no_tasks(people: Collection[int], now: datetime) -> Mapping[int, Mapping[str, int]]:
    return {}


_tasks: Counter = _no_tasks


def register_tasks(counter: Counter) -> None:
    """How the tasks of people are counted, many at once. Said once, when the workflow gets ready."""
    global _tasks
    _tasks = counter


def say_due() -> int:
    """Says this day's summary to everybody who wants one and has not had it. Twice is harmless; finding nobody costs one index look-up."""
    said = 0
    now = clock.now()
    if not SUMMARY_FROM <= timezone.localtime(now).time() < UNTIL:
        return 0
    while (people := _say_batch(now)) is not None:
        said += people
    return said


@transaction.atomic
def _say_batch(now: datetime) -> int | None:
    today = timezone.localdate(now)
    waiting = Preference.objects.filter(Q(summed_up_on=None) | Q(summed_up_on__lt=today), daily=True)
    people = list(waiting.select_for_update(skip_locked=True, no_key=True).values_list("user_id", flat=True)[:BATCH])
    if not people:
        return None
    tasks, unread = _tasks(people, now), _unread(people)
    numbers = {person: _numbers(tasks.get(person, {}), unread.get(person, 0)) for person in people}
    told = {person: counts for person, counts in numbers.items() if any(counts.values())}
    # Yesterday's numbers are no news any more.
    Notification.objects.unread().filter(recipient_id__in=told, message=SUMMARY).update(read_at=clock.EngineNow())
    said = notify_many([Message(person, SUMMARY, dict(counts), "/", f"{SUMMARY}:{today}:{person}") for person, counts in told.items()])
    Preference.objects.filter(pk__in=people).update(summed_up_on=today)
    return said


def _unread(people: Collection[int]) -> dict[int, int]:
    lines: Any = Notification.objects.unread().filter(recipient_id__in=people).exclude(message=SUMMARY)
    return dict(lines.values_list("recipient_id").annotate(Count("pk")))


def _numbers(tasks: Mapping[str, int], unread: int) -> dict[str, int]:
    return {"overdue": tasks.get("overdue", 0), "due_today": tasks.get("due_today", 0), "unread": unread}
