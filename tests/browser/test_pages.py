"""Every main page at a desk and on a phone, in both languages: nothing that WCAG 2.2 A or AA forbids, nothing that the page's own policy
refuses, no error in the console, nothing wider than the screen, no word left in the other language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import polib
import pytest

from tests.browser import axe
from tests.browser.conftest import NAMES, Visit
from tests.browser.scene import Scene
from tests.browser.visitor import Visitor
from tests.workflows.roads import papers

if TYPE_CHECKING:
    from cases.directory.models import User
    from tests.factories import Place

pytestmark = pytest.mark.django_db(transaction=True)

CATALOGUE = Path(__file__).resolve().parents[2] / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
TABS = ("overview", "course", "visits", "plan", "documents", "supervision", "files", "journal")
# Names of formats, of licences and of people's accounts; the name of the other language stands in that language.
LATIN = {"english", "bpmn", "pdf", "jpg", "jpeg", "png", "excel", "xlsx", "csv", "wps", "mb", "cc", "by"} | {
    part
    for name in (*NAMES, "far")
    for part in name.split("-")  # the accounts, which the journal names
}


def of_the_teacher(scene: Scene) -> Iterator[str]:
    yield "/tasks/"
    yield "/tasks/?tab=done"
    yield f"/tasks/{scene.task('first_visit').pk}/"
    yield f"/tasks/{scene.task('village_check').pk}/"
    yield "/cases/"
    yield "/cases/?q=nobody"
    yield from (f"/cases/{scene.cases['spent'].pk}/?tab={tab}" for tab in TABS)
    yield from (f"/cases/{scene.cases['planned'].pk}/{page}/" for page in ("visits/new", "danger", "return", "sheet"))
    yield f"/visits/{scene.cases['endangered'].visits.get().pk}/"
    yield "/students/"
    yield f"/students/{scene.cases['planned'].student_id}/"
    yield "/report/"
    yield "/notifications/"
    yield "/notifications/preferences/"
    yield "/account/"
    yield "/account/password/"
    yield "/about/data/"


def of_the_principal(scene: Scene) -> Iterator[str]:
    yield from _of_the_school_s_month(scene)
    yield f"/tasks/{scene.task('conclude_verification').pk}/"
    yield f"/tasks/{scene.task('write_plan').pk}/"
    yield from (f"/cases/{scene.cases['planned'].pk}/{page}/" for page in ("deduction", "deferral"))
    yield f"/students/{scene.cases['planned'].student_id}/edit/"
    yield "/students/new/"
    yield from _of_phones(scene)


def _of_phones(scene: Scene) -> Iterator[str]:
    """A visit that came from a phone after the child had moved, and what the office does with paper."""
    from cases.visits.models import HomeVisit
    from cases.visits.receiving import Arrival, LateVisit

    visit = HomeVisit.objects.filter(visitor__username="teacher").latest("occurred_at")
    now = scene.now
    Arrival.objects.create(
        visit=visit, source="phone", received_at=now, said_at=now, clock_off=True, latitude="31.34567", longitude="110.74321", accuracy=12
    )
    late = LateVisit.objects.create(
        record=visit.pk, case=visit.case, visit=visit, visitor=visit.visitor, why="moved", occurred_at=now, received_at=now
    )
    yield from ("/late-visits/", late.get_absolute_url(), visit.get_absolute_url(), f"/visits/{visit.pk}/ask/", "/visits/paper/", "/my-visits/")
    case = scene.cases["looked"].pk
    yield from (f"/cases/{case}/visits/paper/", f"/cases/{case}/visits/typed/")


def of_the_township(scene: Scene) -> Iterator[str]:
    yield f"/tasks/{scene.task('village_check').pk}/"
    yield f"/tasks/{scene.task('joint_persuasion').pk}/"
    yield f"/tasks/{scene.task('township_persuasion').pk}/"
    yield f"/tasks/{scene.task('serve_order').pk}/"
    yield f"/documents/{scene.cases['spent'].documents.latest('pk').pk}/"


def of_the_department(scene: Scene) -> Iterator[str]:
    yield f"/tasks/{scene.task('department_help').pk}/"
    yield f"/cases/{scene.cases['planned'].pk}/"


def of_the_county(scene: Scene) -> Iterator[str]:
    from workflows.models import Escalation

    waiting = Escalation.objects.queue_of(scene.people["county"]).order_by("pk")
    yield "/"
    yield "/queue/"
    yield f"/queue/{waiting[0].pk}/"
    yield "/queue/?tab=handled"
    yield "/queue/?tab=requests"
    yield from ("/board/", "/board/people/", "/board/answers/?by=person", "/board/tasks/?when=open")
    yield from _of_many_at_once(scene)
    yield from _of_the_other_ledger(scene)
    yield "/cases/export/?tab=all"
    yield from (f"/tasks/{scene.task(step).pk}/" for step in ("approve_return", "approve_deduction", "approve_deferral"))
    yield f"/tasks/{scene.task('school_persuasion').pk}/reassign/"
    yield f"/cases/{scene.cases['planned'].pk}/supervise/extra/"
    yield f"/cases/{scene.cases['endangered'].pk}/"
    yield f"/ledger/?year={scene.now:%Y}&month={scene.now.month}"
    yield f"/ledger/cases/?year={scene.now:%Y}&month={scene.now.month}&column=still_out"
    yield "/ledger/?change=1&level=school"
    yield "/ledger/changes/"
    yield "/ledger/board/"
    yield from _of_the_month(scene)
    yield from _of_the_quarter(scene)
    yield from _between_counties(scene)
    yield "/people/"
    yield f"/people/{scene.people['teacher'].pk}/"
    yield f"/organisations/{scene.place.school.pk}/people/new/"
    yield "/people/import/"
    yield "/phone-files/new/"
    yield "/organisations/"
    yield f"/organisations/{scene.place.school.pk}/"


def _of_long_lists(scene: Scene) -> Iterator[str]:
    """One that waits, and one that is ready."""
    from cases.ledger import listing

    for ready in (False, True):
        wanted = listing.ask(
            scene.place.area, scene.now.year, scene.now.month, purpose="报送", full=False, total=1, by=scene.people["county"], now=scene.now,
            submission=uuid4(),
        )  # fmt: skip
        if ready:
            listing.work(wanted.pk)
        yield wanted.get_absolute_url()


def _of_the_school_s_month(scene: Scene) -> Iterator[str]:
    from cases.ledger.models import Report
    from cases.periodic.drawing import draw_up_unit
    from cases.periodic.periods import month_of

    draw_up_unit(scene.place.area, month_of(scene.now.year, scene.now.month), now=scene.now)
    report = Report.of_every_kind.filter(school=scene.place.school).latest("pk")
    yield from ("/periodic/", f"/periodic/{report.pk}/", f"/periodic/{report.pk}/sheet/")


def _of_the_quarter(scene: Scene) -> Iterator[str]:
    from cases.ledger.models import Report
    from cases.periodic.drawing import draw_up_unit
    from cases.periodic.periods import quarter_of

    draw_up_unit(scene.place.area, quarter_of(2026, 3), now=scene.now)
    report = Report.of_every_kind.get(kind="quarter", unit=scene.place.area)
    yield from ("/periodic/?kind=school", "/periodic/?kind=quarter", f"/periodic/{report.pk}/", f"/periodic/{report.pk}/sheet/")


def _of_the_month(scene: Scene) -> Iterator[str]:
    """The county's report of the month, its board, files and paper."""
    from cases.ledger.drawing import draw_up_month
    from cases.ledger.models import Report

    draw_up_month(scene.now.year, scene.now.month, now=scene.now)
    report = Report.objects.get(unit=scene.place.area)
    yield from ("/ledger/reports/", f"/ledger/reports/{report.pk}/", f"/ledger/reports/{report.pk}/names/", "/ledger/sheet/", "/ledger/names/")
    yield from _of_long_lists(scene)


