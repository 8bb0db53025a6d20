"""axe-core in a page, through the browser's debugger, so that the page's own policy stays as strict as it is."""

from pathlib import Path
from typing import Any

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What fades in is looked at as it ends, and all that passed is not listed: to write it down and send it over takes most of the time.
RUN = """async rules => {
  for (const moving of document.getAnimations()) { try { moving.finish(); } catch { /* it never ends */ } }
  const found = await axe.run(document, {runOnly: rules, preload: false, resultTypes: ['violations'], reporter: 'no-passes'});
  return found.violations.map(rule => rule.id + ': ' + rule.nodes.slice(0, 5).map(node => String(node.target[0])).join(', '));
}"""


def violations(page: Any) -> list[str]:
    """What WCAG 2.2 A and AA forbid on this Playwright page: one line a rule, with the first elements."""
    page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN, RULES)
    return found
