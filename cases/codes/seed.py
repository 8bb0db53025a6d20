"""Bringing the lists and rules of `lists` into an empty or older database. What an administrator worded or retired stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases.codes.lists import LISTS, RULES

if TYPE_CHECKING:
    from cases.codes.models import CodeItem, Setting


def plant(items: type[CodeItem], settings: type[Setting]) -> None:
    """Add every code and rule that is not there yet; harmless to run again. Takes the models, so that a migration can hand in its own."""
    items._base_manager.bulk_create(
        [
            items(
                list=code_list.value,
                code=code.code,
                zh=code.zh,
                en=code.en,
                position=(index + 1) * 10,
                wants_text=code.wants_text,
                ministry_priority=code.ministry_priority,
                evidence=[list(alternatives) for alternatives in code.evidence],
            )
            for code_list, codes in LISTS.items()
            for index, code in enumerate(codes)
        ],
        ignore_conflicts=True,
    )
    settings._base_manager.bulk_create([settings(code=rule.code, value=rule.value, basis=rule.basis) for rule in RULES], ignore_conflicts=True)
