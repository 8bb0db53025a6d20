"""What messages must know of the directory: where people work, and who runs the system."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.db.models import CharField, Value
from django.db.models.functions import Cast

from cases.directory.models import Appointment, Area, Organisation, Role
from notifications.places import Place

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

AREA, OFFICE = "area", "office"


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

    def names(self, areas: Collection[str], offices: Collection[int]) -> tuple[Mapping[str, str], Mapping[int, str]]:
        places = Area.objects.filter(code__in=areas).annotate(which=Value(AREA)).values_list("which", "code", "name")
        units = Organisation.objects.filter(pk__in=offices).annotate(which=Value(OFFICE), key=Cast("pk", CharField()))
        rows = list(places.union(units.values_list("which", "key", "name"), all=True))
        return (
            {key: name for which, key, name in rows if which == AREA},
            {int(key): name for which, key, name in rows if which == OFFICE},
        )

    def offices_called(self, name: str, area: str) -> Sequence[int]:
        return list(Organisation.objects.filter(name=name, area__code__startswith=area, active=True).order_by("pk").values_list("pk", flat=True)[:2])
