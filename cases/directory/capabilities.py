"""May this kind of post do this? One frozen table, asked by every service.

Three questions, three places: what a post may do is answered here, which rows a person sees in `scoping`, whose task it is by the assignment.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from django.apps import apps
from django.utils.translation import gettext as _

from cases.directory.models import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cases.directory.models import Appointment, User
    from cases.register.models import Case


class Capability(StrEnum):
    OPEN_CASE = "open_case"
    LOG_VISIT = "log_visit"
    CHECK_VILLAGE = "check_village"
    CONCLUDE = "conclude"
    WRITE_PLAN = "write_plan"
    SIGN_PLAN = "sign_plan"
    HOLD_ROUND = "hold_round"
    ANSWER_HELP = "answer_help"
    FILE_DOCUMENT = "file_document"
    ISSUE_ORDER = "issue_order"
    SERVE_DOCUMENT = "serve_document"
    REFER = "refer"
    FOLLOW_COURT = "follow_court"
    REPORT_RETURN = "report_return"
    CONFIRM_RETURN = "confirm_return"
    PROPOSE_DEDUCTION = "propose_deduction"
    APPLY_DEFERRAL = "apply_deferral"
    APPROVE_RETURN = "approve_return"
    APPROVE_DEDUCTION = "approve_deduction"
    APPROVE_DEFERRAL = "approve_deferral"
    RECORD_WATCH = "record_watch"
    REPORT_DANGER = "report_danger"
    CONFIRM_RECEIPT = "confirm_receipt"
    TRANSFER = "transfer"  # give a child away to another unit, or ask another county for help
    RECONCILE = "reconcile"  # compare the ledger with the school-roll system, settle differences, note entries there
    SUPERVISE = "supervise"
    ISSUE_SUPERVISION = "issue_supervision"
    KEEP_AGENDA = "keep_agenda"
    INSPECT = "inspect"
    SHOW_IDENTITY = "show_identity"
    EDIT_STUDENT = "edit_student"
    SEE_LEDGER = "see_ledger"
    EXPORT = "export"
    RESET_PASSWORD = "reset_password"  # noqa: S105 (the name of a capability)
    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_POSTS = "manage_posts"
    CONFIGURE = "configure"
    AUDIT = "audit"


class NotAllowed(Exception):
    """The person's posts do not allow this; the edge shows the words or answers 403."""


_C = Capability

# Everybody who works with children must report danger at once (law on the protection of minors, article 11).
_FIELD: Final = frozenset({_C.OPEN_CASE, _C.LOG_VISIT, _C.REPORT_DANGER, _C.REPORT_RETURN})

_SCHOOL: Final = _FIELD | {_C.RECORD_WATCH}

_TOWNSHIP: Final = _FIELD | {
    _C.CHECK_VILLAGE,
    _C.SIGN_PLAN,
    _C.HOLD_ROUND,
    _C.FILE_DOCUMENT,
    _C.SERVE_DOCUMENT,
    _C.FOLLOW_COURT,
    _C.PROPOSE_DEDUCTION,
    _C.APPLY_DEFERRAL,
    _C.EDIT_STUDENT,
    _C.SHOW_IDENTITY,
    _C.SEE_LEDGER,
}

# The order to comply: township government or county education bureau (compulsory education law, article 58).
_TOWNSHIP_HEAD: Final = _TOWNSHIP | {_C.ISSUE_ORDER, _C.APPROVE_DEFERRAL, _C.SUPERVISE}

# The bureau stands in for a school where a child has none, and takes over where a school does not act.
_COUNTY_EDUCATION: Final = _SCHOOL | {
    _C.CONCLUDE,
    _C.WRITE_PLAN,
    _C.HOLD_ROUND,
    _C.FILE_DOCUMENT,
    _C.ISSUE_ORDER,
    _C.SERVE_DOCUMENT,
    _C.REFER,
    _C.CONFIRM_RETURN,
    _C.PROPOSE_DEDUCTION,
    _C.APPLY_DEFERRAL,
    _C.APPROVE_RETURN,
    _C.APPROVE_DEDUCTION,
    _C.APPROVE_DEFERRAL,
    _C.CONFIRM_RECEIPT,
    _C.TRANSFER,
    _C.RECONCILE,
    _C.SUPERVISE,
    _C.ISSUE_SUPERVISION,
    _C.SHOW_IDENTITY,
    _C.EDIT_STUDENT,
    _C.SEE_LEDGER,
    _C.EXPORT,
    _C.RESET_PASSWORD,
    _C.MANAGE_ACCOUNTS,
}

