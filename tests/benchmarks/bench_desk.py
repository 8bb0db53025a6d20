"""What the supervisor's pages cost with a million tasks in the database, and that no large table is read from end to end. Run by `make bench`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.benchmarks.conftest import Table
from tests.benchmarks.province import make_province
from tests.benchmarks.stopwatch import Cost
from tests.cast import NOON
from workflows import bulk, bulkwork, policies
from workflows.models import Assignment, BulkAction

if TYPE_CHECKING:
    from cases.directory.models import User
    from tests.factories import Place

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("everybody")]

BIG = 50_000  # rows from which on a table is large
PAGES = {
    "desk": "/", "inbox": "/tasks/", "inbox, done": "/tasks/?tab=done", "queue": "/queue/", "queue, filtered": "/queue/?rung=2&age=7",
    "queue, followed": "/queue/?tab=followed", "queue, handled": "/queue/?tab=handled", "queue, requests": "/queue/?tab=requests",
    "cases": "/cases/", "cases, all": "/cases/?tab=all", "cases, overdue": "/cases/?late=1", "board": "/board/", "board, people": "/board/people/",
    "board, answers": "/board/answers/", "board, tasks": "/board/tasks/?when=late",
}  # fmt: skip
LOOKS, ROWS = 3, 10_000


def test_what_the_desk_costs_with_a_million_tasks(
    place: Place, county: User, prefecture: User, clock: Callable[[datetime], None], table: Table
) -> None:
    policies.invalidate()
    clock(NOON)
    make_province(place)
    big = large_tables()
    assert {"workflows_assignment", "workflows_deadline", "cases_case"} <= big
    table.section(f"the supervisor's pages with {Assignment.objects.count():,} tasks, over HTTP (median of {LOOKS})")
    read_whole: list[str] = []
    above = {name: url for name, url in PAGES.items() if name.startswith(("desk", "queue", "board"))}
    for user, pages in ((county, PAGES), (prefecture, above)):
        client = Client()
        client.force_login(user)
        client.get("/about/data/")
        for title, url in pages.items():
            of_a_county = user == county and title.startswith("board")  # above it, what was done of late is the shorter way
            with CaptureQueriesContext(connection) as said:
                assert client.get(url).status_code == 200
            scans = sorted({scan for query in said.captured_queries for scan in whole_scans(query["sql"], big, indexes=of_a_county)})
            read_whole += [f"{user}, {title}: {scan}" for scan in scans]
            cost = Cost()
            for _look in range(LOOKS):
                cost.take(lambda url=url, client=client: client.get(url))  # type: ignore[misc]  # the loop's value, bound now
            table.row(
                f"{user}: {title}",
                f"{cost.ms:.0f} ms",
                f"{cost.queries} queries",
                f"database {cost.driver_ms:.0f} ms",
                *(f"  reads all of {scan}" for scan in scans),
            )
    assert read_whole == []


def test_ten_thousand_rows_of_a_bulk_job(place: Place, county: User, clock: Callable[[datetime], None], table: Table) -> None:
    """One worker, every row with its own transaction, entry, message and result."""
    from tests.benchmarks.many import Many

    policies.invalidate()
    clock(NOON)
    Many(place, place.education, "county_officer").grow(ROWS + 1)
    tasks = Assignment.objects.filter(state="open").order_by("pk").values_list("pk", flat=True)[:ROWS]
    table.section("one thing done to ten thousand tasks")
    for action, more in (
        (BulkAction.REMIND, {}),
        (BulkAction.EXTEND, {"until": (NOON + timedelta(days=50)).date()}),
    ):
        cost, begun, job = Cost(), Cost(), None

        def start(action: Any = action, more: Any = more) -> None:
            nonlocal job
            job = bulk.start(action, tasks, note="请抓紧", by=county, now=NOON, submission=uuid4(), **more)

        begun.take(start)
        assert job is not None
        cost.take(lambda job=job: bulkwork.work(job.pk, 3600))  # type: ignore[misc]  # the loop's value, bound now
        found = bulk.progress(job)
        table.row(
            f"{action.value}, {found.done:,} done, {found.refused:,} refused",
            f"{cost.seconds[0]:.0f} s",
            f"{ROWS / cost.seconds[0]:.0f} rows/s",
            f"written down in {begun.seconds[0]:.1f} s",
        )
        assert found.left == 0


def large_tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples >= %s", [BIG])
        return {name for (name,) in cursor.fetchall()}


def whole_scans(sql: str, big: set[str], *, indexes: bool = False) -> list[str]:
    """Large tables that the statement's plan reads from end to end; `indexes`: or through an index that is asked for no unit, case or person."""
    if not re.match(r"\s*(SELECT|WITH)", sql, re.IGNORECASE):
        return []
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) " + sql)  # as it was sent, its values in place
        [(plan,)] = cursor.fetchall()
    found: list[str] = []

    def walk(node: dict[str, Any]) -> None:
        if node.get("Relation Name") in big and (node["Node Type"] == "Seq Scan" or (indexes and reads_whole_index(node))):
            found.append(node["Relation Name"])
        for below in node.get("Plans", []):
            walk(below)

    walk((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])
    return found


def reads_whole_index(node: dict[str, Any]) -> bool:
    """Whether an index is asked for a state, a day or nothing: then it leads through the whole province."""
    if node["Node Type"] not in {"Index Scan", "Index Only Scan", "Bitmap Heap Scan"}:
        return False
    asked: str = node.get("Index Cond") or node.get("Recheck Cond") or ""
    return not re.search(r"_id\b|\bid\b", asked)
