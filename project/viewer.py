"""Who looks at a page, as the page's frame needs to know it: name, posts, and the numbers of the side bar."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.contrib.auth.models import AnonymousUser

from cases.directory.models import User
from notifications.services import unread_count
from workflows.rows.numbers import side_bar

Counter = Callable[[User], Mapping[str, int]]


def unread(user: User) -> Mapping[str, int]:
    return {"unread": unread_count(user)}


# One function for each room that has a number for the side bar or the bell.
counters: list[Counter] = [unread, side_bar]


@dataclass(frozen=True)
class Viewer:
    """`post` is the first present post in words, `place` the organisation where it is held."""

    name: str
    post: str = ""
    place: str = ""
    roles: frozenset[str] = field(default_factory=frozenset)


def look(user: User | AnonymousUser) -> Viewer:
    """The present posts of a person, the oldest first; the query that scoping needs anyhow."""
    if not isinstance(user, User):
        return Viewer("")
    posts = user.posts()
    roles = frozenset(post.role for post in posts)
    if not posts:
        return Viewer(str(user), roles=roles)
    place = posts[0].organisation.name
    return Viewer(str(user), f"{place} · {posts[0].get_role_display()}", place, roles)


def count(user: User | AnonymousUser) -> dict[str, int]:
    """Every number of the side bar."""
    if not isinstance(user, User):
        return {}
    return {key: number for counter in counters for key, number in counter(user).items()}
