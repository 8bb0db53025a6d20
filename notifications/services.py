"""Saying something to people: rows in the caller's transaction, carried out of the house afterwards.

Nothing here talks to a broker or a mail server, so a fact never waits for one and never fails with one: what is in the outbox is found
there by the beat, every 30 seconds, and by `manage.py deliver --loop`, which needs PostgreSQL alone. The inbox in the product is the row itself.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from notifications import channels
from notifications.clock import EngineNow
from notifications.messages import check
from notifications.models import Delivery, Notification, Preference
from notifications.params import NotAllowedInMessage, storable


@dataclass(frozen=True)
class Message:
    """One thing to be said to one person.

    `message` is a key of notifications.messages.MESSAGES and `params` what it names; `link` a path inside the product; `key` says a fact
    once however often it is told. `channels` None asks the person's preference; an empty sequence means the inbox alone.
    Raises NotAllowedInMessage.
    """

    recipient_id: int
    message: str
    params: dict[str, Any]
    link: str
    key: str
    urgent: bool = False
    channels: Sequence[str] | None = None

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
    """Says many things in one statement, and one more when somebody is to be told outside the product, too. Returns how many were new."""
    if not messages:
        return 0
    by_key = {message.key: message for message in messages}
    # In order of the key: two writers that say the same things wait for each other, and never in a circle.
    said = _say([by_key[key] for key in sorted(by_key)])
    outside = [
        Delivery(
            notification_id=person.said_id, channel=channel, key=f"{person.said_key}:{channel}", next_at=person.said_at, created_at=person.said_at
        )
        for person in said
        for channel in _outside(person, by_key[person.said_key])
    ]
    if outside:
        Delivery.objects.bulk_create(outside, ignore_conflicts=True)
    return len(said)


def _say(messages: Sequence[Message]) -> list[Any]:
    """Inserts what had not been said; returns its readers, each with `said_id`, `said_key`, `said_at` and the `chosen` channels as JSON or None."""
    people = get_user_model()
    return list(
        people._default_manager.raw(
            f"""
            WITH said AS (
                INSERT INTO notifications_notification (recipient_id, message, params, link, key, urgent, created_at)
                SELECT recipient_id, message, params::jsonb, link, key, urgent, engine_now()
                FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::boolean[])
                    AS given (recipient_id, message, params, link, key, urgent)
                ON CONFLICT (key) DO NOTHING
                RETURNING id, key, recipient_id, created_at
            )
            SELECT person.id, person.is_active, person.email, person.phone, person.language,
                   said.id AS said_id, said.key AS said_key, said.created_at AS said_at, preference.channels::text AS chosen
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
            ],
        )
    )


def _outside(person: Any, message: Message) -> list[str]:
    if not person.is_active:
        return []
    if message.channels is not None:
        return [name for name in message.channels if name in channels.OUTSIDE and channels.OUTSIDE[name].available(person)]
    return channels.preferred(person, None if person.chosen is None else json.loads(person.chosen), urgent=message.urgent)


def unread_count(user: Any) -> int:
    """How many lines of this person's inbox have not been opened."""
    return int(Notification.objects.visible_to(user).unread().count())


def mark_read(notification: Notification) -> None:
    Notification.objects.unread().filter(pk=notification.pk).update(read_at=EngineNow())


def mark_all_read(user: Any, *, up_to: int | None = None) -> int:
    """Marks what this person has before them: up to the newest line that was shown. Returns how many were new to them."""
    seen = Notification.objects.visible_to(user).unread()
    return int((seen if up_to is None else seen.filter(pk__lte=up_to)).update(read_at=EngineNow()))


def prefer(user: Any, names: Sequence[str]) -> None:
    """From now on this person is told through these outside channels, and those alone unless it is urgent."""
    Preference.objects.update_or_create(user_id=user.pk, defaults={"channels": [name for name in channels.OUTSIDE if name in names]})


def chosen(user: Any) -> list[str]:
    """The outside channels through which this person is told of what is not urgent."""
    preference = Preference.objects.filter(user_id=user.pk).first()
    return channels.preferred(user, None if preference is None else preference.channels, urgent=False)
