"""A county officer in front of what is overdue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Visit

if TYPE_CHECKING:
    from cases.register.models import Case
    from tests.factories import Place

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def overdue(case: Case, people: dict[str, object], clock: Callable[[datetime], None], noon: datetime) -> None:
    """Nobody did anything for two weeks."""
    from workflows import escalation

    clock(noon + timedelta(days=14))
    while escalation.sweep():
        pass


@pytest.fixture
def five_hundred(overdue: None, place: Place) -> None:
    """And before this post lie as many more as one person ever gets."""
    from tests.benchmarks.many import Many

    Many(place, place.education, "county_officer").grow(500)


@pytest.mark.usefixtures("five_hundred")
def test_the_first_decision_is_three_clicks_from_the_log_in(visit: Visit) -> None:
    from workflows.models import Escalation

    county = visit("county")
    page, waiting = county.page, Escalation.objects.filter(handled_at=None).count()
    assert waiting >= 500
    page.click(".kc-side a[href='/queue/']")  # 1
    page.click("[data-preview-part] .kc-tile:has([value=remind])")  # 2: the first row is open already
    page.keyboard.press("Tab")
    page.fill("[data-preview-part] [name=note]", "请今天内完成家访。")
    page.click("[data-preview-part] [type=submit]")  # 3
    page.wait_for_selector(".kc-messages .kc-note--green")
    assert county.path == "/queue/"
    handled = Escalation.objects.get(handled_by__username="county")
    assert handled.decision == "reminded"
    assert Escalation.objects.filter(handled_at=None).count() < waiting
    assert county.faults() == []


@pytest.mark.usefixtures("overdue")
def test_a_narrow_screen_opens_the_escalation_as_a_page(visit: Visit) -> None:
    county = visit("county", width=390, has_touch=True, is_mobile=True)
    county.go("/queue/")
    county.page.tap("a[data-preview] >> nth=0")
    county.page.wait_for_selector("form[data-choice]")
    assert county.path.startswith("/queue/")
    assert county.path != "/queue/"
