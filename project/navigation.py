"""What the side bar offers to whom. An address that does not exist is left out, so rooms can come and go."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.conferences.scope import READERS
from cases.directory.capabilities import CAPABILITIES, Capability
from cases.directory.models import Role
from project.viewer import Viewer

Words = str | Promise


def everybody(viewer: Viewer) -> bool:
    return True


def holds(*roles: Role) -> Callable[[Viewer], bool]:
    """Whether somebody has one of these posts."""
    wanted = frozenset(role.value for role in roles)
    return lambda viewer: bool(viewer.roles & wanted)


def may(capability: Capability) -> Callable[[Viewer], bool]:
    """Whether one of somebody's posts allows this."""
    return lambda viewer: any(capability in CAPABILITIES[role] for role in viewer.roles)


def does_not_only(*roles: Role) -> Callable[[Viewer], bool]:
    """Whether somebody has a post beside these ones."""
    others = frozenset(role.value for role in roles)
    return lambda viewer: bool(viewer.roles - others)


KEEPERS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)  # they run the system and see no child
LOOK_AFTER_PEOPLE = (Role.PRINCIPAL, Role.COUNTY_OFFICER, Role.COUNTY_HEAD, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
SUPERVISORS = (
    Role.PRINCIPAL, Role.TOWNSHIP_HEAD, Role.COUNTY_OFFICER, Role.COUNTY_HEAD, Role.CONVENER, Role.CONFERENCE_OFFICE,
    Role.PREFECTURE_OFFICER, Role.PREFECTURE_HEAD, Role.PROVINCE_OFFICER, Role.PROVINCE_HEAD, Role.INSPECTOR,
)  # fmt: skip

# who answers for a unit without supervising one
ANSWERING = (Role.VILLAGE_CADRE, Role.DEPARTMENT_OFFICER)
CONFERENCE = tuple(READERS)  # who keeps the agenda, takes part or stands above

# who clears cases, and who looks after that
CLEARED_BY = (
    Role.COUNTY_OFFICER, Role.COUNTY_HEAD, Role.CONVENER, Role.CONFERENCE_OFFICE, Role.INSPECTOR, Role.PREFECTURE_OFFICER, Role.PROVINCE_OFFICER,
)  # fmt: skip
# whose business it is that our ledger agrees with the school-roll system's
RECONCILERS = (
    Role.PRINCIPAL, Role.COUNTY_OFFICER, Role.COUNTY_HEAD, Role.INSPECTOR, Role.PREFECTURE_OFFICER, Role.PROVINCE_OFFICER,
)  # fmt: skip
BUREAUS = (Role.COUNTY_OFFICER, Role.COUNTY_HEAD, Role.PRINCIPAL, Role.PREFECTURE_OFFICER, Role.PROVINCE_OFFICER)  # between them children move

# who answers to an inspection for the punctuality of the engine
PROVERS = (
    Role.COUNTY_OFFICER, Role.COUNTY_HEAD, Role.CONVENER, Role.CONFERENCE_OFFICE, Role.PREFECTURE_OFFICER, Role.PROVINCE_OFFICER,
    Role.SYSTEM_ADMIN, Role.AUDITOR,
)  # fmt: skip

# Whoever sees the ledger of a whole county or more.
REPORTING = (
    Role.COUNTY_OFFICER,
    Role.COUNTY_HEAD,
    Role.CONVENER,
    Role.CONFERENCE_OFFICE,
    Role.PREFECTURE_OFFICER,
    Role.PREFECTURE_HEAD,
    Role.PROVINCE_OFFICER,
    Role.PROVINCE_HEAD,
    Role.INSPECTOR,
)


@dataclass(frozen=True)
class Entry:
    """One line of the side bar: words, icon, the name of its address, who sees it, and its number."""

    label: Words
    icon: str
    address: str
    wanted: Callable[[Viewer], bool] = everybody
    badge: str = ""  # a key of the viewer's counts
    hot: bool = False  # its number is urgent
    tab: bool = False  # among the four of the phone's tab bar


@dataclass(frozen=True)
class Group:
    label: Words
    entries: tuple[Entry, ...]


NAVIGATION = (
    Group("", (
        Entry(_("Desk"), "layout-dashboard", "home", holds(*SUPERVISORS)),
        Entry(_("My tasks"), "inbox", "inbox", does_not_only(*KEEPERS), badge="inbox", tab=True),
        Entry(_("Escalation queue"), "alert-triangle", "queue", holds(*SUPERVISORS), badge="queue", hot=True, tab=True),
        Entry(_("Cases"), "folder", "cases", does_not_only(*KEEPERS), tab=True),
        Entry(_("Report a suspicion"), "flag", "report", may(Capability.OPEN_CASE), tab=True),
        Entry(_("Children"), "users", "students", may(Capability.EDIT_STUDENT)),
        Entry(_("My records of visits"), "home-heart", "my-visits", may(Capability.LOG_VISIT)),
        Entry(_("Phone version"), "phone", "phone", may(Capability.LOG_VISIT)),
    )),
    Group(_("Supervision"), (
        Entry(_("Supervision orders"), "gavel", "orders", holds(*SUPERVISORS, *ANSWERING)),
        Entry(_("Joint conference"), "users", "conference", holds(*CONFERENCE)),
        Entry(_("Inspection"), "report-search", "findings", holds(*SUPERVISORS, *ANSWERING)),
        Entry(_("Late visits and phones"), "phone", "late-visits", may(Capability.SUPERVISE)),
        Entry(_("Transfers and help"), "route", "transfers", holds(*BUREAUS)),
    )),
    Group(_("Figures and documents"), (
        Entry(_("Boards"), "chart-bar", "board", holds(*SUPERVISORS)),
        Entry(_("Ledger"), "table", "ledger", holds(*SUPERVISORS)),
        Entry(_("Monthly reports"), "send", "ledger-reports", holds(*REPORTING)),
        Entry(_("Periodic reports"), "calendar", "periodic", holds(*REPORTING, Role.PRINCIPAL)),
        Entry(_("Agreement of the ledgers"), "list-check", "rosters", holds(*RECONCILERS)),
        Entry(_("Spot checks"), "eye", "draws", holds(*CLEARED_BY)),
    )),
    Group(_("Administration"), (
        Entry(_("Schools and people"), "users", "people", holds(*LOOK_AFTER_PEOPLE)),
        Entry(_("Settings"), "adjustments", "admin:index", holds(Role.SYSTEM_ADMIN)),
        Entry(_("Gateways"), "send", "notifications:gateways", holds(Role.SYSTEM_ADMIN)),
        Entry(_("Deliveries"), "mail", "notifications:deliveries", holds(Role.SYSTEM_ADMIN)),
        Entry(_("Audit of the deadlines"), "clock", "audit", holds(*PROVERS)),
        Entry(_("Audit log"), "shield-check", "journal", holds(Role.AUDITOR)),
        Entry(_("Closed months"), "lock", "ledger-proof", holds(Role.AUDITOR)),
    )),
)  # fmt: skip

ACCOUNT = (
    Entry(_("My account"), "user-circle", "account"),
    Entry(_("Change the password"), "lock", "password_change"),
    Entry(_("About the data"), "info-circle", "about_data"),
)

SEARCH = "case-find"  # a POST, because somebody may paste an identity number
NOTIFICATIONS = "notifications:list"


@dataclass(frozen=True)
class Item:
    """An entry as one person sees it on one page."""

    url: str
    label: Words
    icon: str
    current: bool
    badge: int = 0
    hot: bool = False
    tab: bool = False


@dataclass(frozen=True)
class ItemGroup:
    label: Words
    items: list[Item] = field(default_factory=list)


def find(address: str) -> str:
    """The path of a named address, or nothing if no room offers it."""
    try:
        return reverse(address)
    except NoReverseMatch:
        return ""


def build(viewer: Viewer, path: str, counts: Mapping[str, int]) -> list[ItemGroup]:
    """The side bar of a person on a page; the entry with the longest path that leads here is the current one."""
    offered = [(group, entry, url) for group in NAVIGATION for entry in group.entries if entry.wanted(viewer) and (url := find(entry.address))]
    here = max((url for _group, _entry, url in offered if path == url or (url != "/" and path.startswith(url))), key=len, default="")
    groups = {group: ItemGroup(group.label) for group, _entry, _url in offered}
    for group, entry, url in offered:
        groups[group].items.append(Item(url, entry.label, entry.icon, url == here, counts.get(entry.badge, 0), entry.hot, entry.tab))
    return list(groups.values())
