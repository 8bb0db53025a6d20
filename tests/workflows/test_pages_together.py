"""Two browsers at the same moment, and what the content security policy forbids."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from cases.visits.models import HomeVisit
from tests.workflows.desk import as_, task, visit_post

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case

PAGES = (
    "/tasks/",
    "/cases/",
    "/cases/find/",
    "/queue/",
    "/tasks/{task}/",
    "/tasks/{task}/reassign/",
    "/cases/{case}/",
    "/cases/{case}/?tab=course",
    "/cases/{case}/?tab=journal",
    "/cases/{case}/sheet/",
    "/cases/{case}/supervise/extra/",
)
FORBIDDEN = re.compile(r"<[^>]+\s(style|on[a-z]+)=|<style|<script(?![^>]*\ssrc=)|javascript:", re.IGNORECASE)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("everybody")
def test_of_two_browsers_at_the_same_moment_one_wins_and_the_other_reads_who(
    case: Case, teacher: User, principal: User, noon: datetime, clock: Callable[[datetime], None]
) -> None:
    clock(noon)
    todo, together = task(case, "first_visit"), Barrier(2)

    def post(user: User) -> tuple[int, str]:
        try:
            client, said = as_(user), visit_post(noon, account=f"{user.username} 的记录")
            together.wait(timeout=20)
            answer = client.post(f"/tasks/{todo.pk}/", said)
            return answer.status_code, answer.content.decode()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(post, [teacher, principal]))

    assert sorted(status for status, _words in answers) == [302, 409]
    winner = HomeVisit.objects.get().visitor
    loser = principal if winner == teacher else teacher
    words = next(words for status, words in answers if status == 409)
    assert winner.name in words
    assert f"{loser.username} 的记录" in words


@pytest.mark.django_db
@pytest.mark.usefixtures("everybody")
@pytest.mark.parametrize("path", PAGES)
def test_no_page_needs_what_the_policy_forbids(path: str, case: Case, county: User, noon: datetime, clock: Callable[[datetime], None]) -> None:
    clock(noon)
    page = as_(county).get(path.format(task=task(case, "first_visit").pk, case=case.pk))
    assert page.status_code == 200
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert FORBIDDEN.search(page.content.decode()) is None