def _between_counties(scene: Scene) -> Iterator[str]:
    """A child offered to us and one whom another county looks for here, one that we give away, and a draw."""
    from cases.spotchecks.models import Draw
    from cases.transfers.inquiries import ask
    from cases.transfers.services import offer
    from workflows.models import Assignment

    case, county, now = scene.cases["helped"], scene.people["county"], scene.now
    far, theirs, officer = scene.next_door()
    given = offer(case, reason="family_moved", to_place=far.township_area, evidence=papers("other_proof"), by=county, now=now)
    taken = offer(
        theirs, reason="school_changed", to_place=scene.place.township_area, to_school=scene.place.school, evidence=papers("roll_screenshot"),
        by=officer, now=now,
    )  # fmt: skip
    asked = ask(theirs, to_county=scene.place.area, believed_at="古夫镇亲戚家", question="请协助核实", by=officer, now=now)
    draw = Draw.objects.create(county=scene.place.area, year=2026, quarter=3, seed="0f3c", share=10, candidates=[1, 2], drawn_at=now)
    yield from (f"/cases/{case.pk}/transfer/", f"/cases/{case.pk}/transfer/?county={far.area.pk}", f"/cases/{case.pk}/school/")
    yield from (f"/cases/{case.pk}/inquiry/?county={far.area.pk}", f"/cases/{case.pk}/?tab=units", "/transfers/", "/transfers/?tab=help")
    yield from (given.get_absolute_url(), taken.get_absolute_url(), asked.get_absolute_url(), "/spot-checks/", draw.get_absolute_url())
    yield from (f"/tasks/{pk}/" for pk in Assignment.objects.filter(case=theirs, step__startswith="answer_").values_list("pk", flat=True))


