"""The outbox on its way out: at least once, under a key that makes a repetition harmless. PostgreSQL alone knows what is due.

That an attempt begins is on record before it begins, so that a deliverer that dies in the middle leaves a trace: what may already have
arrived is labelled as a possible repetition wherever the other side does not know it by its key.
"""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override

from notifications import clock, gateways, quiet, summary
from notifications.channels import OUTSIDE
from notifications.channels.base import Unreachable, Unsure
from notifications.claiming import BATCH, HOLD, Held, Shut, begin, drop, give_back, put_off, reserve
from notifications.messages import GIVEN_UP, word
from notifications.models import Delivery, DeliveryState, hours_of
from notifications.places import directory
from notifications.sealing import CannotOpen
from notifications.services import Message, notify_many

log = logging.getLogger(__name__)

# After the first attempt, the second, …; the last one goes on.
WAITS = [timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=8), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6)]
PATIENCE = timedelta(days=7)
RUN = 60.0  # seconds after which a run leaves the rest to the next one


def deliver_due(limit: int = 500) -> int:
    """Carries out what is due and returns how many were sent. Any number may run at once.

    Letters are reserved many at once, begun and ended one by one (notifications.claiming), so two deliverers never send the same row and what a
    killed one held goes to the next after CLAIM. A way that nobody can be reached through is not asked again in this run: one letter finds out,
    the others wait without counting it.
    """
    summary.say_due()
    sent, shut, begun = 0, Shut(), monotonic()
    while limit > 0 and monotonic() - begun <= RUN:
        reserved = reserve(shut, min(BATCH, limit))
        if not reserved:
            break
        limit -= len(reserved)
        sent += _carry_all(_wanted(reserved), shut, min(begun + RUN, monotonic() + HOLD))
    return sent


def _wanted(reserved: Sequence[Held]) -> list[Held]:
    """Those to be carried now. What was read meanwhile is dropped, what would wake somebody waits for the morning: one statement for each moment."""
    now = clock.now()
    keep, gone, asleep = list[Held](), list[Held](), defaultdict[datetime, list[Held]](list)
    for one in reserved:
        if not _still_wanted(one.delivery):
            gone.append(one)
        elif (morning := _morning(one.delivery, now)) > now:
            asleep[morning].append(one)
        elif not _find_gateway(one.delivery):
            Delivery.objects.filter(pk=one.delivery.pk, begun_at=None).update(**_later(one.delivery, "NoGateway", now))
        else:
            keep.append(one)
    if gone:
        drop(gone)
    for morning, sleepers in asleep.items():
        put_off(sleepers, morning)
    return keep


def _carry_all(letters: Sequence[Held], shut: Shut, until: float) -> int:
    """One after the other until the moment (of the process's clock); the rest is given back. Returns how many were taken."""
    sent, arrived, rest = 0, None, list[Held]()
    try:
        for one in letters:
            if arrived and one.delivery.gateway and one.delivery.gateway.per_minute:
                _arrived(arrived)  # it counts for the pace
                arrived = None
            if shut.has(one.delivery) or monotonic() > until:
                rest.append(one)
            elif _too_fast(one.delivery):
                shut.leave_alone(one.delivery)
                rest.append(one)
            else:
                begun, arrived = begin(one, arrived), None
                if begun and _carry(one.delivery, shut):
                    sent, arrived = sent + 1, one.delivery.pk
    finally:
        if arrived:
            _arrived(arrived)
        if rest:
            give_back(rest)
    return sent


def _arrived(pk: int) -> None:
    """Whatever another deliverer made of the row meanwhile: it has arrived."""
    Delivery.objects.filter(pk=pk).update(state=DeliveryState.SENT, sent_at=clock.EngineNow(), next_at=None, begun_at=None)


def _still_wanted(delivery: Delivery) -> bool:
    """Not what was read in the product meanwhile, and not where person, address or channel has gone."""
    channel, person = OUTSIDE.get(delivery.channel), delivery.notification.recipient
    return delivery.notification.read_at is None and channel is not None and person.is_active and channel.available(person)


def _morning(delivery: Delivery, now: datetime) -> datetime:
    """Now, or the end of the quiet hours for what is not urgent."""
    return now if delivery.notification.urgent else quiet.wakes(now, *hours_of(delivery.notification.recipient))


def _find_gateway(delivery: Delivery) -> bool:
    """A gateway that was put out of use since is replaced by the one that serves the person today."""
    if not OUTSIDE[delivery.channel].gated or (delivery.gateway is not None and delivery.gateway.active):
        return True
    offer = gateways.serving(delivery.notification.recipient_id).get(delivery.channel)
    if offer is None:
        return False
    delivery.gateway_id = offer.pk
    return True


def _too_fast(delivery: Delivery) -> bool:
    """Robots throw away what comes too fast, so it waits for the next minute instead."""
    gateway = delivery.gateway
    if gateway is None or gateway.per_minute is None:
        return False
    lately = Delivery.objects.filter(gateway_id=gateway.pk, sent_at__gt=clock.now() - timedelta(minutes=1))
    return lately.count() >= gateway.per_minute


