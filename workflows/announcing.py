"""A new version of an allowance is said to those who answer for the steps that it holds for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from cases.directory.models import Appointment, Role
from notifications.services import Message, notify_many

if TYPE_CHECKING:
    from datetime import datetime

    from workflows.models import StepPolicy

ANSWERING = (Role.COUNTY_OFFICER, Role.COUNTY_HEAD)


def policy_changed(policy: StepPolicy, *, now: datetime) -> int:
    """Tell the education bureau of the county, or of every county, what holds from which day on. Returns how many people that were."""
    answering = Appointment.objects.present().filter(role__in=ANSWERING, user__is_active=True)
    if policy.county_id is not None:
        answering = answering.filter(organisation__area_id=policy.county_id)
    day = max(policy.valid_from, timezone.localdate(now))
    return notify_many(
        [
            Message(
                recipient_id=person,
                message="policy_changed",
                params={"on": day, "step": policy.step},
                link="",
                key=f"policy_changed:{policy.pk}:{now.isoformat()}:{person}",
            )
            for person in answering.order_by("user_id").values_list("user_id", flat=True).distinct()
        ]
    )