CAPABILITIES: Final[Mapping[str, frozenset[Capability]]] = MappingProxyType(
    {
        Role.CLASS_TEACHER: _SCHOOL,
        Role.PRINCIPAL: _SCHOOL
        | {
            _C.CONCLUDE,
            _C.WRITE_PLAN,
            _C.FILE_DOCUMENT,
            _C.CONFIRM_RETURN,
            _C.PROPOSE_DEDUCTION,
            _C.APPLY_DEFERRAL,
            _C.TRANSFER,
            _C.RECONCILE,
            _C.SUPERVISE,
            _C.SHOW_IDENTITY,
            _C.EDIT_STUDENT,
            _C.SEE_LEDGER,
            _C.RESET_PASSWORD,
        },
        Role.VILLAGE_CADRE: _FIELD | {_C.CHECK_VILLAGE},
        Role.TOWNSHIP_OFFICER: _TOWNSHIP,
        Role.TOWNSHIP_HEAD: _TOWNSHIP_HEAD,
        Role.COUNTY_OFFICER: _COUNTY_EDUCATION,
        Role.COUNTY_HEAD: _COUNTY_EDUCATION | {_C.FOLLOW_COURT},
        Role.CONVENER: frozenset({_C.SUPERVISE, _C.ISSUE_SUPERVISION, _C.KEEP_AGENDA, _C.HOLD_ROUND, _C.REPORT_DANGER, _C.SEE_LEDGER, _C.EXPORT}),
        # The office takes over where a township does not act: it is the next above on the government line.
        Role.CONFERENCE_OFFICE: _TOWNSHIP_HEAD | {_C.EXPORT, _C.ISSUE_SUPERVISION, _C.KEEP_AGENDA},
        Role.DEPARTMENT_OFFICER: frozenset({_C.ANSWER_HELP, _C.FILE_DOCUMENT, _C.FOLLOW_COURT, _C.CONFIRM_RECEIPT, _C.REPORT_DANGER}),
        Role.PREFECTURE_OFFICER: frozenset({_C.SUPERVISE, _C.ISSUE_SUPERVISION, _C.REPORT_DANGER, _C.SEE_LEDGER, _C.EXPORT}),
        Role.PROVINCE_OFFICER: frozenset({_C.SUPERVISE, _C.ISSUE_SUPERVISION, _C.REPORT_DANGER, _C.SEE_LEDGER, _C.EXPORT}),
        # They answer for what their bureau reports, and for its officers; orders are the officers' to issue.
        Role.PREFECTURE_HEAD: frozenset({_C.SUPERVISE, _C.REPORT_DANGER, _C.SEE_LEDGER, _C.EXPORT}),
        Role.PROVINCE_HEAD: frozenset({_C.SUPERVISE, _C.REPORT_DANGER, _C.SEE_LEDGER, _C.EXPORT}),
        # Notice 2023-6, section 6: the inspectorate makes units answer; it does no work of a case.
        Role.INSPECTOR: frozenset({_C.SEE_LEDGER, _C.INSPECT, _C.ISSUE_SUPERVISION}),
        # Three administrators with nothing in common: who keeps the system, who grants posts, who reads the journal.
        Role.SYSTEM_ADMIN: frozenset({_C.MANAGE_ACCOUNTS, _C.CONFIGURE}),
        Role.SECURITY_ADMIN: frozenset({_C.MANAGE_POSTS}),
        Role.AUDITOR: frozenset({_C.AUDIT}),
    }
)

# How a post covers a case. Every role stands in exactly one row; the three administrators in none.
BY_CLASS: Final = frozenset({Role.CLASS_TEACHER})
BY_SCHOOL: Final = frozenset({Role.PRINCIPAL})
BY_PLACE: Final = frozenset({Role.VILLAGE_CADRE, Role.TOWNSHIP_OFFICER, Role.TOWNSHIP_HEAD})
BY_COUNTY: Final = frozenset(
    {Role.COUNTY_OFFICER, Role.COUNTY_HEAD, Role.PREFECTURE_OFFICER, Role.PREFECTURE_HEAD, Role.PROVINCE_OFFICER, Role.PROVINCE_HEAD}
)
BY_COUNTY_OR_PLACE: Final = frozenset({Role.CONVENER, Role.CONFERENCE_OFFICE, Role.INSPECTOR})
BY_PART: Final = frozenset({Role.DEPARTMENT_OFFICER})


def posts_that(user: User, capability: Capability) -> list[Appointment]:
    """The user's present posts that have the capability: what is done by it reaches no further than these see."""
    return [post for post in user.posts() if capability in CAPABILITIES[post.role]]


def may(user: User, capability: Capability, case: Case | None = None) -> bool:
    """Whether one of the user's present posts has the capability and, with a case, covers that case."""
    able = posts_that(user, capability)
    if case is None or not able:
        return bool(able)
    return any(covers(post, case) for post in able) or _was_given(able, case)


def require(user: User, capability: Capability, case: Case | None = None) -> None:
    """Raises NotAllowed unless `may`."""
    if not may(user, capability, case):
        raise NotAllowed(_("Your post does not allow this."))


def covers(post: Appointment, case: Case) -> bool:
    """Whether the post covers the case, read from the case's own columns: no query.

    A department covers what it may see at all, and the edge has asked that through `visible_to`.
    """
    role, area = post.role, post.organisation.area_id
    if role in BY_CLASS:
        return case.school_class_id is not None and case.school_class_id == post.school_class_id
    if role in BY_SCHOOL:
        return case.school_id == post.organisation_id
    if role in BY_PLACE:
        return case.place_id.startswith(area)
    if role in BY_COUNTY:
        return case.county_id.startswith(area)
    if role in BY_COUNTY_OR_PLACE:
        return case.county_id.startswith(area) or case.place_id.startswith(area)
    return role in BY_PART


def _was_given(posts: list[Appointment], case: Case) -> bool:
    """Whether a class teacher holds an open task of another class's case: asked only when the columns say no."""
    teaching = [post for post in posts if post.role in BY_CLASS]
    if not teaching:
        return False
    assignments = apps.get_model("cases", "Case")._meta.get_field("assignments").related_model
    return bool(
        assignments._base_manager.filter(
            case_id=case.pk, holder_id=teaching[0].user_id, state="open", organisation_id__in=[post.organisation_id for post in teaching]
        ).exists()
    )
