"""Which organisation, which post, which person a step falls to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from cases import sql
from cases.directory.models import Department, Organisation, Role
from workflows.posts import Post
from workflows.steprules import StepRule

if TYPE_CHECKING:
    from cases.ledger.models import Report
    from cases.register.models import Case
    from workflows.models import UnitMatter


@dataclass(frozen=True)
class Assigned:
    """Where a task lies. `holder_id` None: anybody at the post may take it; `people` are those to be told."""

    organisation_id: int | None
    role: str
    holder_id: int | None
    people: tuple[int, ...] = ()


def organisation_of(case: Case | Report | UnitMatter, place: str) -> int | None:
    """The pk of the organisation that a post of this case, or of this county's report, belongs to; None where it has none."""
    if place in Department.values:
        return (
            Organisation.objects.filter(kind="department", department=place, area_id=case.county_id, active=True)
            .order_by("pk")
            .values_list("pk", flat=True)
            .first()
        )
    found: int | None = getattr(case, f"{place}_id")
    return found


def resolve(
    case: Case | Report | UnitMatter, rule: StepRule, *, today: date, organisation_id: int | None = None, role: str = "", not_user: int | None = None
) -> Assigned:
    """The first post of the rule that somebody holds today, else the first that exists: the ladder climbs from there.

    `organisation_id` (and `role`) name the post when the step is about an organisation, such as a department's help.
    `not_user` may not get the task: whoever proposes never approves. One query, and one more for a department's post.
    """
    if rule.wait:
        return Assigned(None, "", None)
    wanted = _posts_of(case, rule) if organisation_id is None else [(organisation_id, str(role or Role.DEPARTMENT_OFFICER))]
    return _first_held(case, wanted, _present_holders(wanted, today), not_user)


def resolve_many(reports: Sequence[Report], rule: StepRule, *, today: date) -> list[Assigned]:
    """As `resolve`, for many reports of one kind at once. One query."""
    wanted = [_posts_of(report, rule) for report in reports]
    held = _present_holders(list({post for posts in wanted for post in posts}), today)
    return [_first_held(report, posts, held, None) for report, posts in zip(reports, wanted, strict=True)]


def _posts_of(case: Case | Report | UnitMatter, rule: StepRule) -> list[tuple[int, str]]:
    return [(found, str(post.role)) for post in rule.posts if (found := organisation_of(case, post.place)) is not None]


def _first_held(
    case: Case | Report | UnitMatter,
    wanted: Sequence[tuple[int, str]],
    held: dict[tuple[int, str], list[tuple[int, int | None]]],
    not_user: int | None,
) -> Assigned:
    for post in wanted:
        people = tuple(dict.fromkeys(user for user, school_class in held.get(post, ()) if user != not_user and _covers(case, post[1], school_class)))
        if people:
            alone = people[0] if len(people) == 1 or post[1] == Role.CLASS_TEACHER else None
            return Assigned(*post, holder_id=alone, people=people)
    return Assigned(*wanted[0], holder_id=None) if wanted else Assigned(getattr(case, "education_id", None), Role.COUNTY_OFFICER, None)


def _covers(case: Case | Report | UnitMatter, role: str, school_class: int | None) -> bool:
    return role != Role.CLASS_TEACHER or school_class == getattr(case, "school_class_id", None)


def _present_holders(posts: Sequence[tuple[int, str]], today: date) -> dict[tuple[int, str], list[tuple[int, int | None]]]:
    if not posts:
        return {}
    rows = sql.ask(
        """
        SELECT organisation_id, role, user_id, school_class_id
        FROM cases_appointment post JOIN cases_user person ON person.id = post.user_id
        WHERE organisation_id = ANY(%s) AND role = ANY(%s)
          AND since <= %s AND (until IS NULL OR until >= %s) AND person.is_active
        ORDER BY since, post.id
        """,
        [organisation_id for organisation_id, _ in posts], [str(role) for _, role in posts], today, today,
    )  # fmt: skip
    held: dict[tuple[int, str], list[tuple[int, int | None]]] = {}
    for organisation_id, role, user_id, school_class_id in rows:
        held.setdefault((organisation_id, role), []).append((user_id, school_class_id))
    return held


__all__ = ["Assigned", "Post", "organisation_of", "resolve"]
