"""Reading the code lists and rules from memory, and what a change of them must keep; they are changed at /admin/ (`cases/admin.py`)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cases.codes.lists import LISTS, PRIORITY_HOUSEHOLD
from cases.codes.models import CodeItem, CodeList, Setting

if TYPE_CHECKING:
    from collections.abc import Iterable


KEPT_FOR = 30  # seconds: how long another process may still see the old wording


class BadRule(Exception):
    """The change would leave the rules without what the law or the forms need; the words say what."""


class _Memory(NamedTuple):
    read_at: float
    lists: dict[str, dict[str, CodeItem]]
    settings: dict[tuple[str, str | None], Any]


_memory: _Memory | None = None


def choices(code_list: CodeList) -> list[tuple[str, str]]:
    """The codes that a form offers, in order, worded in the active language."""
    return [(item.code, _worded(item)) for item in _read().lists.get(code_list, {}).values() if item.active]


def label(code_list: CodeList, code: str) -> str:
    """The wording of a code in the active language, a retired one's too; the code itself when the list does not know it."""
    found = item(code_list, code)
    return _worded(found) if found else code


def item(code_list: CodeList, code: str) -> CodeItem | None:
    """The code with its demands (`evidence`, `wants_text`). Shared memory: do not change it."""
    return _read().lists.get(code_list, {}).get(code)


def setting(code: str, county_id: str | None = None, default: Any = None) -> Any:
    """The rule in force in the county, else the one of the whole province, else `default`."""
    settings = _read().settings
    if county_id and (code, county_id) in settings:
        return settings[code, county_id]
    return settings.get((code, None), default)


def is_priority_household(groups: Iterable[str]) -> bool:
    """脱贫人口及防返贫监测对象: whether one of the child's groups makes it count in the "of which" column."""
    return not PRIORITY_HOUSEHOLD.isdisjoint(groups)


def missing_evidence(demanded: list[list[str]], given: Iterable[str]) -> list[list[str]]:
    """The demands that none of the given kinds of evidence meets; each is a list of kinds of which one would do."""
    kinds = set(given)
    return [alternatives for alternatives in demanded if kinds.isdisjoint(alternatives)]


def name_evidence(demands: list[list[str]]) -> str:
    """Demands in words: "diagnosis or expert opinion; disability card"."""
    return _("; ").join(_(" or ").join(label(CodeList.EVIDENCE, kind) for kind in alternatives) for alternatives in demands)


def check_item(changed: CodeItem) -> None:
    """Raises BadRule for a stored code renamed, and for evidence that nobody can choose."""
    before = CodeItem.objects.filter(pk=changed.pk).first() if changed.pk else None
    if before and (before.list, before.code) != (changed.list, changed.code):
        raise BadRule(_("Recorded facts keep this code, so it cannot be renamed. Retire it and add another."))
    _check_evidence(changed.evidence)


def check_setting(changed: Setting) -> None:
    """Raises BadRule for a value of the wrong kind, and for a penalty without its legal basis."""
    if changed.code == "penalty_enabled" and changed.value is True and not changed.basis.strip():
        # National law knows no fine against parents: the order of the compulsory education law, article 58, is no penalty.
        raise BadRule(_("Name the local regulation that allows the penalty before switching it on."))
    known = setting(changed.code)
    if isinstance(known, bool) and not isinstance(changed.value, bool):
        raise BadRule(_("This rule is answered with true or false."))
    if isinstance(known, int) and not isinstance(known, bool):
        whole = isinstance(changed.value, int) and not isinstance(changed.value, bool)
        if not whole or changed.value < 1:
            raise BadRule(_("This rule is a whole number of at least 1."))


def invalidate() -> None:
    """Read everything again next time, in this process; the others follow within KEPT_FOR seconds."""
    global _memory
    _memory = None


def _read() -> _Memory:
    global _memory
    memory = _memory
    if memory is None or time.monotonic() - memory.read_at > KEPT_FOR:
        lists: dict[str, dict[str, CodeItem]] = {code_list.value: {} for code_list in LISTS}
        for found in CodeItem.objects.order_by("list", "position", "pk"):
            lists.setdefault(found.list, {})[found.code] = found
        rules = {(rule.code, rule.county_id): rule.value for rule in Setting.objects.all()}
        memory = _memory = _Memory(time.monotonic(), lists, rules)
    return memory


def _worded(found: CodeItem) -> str:
    return found.zh if (get_language() or "zh").startswith("zh") else found.en


def _check_evidence(demanded: object) -> None:
    if not isinstance(demanded, list) or not all(isinstance(alternatives, list) and alternatives for alternatives in demanded):
        raise BadRule(_("Evidence is a list of lists: of each inner list one kind must be there."))
    known = _read().lists.get(CodeList.EVIDENCE, {})
    unknown = sorted({str(kind) for alternatives in demanded for kind in alternatives} - set(known))
    if unknown:
        raise BadRule(_("Not a kind of evidence: %(kinds)s.") % {"kinds": ", ".join(unknown)})
