"""axe-core in a page, through the browser's debugger, so that the page's own policy stays as strict as it is."""

from pathlib import Path
from typing import Any

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def violations(page: Any) -> list[str]:
    """What WCAG 2.2 A and AA forbid on this Playwright page: one line a rule, with the first elements."""
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules, preload: false})", RULES)
    return [f"{rule['id']}: {', '.join(str(node['target'][0]) for node in rule['nodes'][:5])}" for rule in found["violations"]]
