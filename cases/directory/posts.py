"""What kinds of organisation and post there are to each other: tables that services, forms and imports read."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from cases.directory.models import Department, Level, Line, Role
from cases.directory.models import OrganisationKind as Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

# Where a post may be held.
HELD_AT: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        Role.CLASS_TEACHER: frozenset({Kind.SCHOOL}),
        Role.PRINCIPAL: frozenset({Kind.SCHOOL}),
        Role.VILLAGE_CADRE: frozenset({Kind.VILLAGE}),
        Role.TOWNSHIP_OFFICER: frozenset({Kind.TOWNSHIP}),
        Role.TOWNSHIP_HEAD: frozenset({Kind.TOWNSHIP}),
        Role.COUNTY_OFFICER: frozenset({Kind.COUNTY_EDUCATION}),
        Role.COUNTY_HEAD: frozenset({Kind.COUNTY_EDUCATION}),
        Role.CONVENER: frozenset({Kind.COUNTY_GOVERNMENT}),
        Role.CONFERENCE_OFFICE: frozenset({Kind.CONFERENCE_OFFICE}),
        Role.DEPARTMENT_OFFICER: frozenset({Kind.DEPARTMENT}),
        Role.PREFECTURE_OFFICER: frozenset({Kind.PREFECTURE_EDUCATION, Kind.PREFECTURE_GOVERNMENT}),
        Role.PREFECTURE_HEAD: frozenset({Kind.PREFECTURE_EDUCATION}),
        Role.PROVINCE_OFFICER: frozenset({Kind.PROVINCE_EDUCATION, Kind.PROVINCE_GOVERNMENT}),
        Role.PROVINCE_HEAD: frozenset({Kind.PROVINCE_EDUCATION}),
        Role.INSPECTOR: frozenset({Kind.INSPECTORATE}),
        Role.SYSTEM_ADMIN: frozenset({Kind.COUNTY_EDUCATION, Kind.PREFECTURE_EDUCATION, Kind.PROVINCE_EDUCATION}),
        Role.SECURITY_ADMIN: frozenset({Kind.COUNTY_EDUCATION, Kind.PREFECTURE_EDUCATION, Kind.PROVINCE_EDUCATION}),
        Role.AUDITOR: frozenset({Kind.COUNTY_EDUCATION, Kind.PREFECTURE_EDUCATION, Kind.PROVINCE_EDUCATION, Kind.INSPECTORATE}),
    }
)

# Posts that the county's education bureau fills by itself; every other is the security administrator's to grant.
ORDINARY: Final = frozenset({Role.CLASS_TEACHER, Role.PRINCIPAL, Role.VILLAGE_CADRE, Role.TOWNSHIP_OFFICER})

# One person in two of these posts would be nobody's check on the other.
ADMINISTRATIVE: Final = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR})

_BELOW_A_COUNTY = ORDINARY | {Role.TOWNSHIP_HEAD, Role.DEPARTMENT_OFFICER}

# Whose password a post may replace: people below, never peers, because a one-time password lets its giver in as somebody else.
RESETS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        Role.PRINCIPAL: frozenset({Role.CLASS_TEACHER}),
        Role.COUNTY_OFFICER: _BELOW_A_COUNTY,
        Role.COUNTY_HEAD: _BELOW_A_COUNTY | {Role.COUNTY_OFFICER, Role.CONVENER, Role.CONFERENCE_OFFICE, Role.INSPECTOR},
        Role.SYSTEM_ADMIN: frozenset(Role) - ADMINISTRATIVE,
    }
)

LINE_OF: Final[Mapping[str, Line]] = MappingProxyType(
    {
        Kind.SCHOOL: Line.EDUCATION,
        Kind.COUNTY_EDUCATION: Line.EDUCATION,
        Kind.PREFECTURE_EDUCATION: Line.EDUCATION,
        Kind.PROVINCE_EDUCATION: Line.EDUCATION,
        Kind.VILLAGE: Line.GOVERNMENT,
        Kind.TOWNSHIP: Line.GOVERNMENT,
        Kind.COUNTY_GOVERNMENT: Line.GOVERNMENT,
        Kind.CONFERENCE_OFFICE: Line.GOVERNMENT,
        Kind.DEPARTMENT: Line.GOVERNMENT,
        Kind.INSPECTORATE: Line.GOVERNMENT,  # 人民政府教育督导室
        Kind.PREFECTURE_GOVERNMENT: Line.GOVERNMENT,
        Kind.PROVINCE_GOVERNMENT: Line.GOVERNMENT,
    }
)

_AT_COUNTY = frozenset({Level.COUNTY})

LEVELS_OF: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        Kind.SCHOOL: frozenset({Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE}),
        Kind.VILLAGE: frozenset({Level.VILLAGE}),
        Kind.TOWNSHIP: frozenset({Level.TOWNSHIP}),
        Kind.COUNTY_EDUCATION: _AT_COUNTY,
        Kind.COUNTY_GOVERNMENT: _AT_COUNTY,
        Kind.CONFERENCE_OFFICE: _AT_COUNTY,
        Kind.DEPARTMENT: _AT_COUNTY,
        Kind.INSPECTORATE: frozenset({Level.COUNTY, Level.PREFECTURE, Level.PROVINCE}),
        Kind.PREFECTURE_EDUCATION: frozenset({Level.PREFECTURE}),
        Kind.PREFECTURE_GOVERNMENT: frozenset({Level.PREFECTURE}),
        Kind.PROVINCE_EDUCATION: frozenset({Level.PROVINCE}),
        Kind.PROVINCE_GOVERNMENT: frozenset({Level.PROVINCE}),
    }
)

# The kinds in which the superior is looked for, the nearest first; each in the smallest area that contains the organisation's.
SUPERIOR_OF: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        Kind.SCHOOL: (Kind.COUNTY_EDUCATION,),
        Kind.VILLAGE: (Kind.TOWNSHIP,),
        Kind.TOWNSHIP: (Kind.COUNTY_GOVERNMENT,),
        Kind.CONFERENCE_OFFICE: (Kind.COUNTY_GOVERNMENT,),
        Kind.DEPARTMENT: (Kind.COUNTY_GOVERNMENT,),
        Kind.INSPECTORATE: (Kind.COUNTY_GOVERNMENT, Kind.PREFECTURE_GOVERNMENT, Kind.PROVINCE_GOVERNMENT),
        Kind.COUNTY_EDUCATION: (Kind.PREFECTURE_EDUCATION, Kind.PROVINCE_EDUCATION),
        Kind.COUNTY_GOVERNMENT: (Kind.PREFECTURE_GOVERNMENT, Kind.PROVINCE_GOVERNMENT),
        Kind.PREFECTURE_EDUCATION: (Kind.PROVINCE_EDUCATION,),
        Kind.PREFECTURE_GOVERNMENT: (Kind.PROVINCE_GOVERNMENT,),
        Kind.PROVINCE_EDUCATION: (),
        Kind.PROVINCE_GOVERNMENT: (),
    }
)

# Names of a county's offices. Conference members: notice 2023-6, section 1; 残联 and 民政: its sections 2 and 4; the others take part in single
# steps.
OFFICE_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        Kind.COUNTY_GOVERNMENT: "{}人民政府",
        Kind.COUNTY_EDUCATION: "{}教育局",
        Kind.CONFERENCE_OFFICE: "{}控辍保学工作联席会议办公室",
        Kind.INSPECTORATE: "{}人民政府教育督导室",
        Kind.PREFECTURE_GOVERNMENT: "{}人民政府",
        Kind.PREFECTURE_EDUCATION: "{}教育局",
        Kind.PROVINCE_GOVERNMENT: "{}人民政府",
        Kind.PROVINCE_EDUCATION: "{}教育厅",
    }
)

DEPARTMENT_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        Department.REFORM: "{}发展和改革局",
        Department.POLICE: "{}公安局",
        Department.JUSTICE: "{}司法局",
        Department.FINANCE: "{}财政局",
        Department.LABOUR: "{}人力资源和社会保障局",
        Department.MARKET: "{}市场监督管理局",
        Department.YOUTH: "共青团{}委员会",
        Department.WOMEN: "{}妇女联合会",
        Department.CIVIL_AFFAIRS: "{}民政局",
        Department.DISABLED: "{}残疾人联合会",
        Department.HEALTH: "{}卫生健康局",
        Department.RURAL: "{}农业农村局",
        Department.RELIGION: "{}民族宗教事务局",
        Department.PROCURATORATE: "{}人民检察院",
        Department.COURT: "{}人民法院",
    }
)
