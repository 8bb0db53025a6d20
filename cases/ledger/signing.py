"""Who answers for a sheet, as the foot of an official one names them: filled with who did it in the system, else left to be signed by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cases.ledger.models import Act, Edition, Report, ReportAct

COMPILER, CHECKER, HEAD, SEAL, DAY = "填报人", "审核人", "单位负责人", "单位（公章）", "填报日期"  # the official words
ABOVE = (Act.CHECKED, Act.ACCEPTED)  # the office that has checked it: the prefecture, or the province for a unit right below it


@dataclass(frozen=True)
class Signature:
    """One place to sign. `at` None: nobody has signed in the system."""

    label: str
    name: str = ""
    at: datetime | None = None
    is_day: bool = False


def signatures(report: Report | None, edition: Edition | None) -> list[Signature]:
    """The places in their order. Of a county's report those that stand behind this edition; a table of several counties is signed by hand."""
    acts: dict[str, ReportAct] = {}
    if report is not None and edition is not None:
        wanted = (Act.COMPILED, Act.SIGNED, *ABOVE)
        found = report.acts.filter(edition=edition, act__in=wanted).select_related("by").order_by("pk")
        acts = {act.act: act for act in found}
        if report.acts.filter(act=Act.SENT_BACK, edition=edition).exists():
            acts = {}  # what came back stands behind nobody's name until it is compiled again
    above = next((acts[act] for act in ABOVE if act in acts), None)
    signed = acts.get(Act.SIGNED)
    return [
        _by(COMPILER, acts.get(Act.COMPILED)),
        _by(CHECKER, above),
        _by(HEAD, signed),
        Signature(SEAL),
        Signature(DAY, at=signed.at if signed else None, is_day=True),
    ]


def _by(label: str, act: ReportAct | None) -> Signature:
    return Signature(label, act.by.name, act.at) if act is not None and act.by is not None else Signature(label)
