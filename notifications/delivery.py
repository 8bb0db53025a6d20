"""The outbox on its way out: at least once, under a key that makes a repetition harmless. PostgreSQL alone knows what is due."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import override

from notifications import clock
from notifications.channels import OUTSIDE
from notifications.channels.base import Unreachable
from notifications.messages import word
from notifications.models import Delivery, DeliveryState

log = logging.getLogger(__name__)

# After the first attempt, the second, …; the last one goes on.
WAITS = [timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=8), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6)]
PATIENCE = timedelta(days=7)
RUN = 60.0  # seconds after which a run leaves the rest to the next one


def deliver_due(limit: int = 500) -> int:
    """Carries out what is due and returns how many were sent. Any number may run at once.

    One row a transaction: its lock is the claim, so two deliverers never send the same row and a killed one leaves it to the next.
    A channel that nobody can be reached through is not asked again in this run: one letter finds out, the others wait without counting it.
    """
    sent, down, begun = 0, set[str](), monotonic()
    for _ in range(limit):
        state = _deliver_next(down)
        if state is None or monotonic() - begun > RUN:
            break
        sent += state == DeliveryState.SENT
    return sent


@transaction.atomic
def _deliver_next(down: set[str]) -> DeliveryState | None:
    now = clock.now()
    delivery = (
        Delivery.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
        .select_related("notification__recipient")
        .filter(state=DeliveryState.WAITING, next_at__lte=now)
        .exclude(channel__in=down)
        .order_by("next_at", "id")
        .first()
    )
    if delivery is None:
        return None
    if not _still_wanted(delivery):
        return _end(delivery, DeliveryState.DROPPED)
    delivery.attempts += 1
    try:
        _send(delivery)
    except Unreachable as error:
        down.add(delivery.channel)
        _bury_the_old(delivery.channel, now)
        return _try_later(delivery, str(error), now)
    except Exception as error:  # noqa: BLE001  whatever it was, it is tried again; its text may hold an address and is not kept
        return _try_later(delivery, type(error).__name__, now)
    delivery.sent_at = now
    return _end(delivery, DeliveryState.SENT)


def _still_wanted(delivery: Delivery) -> bool:
    """Not what was read in the product meanwhile, and not where person, address or channel has gone."""
    channel, person = OUTSIDE.get(delivery.channel), delivery.notification.recipient
    return delivery.notification.read_at is None and channel is not None and person.is_active and channel.available(person)


def _send(delivery: Delivery) -> None:
    said = delivery.notification
    with override(said.recipient.language):
        OUTSIDE[delivery.channel].send(delivery, word(said.message, said.params), _address(delivery))


def _address(delivery: Delivery) -> str:
    """Where it is read, or nothing while nobody has said what this installation is called from outside."""
    return f"{settings.KC_PUBLIC_URL}{reverse('notifications:open', args=[delivery.notification_id])}" if settings.KC_PUBLIC_URL else ""


def _try_later(delivery: Delivery, error: str, now: datetime) -> DeliveryState:
    delivery.last_error = error[:80]
    if now - delivery.created_at >= PATIENCE:
        log.error("delivery %s was given up after %s attempts: %s", delivery.pk, delivery.attempts, error)
        return _end(delivery, DeliveryState.DEAD)
    return _end(delivery, DeliveryState.WAITING, next_at=now + WAITS[min(delivery.attempts, len(WAITS)) - 1])


def _bury_the_old(channel: str, now: datetime) -> None:
    """Those that waited for the same closed door for seven days need not knock one by one."""
    old = Delivery.objects.filter(state=DeliveryState.WAITING, channel=channel, created_at__lte=now - PATIENCE)
    with transaction.atomic():
        claimed = list(old.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True)[:1000])
        if claimed:
            Delivery.objects.filter(pk__in=claimed).update(state=DeliveryState.DEAD, next_at=None, last_error="Unreachable")
            log.error("%s deliveries were given up: nobody answers at %s", len(claimed), channel)


def _end(delivery: Delivery, state: DeliveryState, *, next_at: datetime | None = None) -> DeliveryState:
    delivery.state, delivery.next_at = state, next_at
    delivery.save(update_fields=["state", "next_at", "attempts", "last_error", "sent_at"])
    return state


@dataclass(frozen=True)
class Outbox:
    """How the outbox is doing. `late`: waiting although its moment passed more than ten minutes ago, so nobody delivers."""

    waiting: int
    late: int
    dead: int


def look(now: datetime) -> Outbox:
    counts = {
        "waiting": Q(state=DeliveryState.WAITING),
        "late": Q(state=DeliveryState.WAITING, next_at__lt=now - timedelta(minutes=10)),
        "dead": Q(state=DeliveryState.DEAD),
    }
    return Outbox(**{name: Delivery.objects.filter(which).count() for name, which in counts.items()})


def try_again(deliveries: list[int]) -> int:
    """One more attempt at once for what was given up. Returns how many there were."""
    return Delivery.objects.filter(pk__in=deliveries, state=DeliveryState.DEAD).update(state=DeliveryState.WAITING, next_at=clock.EngineNow())
