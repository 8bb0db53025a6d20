"""Every address of the product, with each of its parameters filled in: a route that names something new fails until it is taught here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import URLPattern, URLResolver, get_resolver

from workflows.models import Kind
from workflows.views.acts import CASE_ORDERS, ORDERS

if TYPE_CHECKING:
    from tests.house.world import World

# What a parameter names, told by the word of the address before it and its own name.
TAUGHT: dict[tuple[str, str], Callable[[World], list[Any]]] = {
    ("cases", "pk"): lambda world: [world.case.pk],
    ("tasks", "pk"): lambda world: [row.pk for row in world.tasks],
    ("queue", "pk"): lambda world: [row.pk for row in world.escalations],
    ("bulk", "pk"): lambda world: [world.bulk.pk],
    ("filters", "pk"): lambda world: [world.saved.pk],
    ("students", "pk"): lambda world: [world.student.pk],
    ("report", "pk"): lambda world: [world.student.pk],
    ("visits", "pk"): lambda world: [world.visit.pk],
    ("documents", "pk"): lambda world: [row.pk for row in world.documents],
    ("files", "pk"): lambda world: [row.pk for row in world.files],
    ("clearances", "pk"): lambda world: [world.clearance.pk],
    ("orders", "pk"): lambda world: [world.order.pk],
    ("conference", "pk"): lambda world: [world.item.pk],
    ("inspections", "pk"): lambda world: [world.finding.pk],
    ("late-visits", "pk"): lambda world: [world.late.pk],
    ("phones", "pk"): lambda world: [world.phone.pk],
    ("phone-files", "pk"): lambda world: [world.phone_file.pk],
    # a phone makes these ids itself: nothing of the county's is named by them
    ("devices", "device"): lambda world: [world.visit.pk],
    ("photos", "photo"): lambda world: [row.pk for row in world.files],
    ("suspicions", "pk"): lambda world: [world.visit.pk],
    ("receipts", "pk"): lambda world: [row.pk for row in world.receipts],
    ("notifications", "pk"): lambda world: [row.pk for row in world.notifications],
    ("gateways", "pk"): lambda world: [world.gateway.pk],
    ("new", "kind"): lambda world: [world.gateway.kind],
    ("people", "pk"): lambda world: [world.person.pk],
    ("appointments", "pk"): lambda world: [world.person.posts()[0].pk],
    ("appoint", "organisation"): lambda world: [world.place.school.pk],
    ("organisations", "pk"): lambda world: [world.place.school.pk],
    ("organisations", "organisation"): lambda world: [world.place.school.pk],
    ("townships", "code"): lambda world: [world.place.township_area.pk],
    ("bpmn", "kind"): lambda world: [Kind.DROPOUT.value],
    ("names", "pk"): lambda world: [world.names.pk],
    ("reports", "pk"): lambda world: [world.report.pk],
    ("periodic", "pk"): lambda world: [world.school_month.pk],
    ("transfers", "pk"): lambda world: [world.transfer.pk],
    ("inquiries", "pk"): lambda world: [world.inquiry.pk],
    ("rosters", "pk"): lambda world: [world.discrepancy.seen_in_id],
    ("discrepancies", "pk"): lambda world: [world.discrepancy.pk],
    ("spot-checks", "pk"): lambda world: [world.draw.pk],
    ("supervise", "how"): lambda world: list(CASE_ORDERS),
    ("tasks", "how"): lambda world: list(ORDERS),
}

# Not ours: Django's administration keeps everybody out who isn't an administrator (tested below as a whole).
FOREIGN = ("admin/", "static/")
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Address:
    """A path of the product. `names` says that it names something of the county."""

    route: str
    path: str
    names: bool


def routes() -> Iterator[str]:
    """Every route of the product as the URL map writes it, such as "cases/<int:pk>/sheet/"."""

    def walk(patterns: list[Any], prefix: str) -> Iterator[str]:
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if route.startswith(FOREIGN):
                continue
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, route)
            else:
                assert isinstance(pattern, URLPattern)
                yield route

    return walk(get_resolver().url_patterns, "")


def addresses(world: World) -> list[Address]:
    """Each route once for each thing that its parameters can name in the world."""
    return [Address(route, path, names="<" in route) for route in routes() for path in _filled(route, world)]


def untaught() -> list[str]:
    """Routes with a parameter that nobody taught this test."""
    return [route for route in routes() if any(key not in TAUGHT for key in _keys(route))]


def _keys(route: str) -> list[tuple[str, str]]:
    words, found = route.split("/"), []
    for n, word in enumerate(words):
        if parameter := PARAMETER.fullmatch(word):
            named = [before for before in words[:n] if before and not before.startswith("<")]
            found.append((named[-1] if named else "", parameter[1]))
    return found


def _filled(route: str, world: World) -> list[str]:
    paths = [f"/{route}"]
    for key in _keys(route):
        values = TAUGHT[key](world) if key in TAUGHT else []  # what is not known here fails a test of its own
        paths = [PARAMETER.sub(str(value), path, count=1) for path in paths for value in values]
    return paths
