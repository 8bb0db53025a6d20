"""What an address of a list says, read in one place: by the list itself, by a bulk action on all that it shows, and by an export."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.http import QueryDict

from workflows.rows import cases as case_rows
from workflows.rows import inbox as inbox_rows
from workflows.rows import queue as queue_rows
from workflows.views import filters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cases.directory.edge import OfficerRequest

LONGEST = 600  # characters of an address that are read

INBOX = ("q", "step", "kind", "place", "when")
QUEUE = ("q", "place", "unit", "rung", "reason", "step", "when", "age", "phone")
CASES = ("q", "standing", "step", "place", "school", "reason", "late", "sort")


@dataclass(frozen=True)
class Choice:
    """The tab of a list, its filter form, and what the form understood of the address."""

    tab: str
    form: Any
    words: dict[str, str] = field(default_factory=dict)

    @property
    def filtered(self) -> bool:
        return any(value for name, value in self.words.items() if name != "sort")

    @property
    def narrowing(self) -> dict[str, Any]:
        """The arguments of the inbox's `narrowed`, without the person and the moment."""
        return {"tab": self.tab, **self.words}


def sent(request: OfficerRequest) -> QueryDict:
    """The address of the list from which a form was sent."""
    return QueryDict(request.POST.get("filter", "")[:LONGEST])


def of_inbox(said: Mapping[str, Any]) -> Choice:
    tab = str(said.get("tab", ""))
    tab = tab if tab in inbox_rows.TABS else "todo"
    form = filters.InboxFilter(said)
    return Choice(tab, form, {name: form.value_of(name) for name in (("q",) if tab == "done" else INBOX)})


def of_queue(said: Mapping[str, Any]) -> Choice:
    tab = str(said.get("tab", ""))
    form = filters.QueueFilter(said)
    return Choice(tab if tab in queue_rows.TABS else "waiting", form, {name: form.value_of(name) for name in QUEUE})


def of_cases(said: Mapping[str, Any]) -> Choice:
    form = filters.CaseFilter(said)
    words = {name: form.value_of(name) for name in CASES}
    # somebody who searches looks everywhere
    tab = str(said.get("tab", "all" if words["q"] else "suspected"))
    return Choice(tab if tab in case_rows.TABS else "all", form, words)
