"""How a thing is described beside a task: a heading, names with values, words, and files to look at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cases.codes.models import CodeList
from cases.codes.services import label
from cases.register.models import Outcome

if TYPE_CHECKING:
    from cases.files.models import StoredFile

# which list words the placement or ground of an outcome
LISTS = {Outcome.RETURNED: CodeList.PLACEMENT, Outcome.DEDUCTED: CodeList.GROUND, Outcome.DEFERRED: CodeList.DEFERRAL_GROUND}


@dataclass
class Subject:
    """A heading, names with values, words, and files to look at."""

    title: str
    rows: list[tuple[str, str]]
    text: str = ""
    files: list[tuple[StoredFile, str]] = field(default_factory=list)


def files(stored: Iterable[StoredFile]) -> list[tuple[StoredFile, str]]:
    """Files with the wording of their kind."""
    return [(found, label(CodeList.EVIDENCE, found.kind)) for found in stored]
