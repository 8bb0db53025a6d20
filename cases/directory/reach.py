"""What messages must know of the directory: where people work, and who runs the system."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from cases.directory.models import Appointment, Area, Organisation, Role
from notifications.places import Place

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


class Reach:
    """See notifications.places.Directory."""

    def places_of(self, people: Collection[int]) -> Mapping[int, Sequence[Place]]:
        posts = Appointment.objects.present().filter(user_id__in=people).order_by("since", "pk")
        found: defaultdict[int, list[Place]] = defaultdict(list)
        for person, organisation, area in posts.values_list("user_id", "organisation_id", "organisation__area_id"):
            found[person].append(Place(organisation, area))
        return found

    def keepers(self) -> Sequence[int]:
        posts = Appointment.objects.present().filter(role=Role.SYSTEM_ADMIN, user__is_active=True)
        return list(dict.fromkeys(posts.order_by("pk").values_list("user_id", flat=True)))

    def area_names(self, codes: Collection[str]) -> Mapping[str, str]:
        return dict(Area.objects.filter(code__in=codes).values_list("code", "name"))

    def office_names(self, pks: Collection[int]) -> Mapping[int, str]:
        return dict(Organisation.objects.filter(pk__in=pks).values_list("pk", "name"))

    def offices_called(self, name: str, area: str) -> Sequence[int]:
        return list(Organisation.objects.filter(name=name, area_id__startswith=area, active=True).order_by("pk").values_list("pk", flat=True)[:2])
