"""The accounts that the demo's log-in page lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from cases.directory.models import Role

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.functional import _StrPromise

PASSWORD = "demo-2026"  # noqa: S105 (the demo alone allows it, on this machine only)


class Account(NamedTuple):
    username: str
    name: str
    role: Role
    place: str  # a key of project.demo.world.World.places
    sees: _StrPromise


ACCOUNTS = (
    Account("teacher", "吴艳", Role.CLASS_TEACHER, "school", _("the children of class 8(1) and tasks given to her")),
    Account("principal", "向国强", Role.PRINCIPAL, "school", _("every case of the school")),
    Account("village", "谭明秀", Role.VILLAGE_CADRE, "village", _("the children of the village")),
    Account("township", "王建国", Role.TOWNSHIP_OFFICER, "township", _("the cases of the township, on the government line")),
    Account("township-head", "谭军", Role.TOWNSHIP_HEAD, "township", _("the same, with what is overdue")),
    Account("county", "张伟", Role.COUNTY_OFFICER, "education", _("every case of the county, approvals and escalations")),
    Account("county-head", "黄晓梅", Role.COUNTY_HEAD, "education", _("every case of the county, referrals and escalations")),
    Account("convener", "刘志远", Role.CONVENER, "government", _("what the government line left overdue")),
    Account("conference", "陈静", Role.CONFERENCE_OFFICE, "conference", _("what both lines left overdue")),
    Account("justice", "田勇", Role.DEPARTMENT_OFFICER, "justice", _("cases in court, and those it has a part in")),
    Account("police", "周敏", Role.DEPARTMENT_OFFICER, "police", _("cases that the police has a part in")),
    Account("civil-affairs", "朱强", Role.DEPARTMENT_OFFICER, "civil_affairs", _("cases that civil affairs has a part in")),
    Account("prefecture", "杨帆", Role.PREFECTURE_OFFICER, "prefecture", _("the cases and numbers of the prefecture")),
    Account("prefecture-head", "邓建华", Role.PREFECTURE_HEAD, "prefecture", _("what the prefecture reports, to be signed")),
    Account("province", "李文华", Role.PROVINCE_OFFICER, "province", _("the numbers of the province")),
    Account("province-head", "周立志", Role.PROVINCE_HEAD, "province", _("what the province reports, to be signed")),
    Account("inspector", "赵明", Role.INSPECTOR, "inspectorate", _("every case of the county, to read only")),
    Account("admin", "系统管理员", Role.SYSTEM_ADMIN, "education", _("code lists, allowances, calendar; no child")),
    Account("security", "安全管理员", Role.SECURITY_ADMIN, "education", _("who holds which post; no child")),
    Account("auditor", "审计员", Role.AUDITOR, "education", _("the journal; no child")),
    Account("stranger", "冯磊", Role.COUNTY_OFFICER, "neighbour", _("a neighbouring county with cases of its own")),
)


def login_context(request: HttpRequest) -> dict[str, Any]:
    """What the log-in page of the demo shows: the accounts, what each sees, and the password of all."""
    return {
        "demo_accounts": [{"username": account.username, "role": account.role.label, "sees": account.sees} for account in ACCOUNTS],
        "demo_password": PASSWORD,
    }
