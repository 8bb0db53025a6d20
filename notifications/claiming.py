"""Taking letters out of the outbox: reserved many at once, begun one by one, so that what may have arrived is known letter by letter.

A reservation moves the moment at which a row is due again behind the time of any attempt, and nothing else: whoever dies with it delays letters
and doubles none. That an attempt begins is written before it begins, in the statement that writes down how the one before it ended.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from notifications.models import Delivery

CLAIM = timedelta(minutes=2)  # longer than any attempt; after it, whoever claimed a row and said nothing is taken for dead
BATCH = 20  # letters that are reserved at once: few enough that several deliverers share a hundred
HOLD = 45.0  # seconds after which the rest of a reservation is given back: with one attempt more it still ends before CLAIM


@dataclass
class Shut:
    """What a run found closed: channels without a gateway, and gateways."""

    channels: set[str] = field(default_factory=set)
    gateways: set[int] = field(default_factory=set)

    def leave_alone(self, delivery: Delivery) -> None:
        if delivery.gateway_id is None:
            self.channels.add(delivery.channel)
        else:
            self.gateways.add(delivery.gateway_id)

    def has(self, delivery: Delivery) -> bool:
        return delivery.channel in self.channels if delivery.gateway_id is None else delivery.gateway_id in self.gateways


@dataclass(frozen=True)
class Held:
    """A reserved letter: since when it was due, and until when nobody else takes it."""

    delivery: Delivery
    due_at: datetime
    until: datetime


def reserve(shut: Shut, limit: int) -> list[Held]:
    """The letters that are due longest, at most `limit`, for this deliverer alone. Two queries. What somebody else died with is unsure."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            WITH picked AS MATERIALIZED (
                SELECT id, next_at FROM notifications_delivery
                WHERE state = 'waiting' AND next_at <= engine_now()
                  AND NOT (gateway_id IS NULL AND channel = ANY(%s)) AND (gateway_id IS NULL OR gateway_id <> ALL(%s))
                ORDER BY next_at, id LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
            )
            UPDATE notifications_delivery AS row
            SET unsure = row.unsure OR row.begun_at IS NOT NULL, begun_at = NULL, next_at = engine_now() + %s
            FROM picked WHERE row.id = picked.id RETURNING row.id, picked.next_at, row.next_at
            """,
            _values(sorted(shut.channels), sorted(shut.gateways), limit, CLAIM),
        )
        found = sorted(cursor.fetchall(), key=lambda row: (row[1], row[0]))
        if not found:
            return []
        rows = Delivery.objects.select_related("notification__recipient__preference", "gateway").in_bulk([pk for pk, _due, _until in found])
    return [Held(rows[pk], due_at, until) for pk, due_at, until in found]


def begin(held: Held, arrived: int | None) -> bool:
    """Write down that the attempt begins now, and that the letter before it (its pk) has arrived; one statement, one commit.

    False when the letter was read in the product since, or is no longer ours: then it is not sent.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH arrived AS (
                UPDATE notifications_delivery SET state = 'sent', sent_at = engine_now(), next_at = NULL, begun_at = NULL WHERE id = %s::bigint
            )
            UPDATE notifications_delivery AS row SET attempts = attempts + 1, begun_at = engine_now(), next_at = engine_now() + %s, gateway_id = %s
            FROM notifications_notification said
            WHERE row.id = %s AND row.state = 'waiting' AND row.begun_at IS NULL AND row.next_at = %s
              AND said.id = row.notification_id AND said.read_at IS NULL
            RETURNING row.attempts, row.begun_at, row.next_at
            """,
            _values(arrived, CLAIM, held.delivery.gateway_id, held.delivery.pk, held.until),
        )
        found = cursor.fetchone()
    if found:
        held.delivery.attempts, held.delivery.begun_at, held.delivery.next_at = found
    return found is not None


def give_back(rest: Sequence[Held]) -> None:
    """What was not begun is due as it was before; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE notifications_delivery AS row SET next_at = given.due_at
            FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS given (id, due_at, until)
            WHERE row.id = given.id AND row.state = 'waiting' AND row.begun_at IS NULL AND row.next_at = given.until
            """,
            [[one.delivery.pk for one in rest], [one.due_at for one in rest], [one.until for one in rest]],
        )


def put_off(rest: Collection[Held], until: datetime) -> None:
    """Letters for people who are asleep wait for their morning; one statement."""
    Delivery.objects.filter(pk__in=[one.delivery.pk for one in rest], begun_at=None).update(next_at=until)


def drop(rest: Collection[Held]) -> None:
    """Letters that nobody needs any more; one statement."""
    Delivery.objects.filter(pk__in=[one.delivery.pk for one in rest], begun_at=None).update(state="dropped", next_at=None)


def _values(*values: Any) -> list[Any]:
    """The driver takes a stretch of time as it is; the types of Django's cursor do not know it."""
    return list(values)
