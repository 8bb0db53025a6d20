"""A task on a phone of which nothing is heard, in the lists of whoever supervises."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cases.mobile.models import PhoneTask
from tests.cast import NOON
from tests.mobile.phone import Phone
from tests.workflows.desk import BUDGET, as_, many_cases
from workflows import escalation
from workflows.silence import listen

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case
    from tests.factories import Place

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everybody")]
LATER = NOON + timedelta(days=14)


@pytest.fixture(autouse=True)
def _noon(clock: Callable[[datetime], None]) -> None:
    clock(NOON)


@pytest.fixture
def raised(case: Case, place: Place, teacher: User, clock: Callable[[datetime], None]) -> Phone:
    """The phone took the case along, and then more were opened that it has never seen; two weeks later all of them were raised."""
    phone = Phone(teacher)
    phone.worklist()
    many_cases(place, teacher, NOON + timedelta(hours=1), 4)
    clock(LATER)
    while escalation.sweep():
        pass
    assert listen(LATER) == 1
    return phone


def test_the_queue_marks_what_lies_on_a_silent_phone_and_shows_it_alone(
    raised: Phone, case: Case, county: User, django_assert_max_num_queries: Any
) -> None:
    client = as_(county)
    client.get("/queue/")
    with django_assert_max_num_queries(BUDGET):
        page = client.get("/queue/")
    marked = [row.escalation.case for row in page.context["rows"] if row.escalation.silent_since]
    assert marked == [case]
    assert page.context["page"].paginator.count > 1
    assert [code for code, _words in page.context["form"].fields["phone"].choices] == ["", "silent"]

    with django_assert_max_num_queries(BUDGET):
        alone = client.get("/queue/", {"phone": "silent"})
    assert [row.escalation.case for row in alone.context["rows"]] == [case]
    assert alone.context["shown"] == 1


def test_the_desk_says_how_many_lie_on_silent_phones_and_marks_the_urgent(
    raised: Phone, case: Case, county: User, django_assert_max_num_queries: Any
) -> None:
    client = as_(county)
    client.get("/")
    with django_assert_max_num_queries(10):
        page = client.get("/")
    card = page.context["kpis"][-1]
    assert (card.value, card.url, card.tone) == (1, "/late-visits/#silent", "amber")
    assert {row.case for row, *_more in page.context["urgent"] if row.silent_since} <= {case}


def test_once_the_phone_is_heard_of_again_nothing_is_marked(raised: Phone, case: Case, county: User, stranger: User) -> None:
    assert as_(stranger).get("/").context["kpis"][-1].label == as_(county).get("/").context["kpis"][-2].label, (
        "another county's phones are not counted"
    )
    raised.worklist()
    assert not PhoneTask.objects.silent().exists()
    page = as_(county).get("/queue/")
    assert "phone" not in page.context["form"].fields
    assert not any(row.escalation.silent_since for row in page.context["rows"])
    assert "late-visits" not in as_(county).get("/").context["kpis"][-1].url
