"""The demo's county: 建始县 of 恩施州 with three townships, and a neighbour with cases of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from cases.directory.models import Appointment, Area, Department, Level, Line, Organisation, OrganisationKind, Role, SchoolClass, User
from project.demo.accounts import ACCOUNTS, PASSWORD
from workflows import policies
from workflows.models import SchoolTerm

PROVINCE, PREFECTURE, COUNTY, NEIGHBOUR = "42", "4228", "422822", "422823"
SINCE = date(2024, 9, 1)

Schools = dict[str, tuple[tuple[str, tuple[int, ...]], ...]]

# township code → its schools (invented: the name says so) as (name, grades)
TOWNSHIPS: Schools = {
    "422822106": (("长梁镇示例初级中学", (7, 8, 9)), ("长梁镇示例小学", (1, 4, 5, 6))),
    "422822101": (("高坪镇示例初级中学", (7, 8, 9)),),
    "422822105": (("花坪镇示例学校", (6, 7, 8)),),
}
NEIGHBOUR_TOWNSHIPS: Schools = {"422823107": (("野三关镇示例初级中学", (7, 8)),)}
DEPARTMENTS = {
    Department.REFORM: "发展和改革局",
    Department.POLICE: "公安局",
    Department.JUSTICE: "司法局",
    Department.FINANCE: "财政局",
    Department.LABOUR: "人力资源和社会保障局",
    Department.MARKET: "市场监督管理局",
    Department.YOUTH: "团委",
    Department.WOMEN: "妇联",
    Department.CIVIL_AFFAIRS: "民政局",
    Department.DISABLED: "残疾人联合会",
    Department.HEALTH: "卫生健康局",
    Department.RURAL: "农业农村局",
}
TEACHERS = ("谢芳", "龙涛", "邓丽", "彭勇", "罗云", "侯敏", "朱琳", "冉冬梅", "周立新", "刘红", "陈波", "杨秀英", "黄明", "李霞", "覃刚", "张莉")


@dataclass
class Township:
    area: Area
    government: Organisation
    villages: list[Organisation]
    classes: list[SchoolClass] = field(default_factory=list)


@dataclass
class World:
    places: dict[str, Organisation] = field(default_factory=dict)  # what the accounts name
    townships: list[Township] = field(default_factory=list)
    neighbours: list[Township] = field(default_factory=list)
    teachers: int = 0


def build() -> World:
    """The organisations and people, or what is already there of them: twice is harmless."""
    world = World()
    _terms()
    province, prefecture = Area.objects.get(code=PROVINCE), Area.objects.get(code=PREFECTURE)
    kind = OrganisationKind
    province_education = organisation(kind.PROVINCE_EDUCATION, province, "湖北省教育厅", line=Line.EDUCATION)
    province_government = organisation(kind.PROVINCE_GOVERNMENT, province, "湖北省人民政府")
    above = (
        organisation(kind.PREFECTURE_EDUCATION, prefecture, "恩施州教育局", superior=province_education, line=Line.EDUCATION),
        organisation(kind.PREFECTURE_GOVERNMENT, prefecture, "恩施州人民政府", superior=province_government),
    )
    world.places |= {"province": province_education, "prefecture": above[0]}
    world.townships, own = county(world, COUNTY, TOWNSHIPS, above)
    world.places |= own
    world.neighbours, other = county(world, NEIGHBOUR, NEIGHBOUR_TOWNSHIPS, above)
    world.places["neighbour"] = other["education"]
    home = world.townships[0]
    class_82 = next(item for item in home.classes if item.grade == 8)
    world.places |= {"school": class_82.school, "village": home.villages[0], "township": home.government}
    for account in ACCOUNTS:
        person(account.username, account.name, account.role, world.places[account.place], class_82 if account.role == Role.CLASS_TEACHER else None)
    _the_others(world)
    return world


def _terms() -> None:
    """A school year without holidays, so that a child can return in every season in which somebody tries the demo."""
    this_year = timezone.localdate().year
    for year in range(this_year - 2, this_year + 2):
        SchoolTerm.objects.get_or_create(
            county=None, starts_on=date(year, 8, 1), defaults={"name": f"{year}学年（演示，无假期）", "ends_on": date(year + 1, 7, 31)}
        )
    policies.invalidate()


def county(world: World, code: str, townships: Schools, above: tuple[Organisation, Organisation]) -> tuple[list[Township], dict[str, Organisation]]:
    """The offices of a county, its townships, villages and schools."""
    kind, area = OrganisationKind, Area.objects.get(code=code)
    education = organisation(kind.COUNTY_EDUCATION, area, f"{area.name}教育局", superior=above[0], line=Line.EDUCATION)
    government = organisation(kind.COUNTY_GOVERNMENT, area, f"{area.name}人民政府", superior=above[1])
    places = {
        "education": education,
        "government": government,
        "conference": organisation(kind.CONFERENCE_OFFICE, area, f"{area.name}控辍保学联席会议办公室", superior=government),
        "inspectorate": organisation(kind.INSPECTORATE, area, f"{area.name}人民政府教育督导室", superior=government),
    }
    for department, name in DEPARTMENTS.items():
        places[department.value] = organisation(kind.DEPARTMENT, area, f"{area.name}{name}", superior=government, department=department)
    made = []
    for township_code, schools in townships.items():
        township_area = Area.objects.get(code=township_code)
        town = organisation(kind.TOWNSHIP, township_area, f"{township_area.name}人民政府", superior=government)
        villages = []
        for number, name in ((201, "示例一村"), (202, "示例二村")):
            village_area, _made = Area.objects.get_or_create(
                code=f"{township_code}{number}", defaults={"name": name, "level": Level.VILLAGE, "parent": township_area, "is_custom": True}
            )
            villages.append(organisation(kind.VILLAGE, village_area, f"{township_area.name}{name}村民委员会", superior=town))
        township = Township(township_area, town, villages)
        for school_name, grades in schools:
            school = organisation(kind.SCHOOL, township_area, school_name, superior=education, line=Line.EDUCATION)
            for grade in grades:
                item, _made = SchoolClass.objects.get_or_create(
                    school=school, grade=grade, name=f"{'一二三四五六七八九'[grade - 1]}（{1 + grade % 2}）班"
                )
                township.classes.append(item)
        made.append(township)
    return made, places


def organisation(
    kind: str, area: Area, name: str, *, superior: Organisation | None = None, line: str = Line.GOVERNMENT, department: str = ""
) -> Organisation:
    found, _made = Organisation.objects.get_or_create(
        kind=kind, area=area, name=name, defaults={"superior": superior, "line": line, "department": department, "phone": "0718-0000000"}
    )
    return found


def person(username: str, name: str, role: str, at: Organisation, school_class: SchoolClass | None = None) -> User:
    user: User | None = User.objects.filter(username=username).first()
    if user is None:
        user = User.objects.create(username=username, password=_hashed(), name=name, phone=f"199{len(username):02d}{at.pk:06d}")
    Appointment.objects.get_or_create(user=user, role=role, organisation=at, school_class=school_class, until=None, defaults={"since": SINCE})
    return user


@cache
def _hashed() -> str:
    """Everybody has the one password that the log-in page names: hashing it is slow on purpose, and once is enough."""
    return make_password(PASSWORD)


def _the_others(world: World) -> None:
    """Everybody without an account on the list: each class has a teacher, each school a principal, each office somebody who answers."""
    names = iter(TEACHERS * 3)
    account_class = Appointment.objects.filter(user__username="teacher", role=Role.CLASS_TEACHER).values_list("school_class_id", flat=True).first()
    for township in (*world.townships, *world.neighbours):
        for item in township.classes:
            if item.pk != account_class:
                person(f"t{item.pk}", next(names), Role.CLASS_TEACHER, item.school, item)
        for school in {item.school_id: item.school for item in township.classes}.values():
            if school != world.places["school"]:
                person(f"p{school.pk}", next(names), Role.PRINCIPAL, school)
        if township.government != world.places["township"]:
            person(f"o{township.government.pk}", next(names), Role.TOWNSHIP_OFFICER, township.government)
            person(f"h{township.government.pk}", next(names), Role.TOWNSHIP_HEAD, township.government)
        for village in township.villages:
            if village != world.places["village"]:
                person(f"v{village.pk}", next(names), Role.VILLAGE_CADRE, village)
    person("county-2", "谭丽", Role.COUNTY_OFFICER, world.places["education"])
    for department in DEPARTMENTS:
        if department not in {Department.POLICE, Department.JUSTICE, Department.CIVIL_AFFAIRS}:
            person(f"d-{department.value}", next(names), Role.DEPARTMENT_OFFICER, world.places[department.value])
