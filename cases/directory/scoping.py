"""Which rows may this person see? Jurisdiction is a prefix of the administrative code, so that one indexed `LIKE 'prefix%'` answers.

Every clause is a plain comparison with a column of the row itself, or with an array computed once; PostgreSQL can therefore answer the whole
OR from its indexes, and no join ever doubles a row.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func, Q
from django.db.models.lookups import StartsWith

from cases.directory.capabilities import BY_CLASS, BY_COUNTY, BY_COUNTY_OR_PLACE, BY_PART, BY_PLACE, BY_SCHOOL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from cases.directory.models import Appointment, User

NOTHING = Q(pk__in=[])  # Django answers it without asking the database


def case_scope(user: User, prefix: str = "", *, posts: Sequence[Appointment] | None = None) -> Q:
    """The cases that the user may see; `prefix` leads to the case from another model, such as "case__"; with `posts`, those that these of the
    user's posts let see.

    A case is included if, and only if, one of the user's present posts is that of
    - a class teacher whose class the child is in, or who holds or held to its end a task of the case at the present school;
    - a principal whose school the child is in;
    - a village cadre, township officer or township head in whose village or township the child lives;
    - a county education officer or head, prefecture or province officer whose area contains the county that counts the child;
    - a convener, conference office or inspector whose area contains that county or the place where the child lives;
    - a department officer whose organisation has an open part in the case, or a task of it that was not cancelled.
    System administrators, security administrators and auditors see none.
    """
    return _cases_of(user.posts() if posts is None else posts, prefix) or NOTHING


def student_scope(user: User, prefix: str = "", *, posts: Sequence[Appointment] | None = None) -> Q:
    """The children that the user may see; with `posts`, those that these of the user's posts let see.

    A child is included if, and only if, a post below the county lets the user see its case, or one of the user's present posts is that of
    - a class teacher whose class the child is in, or a principal whose school it is in;
    - a post with an area that contains the child's home or household register: village, township, conference, inspectorate;
    - a county education, prefecture or province post whose area contains the child's school, home or household register.
    System administrators, security administrators and auditors see none.
    """
    scope = Q()
    posts = user.posts() if posts is None else posts
    for post in posts:
        scope |= _student_clause(post, prefix)
    # For a county and above the child's own school and places say it all, and an array of all its cases would be long.
    if cases := _cases_of([post for post in posts if post.role not in BY_COUNTY | BY_COUNTY_OR_PLACE]):
        scope |= equals_any(f"{prefix}pk", apps.get_model("cases", "Case")._base_manager.filter(cases).values("student_id"))
    return scope or NOTHING


def at_my_posts(user: User, prefix: str = "") -> Q:
    """Rows whose `organisation` and `role` together are one of the user's present posts; none for a user without posts."""
    roles: defaultdict[int, set[str]] = defaultdict(set)
    for post in user.posts():
        roles[post.organisation_id].add(post.role)
    scope = Q()
    for organisation, held in sorted(roles.items()):
        scope |= Q((f"{prefix}organisation_id", organisation), (f"{prefix}role__in", sorted(held)))
    return scope or NOTHING


def _cases_of(posts: Sequence[Appointment], prefix: str = "") -> Q:
    scope = Q()
    for post in posts:
        scope |= _case_clause(post, prefix)
    if teaching := [post for post in posts if post.role in BY_CLASS]:
        scope |= _among(prefix, _tasks(teaching, holder_id=teaching[0].user_id))
    if departments := [post for post in posts if post.role in BY_PART]:
        parts = _related("involvements").filter(organisation_id__in=[post.organisation_id for post in departments], until__isnull=True)
        scope |= _among(prefix, parts) | _among(prefix, _tasks(departments))
    return scope


def _case_clause(post: Appointment, prefix: str) -> Q:
    role, area = post.role, post.organisation.area_id
    if role in BY_CLASS:
        return Q((f"{prefix}school_class_id", post.school_class_id))
    if role in BY_SCHOOL:
        return Q((f"{prefix}school_id", post.organisation_id))
    if role in BY_PLACE:
        return under(f"{prefix}place_id", area)
    if role in BY_COUNTY:
        return under(f"{prefix}county_id", area)
    if role in BY_COUNTY_OR_PLACE:
        return under(f"{prefix}county_id", area) | under(f"{prefix}place_id", area)
    return Q()


def _student_clause(post: Appointment, prefix: str) -> Q:
    role, area = post.role, post.organisation.area_id
    if role in BY_CLASS:
        return Q((f"{prefix}school_class_id", post.school_class_id))
    if role in BY_SCHOOL:
        return Q((f"{prefix}school_id", post.organisation_id))
    if role in BY_PLACE | BY_COUNTY_OR_PLACE | BY_COUNTY:
        scope = under(f"{prefix}lives_at_id", area) | under(f"{prefix}registered_at_id", area)
        if role in BY_COUNTY:
            schools = apps.get_model("cases", "Organisation")._base_manager.filter(under("area_id", area), kind="school")
            scope |= equals_any(f"{prefix}school_id", schools.values("pk"))
        return scope
    return Q()


def under(column: str, area: str) -> Q:
    """Rows whose code in `column` lies in the area: the column itself is compared, the table of areas is not joined."""
    # `county__startswith` would compare the area's own column, and `county_id__startswith` is none of Django's lookups for a reference
    return Q(StartsWith(F(column), area))


def _tasks(posts: Sequence[Appointment], **more: Any) -> QuerySet[Any]:
    # "withdrawn" is a task that was no longer needed, "cancelled" one that was given by mistake
    return _related("assignments").filter(organisation_id__in=[post.organisation_id for post in posts], state__in=["open", "done"], **more)


def _related(name: str) -> QuerySet[Any]:
    """The rows of whatever refers to a case under `name`: a query by name, since this room may import neither the register nor the flows."""
    model: Any = apps.get_model("cases", "Case")._meta.get_field(name).related_model
    rows: QuerySet[Any] = model._base_manager.all()
    return rows


def _among(prefix: str, rows: QuerySet[Any]) -> Q:
    # "case__" becomes the column case_id of the row itself: no join
    return equals_any(f"{prefix.removesuffix('__')}_id" if prefix else "pk", rows.values("case_id"))


def equals_any(column: str, ids: QuerySet[Any]) -> Q:
    """`column = ANY(ARRAY(SELECT …))`: computed once and answered from the index, which `IN (SELECT …)` inside an OR is not."""
    return Q(EqualsAny(column, ArraySubquery(ids)))


class EqualsAny(Func):
    """`column = ANY(ARRAY(…))`."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()
