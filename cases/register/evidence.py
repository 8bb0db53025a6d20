"""What must be proved before a child leaves the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from cases.codes.models import CodeList
from cases.codes.services import item, missing_evidence, name_evidence
from cases.files.services import store_all
from cases.register.locking import Refused

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.files.models import StoredFile
    from cases.register.models import Case

Evidence = Iterable[tuple[str, "UploadedFile[Any]"]]

# What shows that a child is back (动态销号, reference 2.4); one of them is enough.
OF_A_RETURN = ["attendance_list", "class_roster", "return_photo", "return_certificate"]
OF_A_LEAVE = ["leave_form", "diagnosis", "application", "other_proof"]
# Home teaching is for those alone whom the county's expert committee found unable to attend (notice 2023-6, section 4).
UNABLE_TO_ATTEND = ["expert_opinion"]


class EvidenceMissing(Refused):
    """Names the kinds of evidence that are missing; `demands` holds their codes."""

    def __init__(self, demands: list[list[str]]) -> None:
        super().__init__(_("Evidence is missing: %(kinds)s.") % {"kinds": name_evidence(demands)})
        self.demands = demands


class UnknownCode(Refused):
    """A code that the list does not have."""


def demand(demands: list[list[str]], evidence: Evidence) -> None:
    """Of each inner list one kind must be there. Raises EvidenceMissing."""
    missing = missing_evidence(demands, [kind for kind, _upload in evidence])
    if missing:
        raise EvidenceMissing(missing)


def demand_of(code_list: CodeList, code: str, evidence: Evidence, note: str) -> None:
    """What the ground demands. Raises EvidenceMissing, UnknownCode, or Refused where it asks for an explanation and there is none."""
    ground = item(code_list, code)
    if ground is None:
        raise UnknownCode(_("Please choose a ground from the list."))
    demand(ground.evidence, evidence)
    if ground.wants_text and not note.strip():
        raise Refused(_("Please explain the ground in words."))


def keep(case: Case, evidence: Evidence, *, by: User) -> list[StoredFile]:
    """The files, stored; raises BadFile."""
    return store_all(case, evidence, by=by)
