"""A list of people read from a spreadsheet: every cell checked against the directory, faults by row and column."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from cases.directory.authority import may_fill
from cases.directory.models import Organisation, Role, SchoolClass, User
from cases.directory.personchecks import BadPerson, check_person, check_post
from cases.directory.posts import ADMINISTRATIVE
from cases.journal.clock import day
from cases.sheets.reading import BadSheet, Fault, Row, Sheet, Table, as_day, as_text

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_PEOPLE: Final = 1000
HEADERS: Final = {
    "name": ("姓名", "名字", "name"),
    "username": ("工作账号", "账号", "用户名", "登录名", "work account", "account", "username"),
    "phone": ("手机", "手机号", "手机号码", "电话", "联系电话", "telephone", "phone", "mobile"),
    "organisation": ("单位", "单位名称", "学校", "所在单位", "organisation", "organization"),
    "role": ("岗位", "职务", "角色", "post", "role"),
    "school_class": ("班级", "class"),
    "since": ("任职起", "任职日期", "任职时间", "任职起始", "since"),
}
NEEDED: Final = ("name", "username", "organisation", "role")
ROLE_WORDS: Final = {
    "班主任": Role.CLASS_TEACHER,
    "校长": Role.PRINCIPAL,
    "园长": Role.PRINCIPAL,
    "村干部": Role.VILLAGE_CADRE,
    "村(居)干部": Role.VILLAGE_CADRE,
    "村级工作人员": Role.VILLAGE_CADRE,
    "乡镇工作人员": Role.TOWNSHIP_OFFICER,
    "乡镇经办人": Role.TOWNSHIP_OFFICER,
    "乡镇专干": Role.TOWNSHIP_OFFICER,
    "乡镇负责人": Role.TOWNSHIP_HEAD,
    "县教育局经办人": Role.COUNTY_OFFICER,
    "县教育局工作人员": Role.COUNTY_OFFICER,
    "县教育局负责人": Role.COUNTY_HEAD,
    "联席会议召集人": Role.CONVENER,
    "联席会议办公室": Role.CONFERENCE_OFFICE,
    "部门经办人": Role.DEPARTMENT_OFFICER,
    "市州工作人员": Role.PREFECTURE_OFFICER,
    "市州教育局负责人": Role.PREFECTURE_HEAD,
    "省级工作人员": Role.PROVINCE_OFFICER,
    "省教育厅负责人": Role.PROVINCE_HEAD,
    "督导人员": Role.INSPECTOR,
    "督学": Role.INSPECTOR,
}


@dataclass(frozen=True)
class Person:
    """One good line of the list; ids instead of names, so that the second reading is no guess."""

    row: int
    name: str
    username: str
    phone: str
    organisation: int
    role: str
    school_class: int | None
    since: str


@dataclass(frozen=True)
class Reading:
    people: list[Person]
    faults: list[Fault]
    labels: list[tuple[str, str, str, str, str, str]]  # what the preview shows: name, account, organisation, post, class, since


def read(sheet: Sheet, *, by: User, now: datetime) -> Reading:
    """Every line of the list checked against the directory; faults by row and column. Nothing is written. Raises BadSheet."""
    table = sheet.table(HEADERS, needed=NEEDED)
    if len(table.rows) > MAX_PEOPLE:
        raise BadSheet(_("The list has more than %(people)s people. Split it.") % {"people": MAX_PEOPLE})
    if not table.rows:
        raise BadSheet(_("There is nobody in the list."))
    return _Reader(table, by=by, now=now).read()


class _Reader:
    def __init__(self, table: Table, *, by: User, now: datetime) -> None:
        self.table, self.by, self.today = table, by, day(now)
        self.faults: list[Fault] = []
        self.organisations = self._find_organisations()
        self.classes = self._find_classes()
        self.taken = taken_among(row["username"] for row in table.rows)
        self.seen: dict[str, int] = {}

    def read(self) -> Reading:
        people, labels = [], []
        for row in self.table.rows:
            before = len(self.faults)
            person, label = self._person(row)
            if len(self.faults) == before and person and label:
                people.append(person)
                labels.append(label)
        return Reading(people, self.table.faults + self.faults, labels)

    def _person(self, row: Row) -> tuple[Person | None, tuple[str, str, str, str, str, str] | None]:
        self._account(row)
        since = self._since(row)
        role = self._role(row)
        organisation = self._organisation(row)
        if role is None or organisation is None or since is None:
            return None, None
        if not may_fill(self.by, role, organisation):
            self._fault(row, "role", _("This post is not yours to fill."))
            return None, None
        school_class = self._class(row, role, organisation)
        try:
            check_post(role=role, organisation=organisation, school_class=school_class, since=since)
        except BadPerson as bad:
            if not (bad.field == "school_class" and row["school_class"]):  # the class was complained of before
                self._fault(row, bad.field if bad.field in HEADERS else "role", str(bad))
            return None, None
        person = Person(
            row=row.number,
            name=row["name"],
            username=row["username"].lower(),
            phone=row["phone"],
            organisation=organisation.pk,
            role=role,
            school_class=school_class.pk if school_class else None,
            since=since.isoformat(),
        )
        label = (
            person.name,
            person.username,
            organisation.name,
            str(Role(role).label),
            school_class.name if school_class else "",
            person.since,
        )
        return person, label

    def _account(self, row: Row) -> None:
        sound = {"username": "ab", "name": "a"}  # each cell is looked at by itself, so that one fault does not hide the next
        for column in ("name", "username", "phone"):
            try:
                check_person(**sound | {column: row[column]})
            except BadPerson as bad:
                self._fault(row, column, str(bad))
        username = row["username"].lower()
        if username in self.taken:
            self._fault(row, "username", _("This work account exists already."))
        elif username and username in self.seen:
            self._fault(row, "username", _("The same work account stands in row %(row)s.") % {"row": self.seen[username]})
        self.seen.setdefault(username, row.number)

    def _since(self, row: Row) -> date | None:
        try:
            return as_day(row["since"]) or self.today
        except ValueError:
            self._fault(row, "since", _("This is no day. Write it like 2026-09-01."))
            return None

    def _role(self, row: Row) -> str | None:
        word = row["role"].replace(" ", "")
        labels = {str(label): value for value, label in Role.choices}
        role = ROLE_WORDS.get(word) or labels.get(row["role"]) or (word if word in Role.values else None)
        if role is None:
            known = "、".join(reversed({role: word for word, role in reversed(ROLE_WORDS.items())}.values()))
            self._fault(row, "role", _("This post is not known. Known are: %(posts)s.") % {"posts": known})
        elif role in ADMINISTRATIVE:
            self._fault(row, "role", _("Administrators' posts are given one by one."))
            return None
        return role

    def _organisation(self, row: Row) -> Organisation | None:
        found = self.organisations.get(row["organisation"], [])
        if not found:
            self._fault(row, "organisation", _("There is no such organisation in your area."))
        elif len(found) > 1:
            self._fault(row, "organisation", _("Several organisations have this name. Write the organisation's own code."))
        return found[0] if len(found) == 1 else None

    def _class(self, row: Row, role: str, organisation: Organisation) -> SchoolClass | None:
        if role != Role.CLASS_TEACHER or not row["school_class"]:
            return None
        found = self.classes.get((organisation.pk, as_text(row["school_class"])))
        if found is None:
            self._fault(row, "school_class", _("The school has no such class."))
        return found

    def _fault(self, row: Row, column: str, problem: str) -> None:
        self.faults.append(self.table.fault(row, column, problem))

    def _find_organisations(self) -> dict[str, list[Organisation]]:
        found: defaultdict[str, list[Organisation]] = defaultdict(list)
        for organisation in Organisation.objects.managed_by(self.by).filter(active=True):
            found[as_text(organisation.name)].append(organisation)
            if organisation.code:
                found[organisation.code].append(organisation)
        return dict(found)

    def _find_classes(self) -> dict[tuple[int, str], SchoolClass]:
        schools = [organisation.pk for row in self.table.rows for organisation in self.organisations.get(row["organisation"], [])]
        classes = SchoolClass.objects.filter(school_id__in=set(schools), active=True)
        return {(school_class.school_id, as_text(school_class.name)): school_class for school_class in classes}


def taken_among(usernames: Iterable[str]) -> set[str]:
    """Those of the work accounts that exist already."""
    wanted = {username.lower() for username in usernames}
    return set(User.objects.filter(username__in=wanted).values_list("username", flat=True))
