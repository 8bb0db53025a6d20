"""Hands on the keyboard: rows, dialogs, menus, and where one is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit

if TYPE_CHECKING:
    from cases.directory.models import User
    from tests.factories import Place

pytestmark = pytest.mark.django_db(transaction=True)

# A ring of at least two pixels around what has the focus, or around its visible face.
RING = """() => {
  const here = document.activeElement, faces = [here, here.nextElementSibling, here.parentElement].filter(Boolean);
  return faces.some(one => {
    const style = getComputedStyle(one);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== 'none';
  });
}"""
# Whether a bar that stays in place lies over the whole of it (WCAG 2.4.11); its visible face counts.
COVERED = """() => {
  const here = document.activeElement, box = here.getBoundingClientRect();
  const face = here.closest('label') || here;
  const seen = (x, y) => {
    const top = document.elementFromPoint(x, y);
    return top && (top.contains(here) || face.contains(top));
  };
  return ![0.1, 0.5, 0.9].some(part => seen(box.left + box.width / 2, box.top + box.height * part));
}"""
HERE = "() => document.activeElement.outerHTML.slice(0, 120)"


@pytest.fixture
def rows(place: Place, people: dict[str, User], noon: datetime, clock: Callable[[datetime], None]) -> None:
    from tests.workflows.desk import many_cases

    many_cases(place, people["teacher"], noon, 4)
    clock(noon + timedelta(hours=1))


def focused(page: Page, selector: str) -> bool:
    return bool(page.evaluate("selector => document.activeElement.matches(selector)", selector))


@pytest.mark.usefixtures("rows")
def test_j_and_k_walk_over_the_rows_and_enter_opens_one(visit: Visit) -> None:
    teacher = visit("teacher")
    page = teacher.page
    links = page.eval_on_selector_all(".kc-table__link", "links => links.map(link => link.getAttribute('href'))")
    here = "() => document.activeElement.getAttribute('href')"
    page.keyboard.press("j")
    assert page.evaluate(here) == links[0]
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.evaluate(here) == links[1]
    assert page.evaluate(RING)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{links[1]}")
    page.keyboard.press("/")
    assert focused(page, "[data-search]")


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.usefixtures("rows")
def test_everything_that_tab_reaches_shows_that_it_is_reached_and_lies_under_no_bar(visit: Visit, width: int) -> None:
    page = visit("teacher", width=width).page
    page.click(".kc-table__link >> nth=0")
    page.wait_for_selector("[name=visit_id]", state="attached")
    page.evaluate("document.activeElement.blur()")
    unseen, covered, seen = [], [], set()
    for _press in range(70):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if here.startswith("<body") or here in seen:
            continue
        seen.add(here)
        if not page.evaluate(RING):
            unseen.append(here)
        if page.evaluate(COVERED):
            covered.append(here)
    assert len(seen) > 30
    assert (unseen, covered) == ([], [])


@pytest.mark.usefixtures("rows")
def test_a_dialog_keeps_the_focus_and_gives_it_back(visit: Visit) -> None:
    principal = visit("principal")
    page = principal.page
    principal.go("/cases/")
    page.click(".kc-keys-open")
    assert page.is_visible("#kc-keys")
    for _press in range(6):
        page.keyboard.press("Tab")
        assert page.evaluate("() => document.activeElement === document.body || !!document.activeElement.closest('#kc-keys')"), page.evaluate(HERE)
    page.keyboard.press("Escape")
    assert page.is_hidden("#kc-keys")
    assert focused(page, ".kc-keys-open")


@pytest.mark.usefixtures("rows")
def test_a_menu_closes_with_escape_and_the_focus_stays_at_its_button(visit: Visit) -> None:
    page = visit("teacher").page
    page.focus(".kc-menu summary")
    page.keyboard.press("Enter")
    assert page.is_visible(".kc-menu__list")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert page.is_hidden(".kc-menu__list")
    assert focused(page, ".kc-menu summary")


@pytest.mark.usefixtures("rows")
def test_the_first_tab_offers_to_skip_to_the_content(visit: Visit) -> None:
    page = visit("teacher").page
    page.keyboard.press("Tab")
    assert focused(page, ".kc-skip")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("() => !!document.activeElement.closest('main')")