def _of_the_other_ledger(scene: Scene) -> Iterator[str]:
    """A list of the school-roll system in each of its states, and a difference."""
    from cases.rosters.models import Discrepancy, Roster
    from workflows.models import Assignment

    county, case = scene.people["county"], scene.cases["planned"]
    more = {"county": scene.place.area, "organisation": scene.place.education, "taken_on": scene.now.date(), "brought_by": county}
    states = ("refused", "discarded", "reading", "read", "compared")
    rosters = [Roster.objects.create(**more, digest=state, state=state, brought_at=scene.now, compared_at=scene.now) for state in states]
    Roster.objects.filter(state="refused").update(faults=[[3, "D", "出生日期", "不是日期"]], fault_count=1)
    found = Discrepancy.objects.create(
        county=scene.place.area, school=scene.place.school, kind="missing_there", key=f"c{case.pk}", case=case, found_in=rosters[-1],
        seen_in=rosters[-1], organisation=scene.place.school, ours="still_out",
    )  # fmt: skip
    yield from ("/rosters/", "/rosters/?state=late", "/rosters/units/", "/rosters/lists/", "/rosters/new/", "/rosters/entries/")
    yield from (roster.get_absolute_url() for roster in rosters)
    yield from (found.get_absolute_url(), f"/cases/{case.pk}/school-roll/", "/rosters/export/")
    yield from (f"/tasks/{pk}/" for pk in Assignment.objects.filter(step="answer_finding").values_list("pk", flat=True))


def _of_many_at_once(scene: Scene) -> Iterator[str]:
    """A bulk job that came to its end with something refused, and a saved filter."""
    from uuid import uuid4

    from workflows import bulk, bulkwork, savedfilters
    from workflows.models import Assignment, BulkAction, Listing

    county, tasks = scene.people["county"], Assignment.objects.filter(state="open", organisation__isnull=False).values_list("pk", flat=True)[:3]
    job = bulk.start(BulkAction.EXTEND, tasks, note="请按新期限办理", until=scene.now.date(), by=county, now=scene.now, submission=uuid4())
    bulkwork.work(job.pk)
    saved = savedfilters.save(Listing.QUEUE, name="二级督办", said={"rung": "2"}, default=False, by=county)
    yield from ("/bulk/", f"/bulk/{job.pk}/", "/filters/", f"/filters/{saved.pk}/", "/queue/?rung=2", "/queue/?rung=3")


