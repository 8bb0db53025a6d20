"""Posts to which steps fall. In a chain, the first that somebody holds is the one."""

from __future__ import annotations

from typing import NamedTuple

from cases.directory.models import Department, Role


class Post(NamedTuple):
    """A post of an organisation that the case names (`place` is that column), or of a department of its county."""

    place: str
    role: Role


CLASS_TEACHER = Post("school", Role.CLASS_TEACHER)
PRINCIPAL = Post("school", Role.PRINCIPAL)
VILLAGE_CADRE = Post("village", Role.VILLAGE_CADRE)
TOWNSHIP_OFFICER = Post("township", Role.TOWNSHIP_OFFICER)
TOWNSHIP_HEAD = Post("township", Role.TOWNSHIP_HEAD)
COUNTY_OFFICER = Post("education", Role.COUNTY_OFFICER)
COUNTY_HEAD = Post("education", Role.COUNTY_HEAD)
PREFECTURE_OFFICER = Post("prefecture", Role.PREFECTURE_OFFICER)
PREFECTURE_HEAD = Post("prefecture", Role.PREFECTURE_HEAD)
PROVINCE_OFFICER = Post("province", Role.PROVINCE_OFFICER)
PROVINCE_HEAD = Post("province", Role.PROVINCE_HEAD)
JUSTICE_OFFICER = Post(Department.JUSTICE, Role.DEPARTMENT_OFFICER)

# a child without a school has no teacher: the county's education bureau stands in
TEACHERS = (CLASS_TEACHER, PRINCIPAL, COUNTY_OFFICER)
PRINCIPALS = (PRINCIPAL, COUNTY_OFFICER)
VILLAGERS = (VILLAGE_CADRE, TOWNSHIP_OFFICER)
TOWNSHIP = (TOWNSHIP_OFFICER, TOWNSHIP_HEAD)
COUNTY = (COUNTY_OFFICER, COUNTY_HEAD)
JUSTICE = (JUSTICE_OFFICER, *TOWNSHIP)
DEFERRERS = (COUNTY_OFFICER, TOWNSHIP_HEAD, COUNTY_HEAD)  # township or county: 义务教育法 11
