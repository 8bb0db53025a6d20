"""Before whom a report of each kind lies: the column of the organisation, and the posts there that may act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases.directory.models import Role
from cases.ledger.models import ReportKind, ReportState

if TYPE_CHECKING:
    from cases.ledger.models import Report

Turn = tuple[str, frozenset[str]]

TURNS: dict[str, dict[str, Turn]] = {
    ReportKind.LEDGER: {
        ReportState.COMPILING: ("education_id", frozenset({Role.COUNTY_OFFICER, Role.COUNTY_HEAD})),
        ReportState.SIGNING: ("education_id", frozenset({Role.COUNTY_HEAD})),
        ReportState.CHECKING: ("prefecture_id", frozenset({Role.PREFECTURE_OFFICER})),
        ReportState.ACCEPTING: ("province_id", frozenset({Role.PROVINCE_OFFICER})),
    },
    ReportKind.SCHOOL: {ReportState.COMPILING: ("school_id", frozenset({Role.PRINCIPAL}))},
    ReportKind.QUARTER: {
        ReportState.COMPILING: ("education_id", frozenset({Role.COUNTY_OFFICER, Role.COUNTY_HEAD})),
        ReportState.SIGNING: ("education_id", frozenset({Role.COUNTY_HEAD})),
    },
    ReportKind.TERM: {
        ReportState.COMPILING: ("prefecture_id", frozenset({Role.PREFECTURE_OFFICER})),
        ReportState.SIGNING: ("prefecture_id", frozenset({Role.PREFECTURE_HEAD})),
    },
    ReportKind.YEAR: {
        ReportState.COMPILING: ("province_id", frozenset({Role.PROVINCE_OFFICER})),
        ReportState.SIGNING: ("province_id", frozenset({Role.PROVINCE_HEAD})),
    },
}


def posts_of_turn(report: Report) -> tuple[int | None, frozenset[str]]:
    """The organisation before which the report lies, and the posts there that may act; nobody's once it has arrived."""
    column, roles = TURNS[report.kind].get(report.state, ("", frozenset()))
    return (getattr(report, column) if column else None), roles
