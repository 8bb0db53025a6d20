"""Saying something to people: rows in the caller's transaction, carried out of the house afterwards.

Nothing here talks to a broker or a mail server, so a fact never waits for one and never fails with one: what is in the outbox is found
there by the beat, every 30 seconds, and by `manage.py deliver --loop`, which needs PostgreSQL alone. The inbox in the product is the row itself.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from notifications import channels, gateways, quiet
from notifications.channels.base import Offer
from notifications.clock import EngineNow
from notifications.messages import SUMMARY, check
from notifications.models import DeliveryState, Notification
from notifications.params import NotAllowedInMessage, storable
from notifications.places import directory


@dataclass(frozen=True)
class Message:
    """One thing to be said to one person.

    `message` is a key of notifications.messages.MESSAGES and `params` what it names; `link` a path inside the product; `key` says a fact
    once however often it is told. `channels` None asks the person's preference; an empty sequence means the inbox alone.
    `receipt`: whoever gets it confirms that they did (签收), see `receipts`. Raises NotAllowedInMessage.
    """

    recipient_id: int
    message: str
    params: dict[str, Any]
    link: str
    key: str
    urgent: bool = False
    channels: Sequence[str] | None = None
    receipt: bool = False

    def __post_init__(self) -> None:
        check(self.message, self.params)
        object.__setattr__(self, "params", storable(self.params))
        if self.link and (not self.link.startswith("/") or self.link.startswith("//") or len(self.link) > 200):
            raise NotAllowedInMessage("a link of a message is a path inside the product")
        if not 0 < len(self.key) <= 120:
            raise NotAllowedInMessage("the key of a message has 1 to 120 characters")


def notify(message: Message) -> bool:
    """Says one thing; False when it had been said before."""
    return notify_many([message]) == 1


@transaction.atomic(savepoint=False)
def notify_many(messages: Sequence[Message]) -> int:
    """Says many things in one statement, and one more when somebody is to be told outside the product, too. Returns how many were new.

    Where the office has gateways, a third statement asks whom they serve.
    """
    if not messages:
        return 0
    by_key = {message.key: message for message in messages}
    # In order of the key: two writers that say the same things wait for each other, and never in a circle.
    said = _say([by_key[key] for key in sorted(by_key)])
    served = _served(said)
    outside = [letter for person in said for letter in _letters(person, by_key[person.said_key], served.get(person.pk, {}))]
    if outside:
        _queue(outside)
    return len(said)


def _say(messages: Sequence[Message]) -> list[Any]:
    """Inserts what had not been said; returns its readers, each with `said_id`, `said_key`, `said_at`, their preference (JSON, None without one)
    and the gateways in use (JSON, None without any)."""
    people = get_user_model()
    return list(
        people._default_manager.raw(
            f"""
            WITH said AS (
                INSERT INTO notifications_notification (recipient_id, message, params, link, key, urgent, asks_receipt, created_at)
                SELECT recipient_id, message, params::jsonb, link, key, urgent, asks_receipt, engine_now()
                FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::boolean[], %s::boolean[])
                    AS given (recipient_id, message, params, link, key, urgent, asks_receipt)
                ON CONFLICT (key) DO NOTHING
                RETURNING id, key, recipient_id, created_at
            )
            SELECT person.id, person.is_active, person.email, person.phone, person.language,
                   said.id AS said_id, said.key AS said_key, said.created_at AS said_at,
                   preference.channels::text AS chosen, preference.urgent_channels::text AS urgent_chosen, preference.daily,
                   preference.quiet_from, preference.quiet_until,
                   (SELECT json_agg(json_build_array(id, kind, area, organisation_id, usual) ORDER BY id DESC)::text
                    FROM notifications_gateway WHERE active) AS gateways
            FROM said
            JOIN {people._meta.db_table} person ON person.id = said.recipient_id
            LEFT JOIN notifications_preference preference ON preference.user_id = person.id
            """,  # noqa: S608  the name of the people's table
            [
                [message.recipient_id for message in messages],
                [message.message for message in messages],
                [json.dumps(message.params) for message in messages],
                [message.link for message in messages],
                [message.key for message in messages],
                [message.urgent for message in messages],
                [message.receipt for message in messages],
            ],
        )
    )


def _served(said: Sequence[Any]) -> Mapping[int, dict[str, Offer]]:
    """Of each person the gateways that serve them."""
    if not said or said[0].gateways is None:
        return {}
    offered = [Offer(*row) for row in json.loads(said[0].gateways)]
    places = directory().places_of({person.pk for person in said})
    return {person: gateways.nearest(offered, posts) for person, posts in places.items()}


@dataclass(frozen=True)
class _Letter:
    said_id: int
    channel: str
    gateway: int | None
    leaves_at: datetime


def _letters(person: Any, message: Message, offers: Mapping[str, Offer]) -> list[_Letter]:
    """What leaves the house for this person, and when: not in the quiet hours unless it is urgent."""
    at = person.said_at
    if not message.urgent:
        at = quiet.wakes(at, *(_time(person.quiet_from, quiet.FROM), _time(person.quiet_until, quiet.UNTIL)))
    return [
        _Letter(person.said_id, name, offers[name].pk if channels.OUTSIDE[name].gated else None, at) for name in _outside(person, message, offers)
    ]


def _time(chosen: time | None, usual: time) -> time:
    return usual if chosen is None else chosen


def _outside(person: Any, message: Message, offers: Mapping[str, Offer]) -> list[str]:
    if not person.is_active:
        return []
    if message.channels is not None:
        ways = channels.reaching(person, offers)
        return [name for name in ways if name in message.channels]
    if person.daily and not message.urgent and message.message != SUMMARY:
        return []  # it is counted in the morning
    chosen, urgent_chosen = (None if names is None else json.loads(names) for names in (person.chosen, person.urgent_chosen))
    return channels.preferred(person, offers, chosen=chosen, urgent_chosen=urgent_chosen, urgent=message.urgent)


def _queue(outside: Sequence[_Letter]) -> None:
    """Puts notifications into the outbox, each for one channel."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO notifications_delivery
                (notification_id, channel, gateway_id, key, state, attempts, next_at, unsure, last_error, created_at)
            SELECT said.id, channel, gateway_id, said.key || ':' || channel, %s, 0, leaves_at, false, '', said.created_at
            FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::timestamptz[]) AS given (id, channel, gateway_id, leaves_at)
            JOIN notifications_notification said USING (id)
            ON CONFLICT (key) DO NOTHING
            """,
            [
                str(DeliveryState.WAITING),
                [letter.said_id for letter in outside],
                [letter.channel for letter in outside],
                [letter.gateway for letter in outside],
                [letter.leaves_at for letter in outside],
            ],
        )


def unread_count(user: Any) -> int:
    """How many lines of this person's inbox have not been opened."""
    return int(Notification.objects.visible_to(user).unread().count())


