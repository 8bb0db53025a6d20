"""Words that people read go through the names of gettext that the extraction knows; under another name they never reach the catalogue."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KNOWN = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}


def other_names(tree: ast.AST) -> list[str]:
    """The names under which a module keeps a function of gettext and which the extraction does not know."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            found += [name.asname for name in node.names if name.asname and name.name in KNOWN and name.asname not in KNOWN]
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id in KNOWN:
            found += [target.id for target in node.targets if isinstance(target, ast.Name) and target.id not in KNOWN]
    return found


def test_no_module_calls_gettext_by_a_name_that_the_extraction_does_not_know() -> None:
    sources = [path for room in ("project", "cases", "workflows", "notifications") for path in (ROOT / room).rglob("*.py")]
    faults = {str(path.relative_to(ROOT)): names for path in sources if (names := other_names(ast.parse(path.read_text(encoding="utf-8"))))}
    assert not faults


def test_another_name_is_found() -> None:
    assert other_names(ast.parse("from django.utils.translation import gettext_lazy\n_l = gettext_lazy")) == ["_l"]
    assert other_names(ast.parse("from django.utils.translation import gettext as words")) == ["words"]
