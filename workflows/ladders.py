"""To whom a rung of the ladder goes: the posts, and who holds them now. A vacant post climbs to the next one above.

A supervisor is whoever holds the post above the task's; no role has that name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.db import connection
from django.db.models import Q

from cases.directory.models import Appointment, OrganisationKind, Role

Kind = OrganisationKind

# Who answers for a unit, and who receives there what is raised from below.
HEAD = {
    Kind.SCHOOL: Role.PRINCIPAL,
    Kind.TOWNSHIP: Role.TOWNSHIP_HEAD,
    Kind.COUNTY_EDUCATION: Role.COUNTY_HEAD,
    Kind.COUNTY_GOVERNMENT: Role.CONVENER,
    Kind.CONFERENCE_OFFICE: Role.CONFERENCE_OFFICE,
    Kind.INSPECTORATE: Role.INSPECTOR,
    Kind.PREFECTURE_EDUCATION: Role.PREFECTURE_HEAD,
    Kind.PROVINCE_EDUCATION: Role.PROVINCE_HEAD,
}
DESK = HEAD | {
    Kind.COUNTY_EDUCATION: Role.COUNTY_OFFICER,
    Kind.PREFECTURE_EDUCATION: Role.PREFECTURE_OFFICER,
    Kind.PROVINCE_EDUCATION: Role.PROVINCE_OFFICER,
}

# Where a unit's matters go when the superior that is entered for it has no post that could answer.
NEXT = {
    Kind.SCHOOL: (Kind.COUNTY_EDUCATION,),
    Kind.VILLAGE: (Kind.COUNTY_GOVERNMENT,),
    Kind.TOWNSHIP: (Kind.COUNTY_GOVERNMENT,),
    Kind.DEPARTMENT: (Kind.CONFERENCE_OFFICE, Kind.COUNTY_GOVERNMENT),
    Kind.CONFERENCE_OFFICE: (Kind.COUNTY_GOVERNMENT,),
    Kind.INSPECTORATE: (Kind.COUNTY_GOVERNMENT,),
    Kind.COUNTY_EDUCATION: (Kind.PREFECTURE_EDUCATION,),
    Kind.COUNTY_GOVERNMENT: (Kind.PREFECTURE_EDUCATION,),
}
# A village's township is its own head, and a department answers to the joint conference's office (notice 2023-6, section 1).
PASSED_OVER = (Kind.VILLAGE, Kind.DEPARTMENT)
OFFICES = (Kind.COUNTY_EDUCATION, Kind.COUNTY_GOVERNMENT, Kind.CONFERENCE_OFFICE, Kind.PREFECTURE_EDUCATION, Kind.PROVINCE_EDUCATION)


RECIPIENTS = ("holder", "head", "superior", "both_lines", "prefecture")  # what a rung may name, see `Directory.posts` and `told`


class Post(NamedTuple):
    organisation_id: int
    role: str


@dataclass(frozen=True, slots=True)
class Office:
    id: int
    kind: str
    line: str
    area_id: str
    superior_id: int | None


@dataclass(frozen=True, slots=True)
class Held:
    """What a rung must know of a task: where it lies, who holds it, and the child's class and county."""

    post: Post
    holder_id: int | None
    school_class_id: int | None
    county_id: str


@dataclass(frozen=True, slots=True)
class Addressee:
    """A post before which an overdue task is laid, and those who hold it."""

    post: Post
    line: str
    people: tuple[int, ...]