def mark_read(notification: Notification) -> None:
    """The recipient has opened it; the first time counts."""
    Notification.objects.unread().filter(pk=notification.pk).update(read_at=EngineNow())


def mark_all_read(user: Any, *, up_to: int | None = None) -> int:
    """Marks what this person has before them: up to the newest line that was shown. Returns how many were new to them."""
    seen = Notification.objects.visible_to(user).unread()
    return int((seen if up_to is None else seen.filter(pk__lte=up_to)).update(read_at=EngineNow()))


def acknowledge(notification: Notification) -> bool:
    """Its reader confirms that they got it; False when no receipt was asked for, or one was given before. Once given it stays as it is."""
    asked = Notification.objects.awaited().filter(pk=notification.pk)
    return bool(asked.update(acknowledged_at=EngineNow(), read_at=Coalesce(F("read_at"), EngineNow())))


@dataclass(frozen=True)
class Receipt:
    """What became of something that was said: when it was opened, and when its receipt was confirmed."""

    person_id: int
    person: str
    message: str
    asked: bool
    said_at: datetime
    read_at: datetime | None
    acknowledged_at: datetime | None


def receipts(*prefixes: str) -> list[Receipt]:
    """For whoever said it: everything whose key begins like this, in the order in which it was said. One query.

    The rungs of a deadline are said under "fire:<deadline>:<generation>:<rung>:", a task under "assigned:<task>:".
    """
    wanted = Q(pk__in=[])
    for prefix in prefixes:
        wanted |= Q(key__startswith=prefix)
    rows = Notification.objects.filter(wanted).order_by("id")
    return [
        Receipt(*row)
        for row in rows.values_list("recipient_id", "recipient__name", "message", "asks_receipt", "created_at", "read_at", "acknowledged_at")
    ]
