"""Who looks at a page, as the page's frame needs to know it: name, posts, and the numbers of the side bar."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils import timezone

from cases.directory.models import Appointment, Role, User

Counter = Callable[[User], Mapping[str, int]]

# Each room that has a number for the side bar adds a function here, at the start, in project.apps.
counters: list[Counter] = []


@dataclass(frozen=True)
class Viewer:
    """`post` is the first present post in words, `place` the organisation where it is held."""

    name: str
    post: str = ""
    place: str = ""
    roles: frozenset[str] = field(default_factory=frozenset)


def look(user: User | AnonymousUser) -> Viewer:
    """One query: the present posts of a person, the oldest first."""
    if not isinstance(user, User):
        return Viewer("")
    today = timezone.localdate()
    posts = list(
        Appointment.objects.filter(Q(until__isnull=True) | Q(until__gte=today), user=user, since__lte=today)
        .select_related("organisation")
        .order_by("since", "pk")
    )
    roles = frozenset(post.role for post in posts)
    if not posts:
        return Viewer(str(user), roles=roles)
    place = posts[0].organisation.name
    return Viewer(str(user), f"{place} · {Role(posts[0].role).label}", place, roles)


def count(user: User | AnonymousUser) -> dict[str, int]:
    """Every number of the side bar."""
    if not isinstance(user, User):
        return {}
    return {key: number for counter in counters for key, number in counter(user).items()}