def of_the_conference(scene: Scene) -> Iterator[str]:
    yield "/orders/?tab=all"
    yield f"/orders/{scene.order.pk}/"
    yield f"/tasks/{scene.task('decide_on_answer').pk}/"
    yield f"/cases/{scene.order.case_id}/?tab=supervision"
    yield f"/cases/{scene.cases['planned'].pk}/orders/new/"
    yield "/conference/"
    yield f"/conference/{scene.item.pk}/"


def of_the_inspector(scene: Scene) -> Iterator[str]:
    yield "/inspections/"
    yield "/inspections/new/"
    yield f"/inspections/{scene.finding.pk}/"


def of_the_auditor(scene: Scene) -> Iterator[str]:
    yield "/journal/"
    yield "/ledger/proof/"


def of_the_administrator(scene: Scene) -> Iterator[str]:
    yield "/admin/"
    yield "/admin/cases/codeitem/"
    yield "/admin/cases/setting/"
    yield "/admin/cases/setting/add/"


def of_nobody(scene: Scene) -> Iterator[str]:
    yield "/login/"


TOUR: dict[str, Callable[[Scene], Iterator[str]]] = {
    "": of_nobody,
    "teacher": of_the_teacher,
    "principal": of_the_principal,
    "township": of_the_township,
    "civil-affairs": of_the_department,
    "county": of_the_county,
    "conference": of_the_conference,
    "inspector": of_the_inspector,
    "auditor": of_the_auditor,
    "admin": of_the_administrator,
}


@pytest.fixture
def scene(place: Place, people: dict[str, User], clock: Callable[[datetime], None]) -> Scene:
    return Scene(place, people, clock)


def walk(scene: Scene, visit: Visit, *, width: int, language: str, look: Callable[[Visitor], list[str]]) -> None:
    """Everybody opens their pages; all faults of all pages are told at once."""
    faults = {}
    for username, pages in TOUR.items():
        visitor: Visitor = visit(username, width=width, language=language)
        for address in pages(scene):
            visitor.go(address)
            if visitor.page.query_selector("a[data-preview]") and width > 1100:
                visitor.page.wait_for_selector("[data-preview-part]")
            found = visitor.faults()
            visitor.unroll()
            if found := found + look(visitor):
                faults[f"{username or 'nobody'} {address}"] = found
    assert not faults, "\n".join(f"{page}: {one}" for page, found in faults.items() for one in found)


def english_left(visitor: Visitor) -> list[str]:
    """English words on a Chinese page; the list of codes shows both languages side by side."""
    if visitor.path == "/admin/cases/codeitem/":
        return []
    words = re.findall(r"(?<![\w./@-])[A-Za-z]{2,}(?![\w/@-]|\.\w)", visitor.words())
    left = {word for word in words if word.lower() not in LATIN}
    return [f"English: {', '.join(sorted(left))}"] if left else []


def chinese_left() -> Callable[[Visitor], list[str]]:
    """Chinese of the catalogue on an English page. Names and the official lists' own words are Chinese and may be."""
    known = {line for entry in polib.pofile(str(CATALOGUE)) if not entry.obsolete for line in [entry.msgstr.strip()] if re.search("[一-鿿]{2}", line)}

    def look(visitor: Visitor) -> list[str]:
        if visitor.path.startswith("/periodic/") and visitor.path.endswith("/sheet/"):
            return []  # the paper is official, and Chinese whoever reads it
        left = {line.strip() for line in visitor.words().splitlines()} & known
        return [f"Chinese: {', '.join(sorted(left))}"] if left else []

    return look


@pytest.mark.parametrize("width", [1440, 390])
def test_a_chinese_page_is_whole_and_for_everybody(scene: Scene, visit: Visit, width: int) -> None:
    walk(scene, visit, width=width, language="zh-hans", look=lambda visitor: english_left(visitor) + axe.violations(visitor.page))


def test_an_english_page_is_whole(scene: Scene, visit: Visit) -> None:
    walk(scene, visit, width=1440, language="en", look=chinese_left())