def _carry(delivery: Delivery, shut: Shut) -> bool:
    """One attempt; a failure is written down at once. Says whether it was taken."""
    try:
        _send(delivery)
    except (Unreachable, CannotOpen) as error:
        shut.leave_alone(delivery)
        _failed(delivery, error)
        _bury_the_old(delivery)
        return False
    except Exception as error:  # noqa: BLE001  whatever it was, it is tried again; its text may hold an address and is not kept
        _failed(delivery, error)
        return False
    return True


def _send(delivery: Delivery) -> None:
    said, channel = delivery.notification, OUTSIDE[delivery.channel]
    with override(said.recipient.language):
        text = word(said.message, said.params)
        if delivery.unsure and not channel.once(delivery):
            text = gettext("%(text)s (possibly sent before)") % {"text": text}
        channel.send(delivery, text, _address(delivery))


def _address(delivery: Delivery) -> str:
    """Where it is read, or nothing while nobody has said what this installation is called from outside."""
    return f"{settings.KC_PUBLIC_URL}{reverse('notifications:open', args=[delivery.notification_id])}" if settings.KC_PUBLIC_URL else ""


@transaction.atomic
def _failed(delivery: Delivery, error: Exception) -> None:
    """Only while the row is still the one that was claimed: who was slower than CLAIM has nothing more to say about a failure."""
    changes = _later(delivery, gateways.code_of(error), clock.now())
    mine = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING, attempts=delivery.attempts)
    if mine.update(begun_at=None, unsure=delivery.unsure or isinstance(error, Unsure), **changes) and changes["state"] == DeliveryState.DEAD:
        log.error("delivery %s was given up after %s attempts: %s", delivery.pk, delivery.attempts, changes["last_error"])
        if delivery.notification.message != GIVEN_UP:
            _alarm()


def _later(delivery: Delivery, trouble: str, now: datetime) -> Mapping[str, Any]:
    if now - delivery.created_at >= PATIENCE:
        return {"state": DeliveryState.DEAD, "next_at": None, "last_error": trouble}
    wait = WAITS[min(max(delivery.attempts, 1), len(WAITS)) - 1]
    return {"state": DeliveryState.WAITING, "next_at": now + wait, "last_error": trouble}


@transaction.atomic
def _bury_the_old(delivery: Delivery) -> None:
    """Those that waited for the same closed door for seven days need not knock one by one."""
    same_door = Q(channel=delivery.channel) if delivery.gateway_id is None else Q(gateway_id=delivery.gateway_id)
    old = Delivery.objects.filter(same_door, state=DeliveryState.WAITING, begun_at=None, created_at__lte=clock.now() - PATIENCE)
    claimed = dict(old.select_for_update(skip_locked=True, no_key=True, of=("self",)).values_list("pk", "notification__message")[:1000])
    if claimed:
        Delivery.objects.filter(pk__in=claimed).update(state=DeliveryState.DEAD, next_at=None, last_error="Unreachable")
        log.error("%s deliveries were given up: nobody answers at %s", len(claimed), delivery.channel)
        if set(claimed.values()) != {GIVEN_UP}:
            _alarm()


def _alarm() -> None:
    """Whoever runs the system learns of it, once a day however many there are, in the transaction that gives them up.

    That an alarm itself was given up raises none, or a broken mail server would be talked about for ever.
    """
    day = timezone.localdate(clock.now()).isoformat()
    link = reverse("notifications:deliveries")
    notify_many([Message(person, GIVEN_UP, {}, link, f"{GIVEN_UP}:{day}:{person}", urgent=True) for person in directory().keepers()])


@dataclass(frozen=True)
class Outbox:
    """How the outbox is doing. `late`: waiting although its moment passed more than ten minutes ago, so nobody delivers."""

    waiting: int
    late: int
    dead: int
    asked_at: datetime | None = field(default=None, compare=False)


def look(now: datetime | None = None) -> Outbox:
    """One query, three small indexes. The moment is the engine's unless it is given."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH asked AS MATERIALIZED (SELECT COALESCE(%s, engine_now()) AS at)
            SELECT (SELECT count(*) FROM notifications_delivery WHERE state = 'waiting'),
                   (SELECT count(*) FROM notifications_delivery, asked WHERE state = 'waiting' AND next_at < asked.at - interval '10 minutes'),
                   (SELECT count(*) FROM notifications_delivery WHERE state = 'dead'),
                   (SELECT at FROM asked)
            """,
            [now],
        )
        return Outbox(*cursor.fetchone())


def try_again(deliveries: list[int] | None, channel: str = "") -> int:
    """One more attempt at once for what was given up: these rows, or with None all of them (of one channel). Returns how many there were."""
    dead = Delivery.objects.filter(state=DeliveryState.DEAD)
    if deliveries is not None:
        dead = dead.filter(pk__in=deliveries)
    if channel:
        dead = dead.filter(channel=channel)
    return dead.update(state=DeliveryState.WAITING, next_at=clock.EngineNow())