@dataclass
class Directory:
    """The offices that a batch of tasks can reach and everybody who holds a post there, as they are now."""

    offices: dict[int, Office]
    by_place: dict[tuple[str, str], Office]  # (kind, area)
    holders: dict[Post, list[tuple[int, int | None]]] = field(default_factory=dict)  # (person, class)

    def people(self, post: Post, school_class_id: int | None = None) -> tuple[int, ...]:
        """Who holds a post; a class teacher counts for the own class."""
        held = self.holders.get(post, ())
        mine = [person for person, taught in held if post.role != Role.CLASS_TEACHER or taught == school_class_id]
        return tuple(dict.fromkeys(mine))

    def holders_of(self, task: Held) -> tuple[int, ...]:
        """Whoever holds the task: the person named, while at the post; else everybody at the post."""
        if task.holder_id is not None and any(person == task.holder_id for person, _ in self.holders.get(task.post, ())):
            return (task.holder_id,)
        return self.people(task.post, task.school_class_id)

    # --- upwards ----------------------------------------------------------------------------------------------------------

    def next_office(self, office: Office, county_id: str) -> Office | None:
        """The office above: the one entered as superior where it can answer, else the one that the place has, at last the province's."""
        superior = self.offices.get(office.superior_id or 0)
        if superior and superior.kind in DESK and office.kind not in PASSED_OVER:
            return superior
        for kind in NEXT.get(Kind(office.kind), ()):
            for area in (county_id, county_id[:4], county_id[:2]):
                if found := self.by_place.get((kind, area)):
                    return found
        return None if office.kind == Kind.PROVINCE_EDUCATION else self.by_place.get((Kind.PROVINCE_EDUCATION, county_id[:2]))

    def above(self, post: Post, county_id: str) -> Post | None:
        """The next post above: the head of the unit, then whoever receives at the office above; None at the top."""
        office = self.offices.get(post.organisation_id)
        if office is None:
            return None
        if office.kind == Kind.VILLAGE and (township := self.offices.get(office.superior_id or 0)) and township.kind == Kind.TOWNSHIP:
            return Post(township.id, Role.TOWNSHIP_OFFICER)
        head = HEAD.get(Kind(office.kind))
        if head and post.role != head:
            return Post(office.id, head)
        return self._desk(self.next_office(office, county_id))

    def superior(self, post: Post, county_id: str) -> Post | None:
        """Who receives at the office above. Where the desk there had the task before, because the unit's own head is overdue: whoever
        stands above that desk in the same place."""
        office = self.offices.get(post.organisation_id)
        desk = self._desk(self.next_office(office, county_id)) if office else None
        if desk is None or desk != self.above(post, county_id):
            return desk
        higher = self.above(desk, county_id)
        same_place = higher and self.offices[higher.organisation_id].area_id == self.offices[desk.organisation_id].area_id
        return higher if same_place else desk

    def _desk(self, office: Office | None) -> Post | None:
        return Post(office.id, DESK[Kind(office.kind)]) if office and office.kind in DESK else None

    def climb(self, post: Post | None, county_id: str) -> Addressee | None:
        """The post, or the first one above it that somebody holds; None when there is nobody up to the province."""
        seen: set[Post] = set()
        while post and post not in seen:
            seen.add(post)
            if people := self.people(post):
                return Addressee(post, self.offices[post.organisation_id].line, people)
            post = self.above(post, county_id)
        return None

    # --- the rungs --------------------------------------------------------------------------------------------------------

    def posts(self, to: str, task: Held) -> Iterator[Post | None]:
        """The posts before which a rung lays the task."""
        if to == "head":
            yield self.above(task.post, task.county_id)
        elif to == "superior":
            yield self.superior(task.post, task.county_id)
        elif to == "both_lines":
            for kind, role in BOTH_LINES:
                office = self.by_place.get((kind, task.county_id))
                yield Post(office.id, role) if office else None
        elif to == "prefecture":
            # A county that reports straight to the province has no prefecture above it.
            own, province = (Kind.PREFECTURE_EDUCATION, task.county_id[:4]), (Kind.PROVINCE_EDUCATION, task.county_id[:2])
            yield self._desk(self.by_place.get(own) or self.by_place.get(province))

    def addressees(self, to: str, task: Held) -> list[Addressee]:
        """The posts of a rung with the people who hold them, after the climb; each post once."""
        found = (self.climb(post, task.county_id) for post in self.posts(to, task))
        return list({addressee.post: addressee for addressee in found if addressee}.values())

    def told(self, to: str, task: Held) -> tuple[int, ...]:
        """Who is told as the one that holds the task; whoever answers above it when nobody does."""
        if to not in {"holder", "head"}:
            return ()
        if people := self.holders_of(task):
            return people
        climbed = self.climb(self.above(task.post, task.county_id), task.county_id)
        return climbed.people if climbed else ()


BOTH_LINES = (
    (Kind.COUNTY_EDUCATION, Role.COUNTY_HEAD),
    (Kind.COUNTY_GOVERNMENT, Role.CONVENER),
    (Kind.CONFERENCE_OFFICE, Role.CONFERENCE_OFFICE),
)

_REACH = """
    WITH RECURSIVE reach AS (
        SELECT id, kind, line, area_id, superior_id FROM cases_organisation
        WHERE id = ANY(%s) OR (area_id = ANY(%s) AND kind = ANY(%s) AND active)
        UNION
        SELECT upper.id, upper.kind, upper.line, upper.area_id, upper.superior_id
        FROM cases_organisation upper JOIN reach ON upper.id = reach.superior_id
    )
    SELECT id, kind, line, area_id, superior_id FROM reach ORDER BY id DESC
"""


def directory(tasks: Sequence[Held], today: date) -> Directory:
    """Everything that these tasks can reach, in two statements however many they are."""
    counties = {task.county_id for task in tasks}
    areas = {code for county in counties for code in (county, county[:4], county[:2])}
    with connection.cursor() as cursor:
        cursor.execute(_REACH, [list({task.post.organisation_id for task in tasks}), list(areas), [str(kind) for kind in OFFICES]])
        offices = {row[0]: Office(*row) for row in cursor.fetchall()}
    found = Directory(offices, {(office.kind, office.area_id): office for office in offices.values() if office.area_id in areas})
    found.holders = _present(offices, today)
    return found


def _present(offices: Iterable[int], today: date) -> dict[Post, list[tuple[int, int | None]]]:
    rows = (
        Appointment.objects.filter(Q(until=None) | Q(until__gte=today), organisation_id__in=list(offices), since__lte=today, user__is_active=True)
        .order_by("since", "pk")
        .values_list("organisation_id", "role", "user_id", "school_class_id")
    )
    held: dict[Post, list[tuple[int, int | None]]] = defaultdict(list)
    for organisation_id, role, user_id, school_class_id in rows:
        held[Post(organisation_id, role)].append((user_id, school_class_id))
    return held


def system_administrators(today: date) -> list[int]:
    """Who is told when the machinery itself needs somebody."""
    rows = Appointment.objects.filter(Q(until=None) | Q(until__gte=today), role=Role.SYSTEM_ADMIN, since__lte=today, user__is_active=True)
    return list(dict.fromkeys(rows.order_by("pk").values_list("user_id", flat=True)))
