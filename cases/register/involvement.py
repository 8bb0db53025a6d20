"""Giving an organisation a part in a case, and with it sight of the case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases.register.models import Involvement

if TYPE_CHECKING:
    from cases.directory.models import Organisation
    from cases.register.models import Case


def involve(case: Case, organisation: Organisation) -> Involvement:
    """Under the case lock. An organisation that has a part already keeps the one it has."""
    part, _made = Involvement.objects.get_or_create(case=case, organisation=organisation, until=None)
    return part
