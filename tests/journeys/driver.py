"""Tells the story of one case over HTTP: who does what, on which day, and what the ledger shows then."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.timezone import localdate

from cases.ledger.figures import Level, Within, figures
from cases.register.models import Case
from tests.cast import SHANGHAI
from tests.journeys.browser import Browser, Page
from tests.workflows.roads import steps
from workflows.models import Assignment, AssignmentState
from workflows.sweeping import sweep_all

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Student

Said = dict[str, Any]  # what somebody fills in, by the names of the fields

START = datetime(2026, 10, 14, 10, tzinfo=SHANGHAI)  # a Wednesday in the autumn term
LAST_AT_SCHOOL = date(2026, 9, 11)  # the 33rd day of absence is the START

VISIT: Said = {
    "met": ["child", "father"],
    "whereabouts": "at_home",
    "reason": "tired_of_school",
    "outcome": "hesitant",
    "account": "孩子在家，不愿上学。",
}


class Story:
    """Whoever acts does so in a browser of their own; nothing here calls a service."""

    case: Case

    def __init__(self, clock: Callable[[datetime], None], county: User) -> None:
        self._clock, self._county = clock, county
        self._browsers: dict[int, Browser] = {}
        self.at(START)

    # ── time

    def at(self, moment: datetime) -> None:
        self.moment = moment
        self._clock(moment)

    def later(self, **distance: float) -> None:
        """Some time passes, and nobody looks at the clock: `later(days=3)`."""
        self.at(self.moment + timedelta(**distance))

    def on(self, day: date) -> None:
        """Ten in the morning of a day."""
        self.at(datetime.combine(day, time(10), SHANGHAI))

    @property
    def today(self) -> date:
        return localdate(self.moment)

    def time_does_its_work(self) -> int:
        """The sweepers come by."""
        return sweep_all()

    def days_ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def day_after_return(self, days: int) -> date:
        back_since = self.case.back_since
        assert back_since is not None
        return back_since + timedelta(days=days)

    # ── people

    def browser(self, user: User) -> Browser:
        return self._browsers.setdefault(user.pk, Browser(user))

    def open(self, user: User, address: str, *, status: int = 200) -> Page:
        return self.browser(user).open(address, status=status)

    def report(self, user: User, student: Student, *, last_attended_on: date | None = LAST_AT_SCHOOL, **said: Any) -> Case:
        """Somebody notices that the child is missing: found in the list, reported on its page."""
        browser = self.browser(user)
        page = browser.follow(browser.open(reverse("report")), reverse("report-student", args=[student.pk]))
        words = {"channel": "attendance", "reason": "tired_of_school", "note": "电话无人接听"} | said
        if last_attended_on:
            words["last_attended_on"] = last_attended_on
        after = browser.submit(page, page.form.fill(**words))
        self.case = Case.objects.get(student=student)
        assert after.address == self.case.get_absolute_url()
        assert self.case.number in after.text
        return self.case

    def does(self, user: User, step: str, /, *, stays_open: bool = False, **said: Any) -> Page:
        """Somebody finds a task in the inbox, opens it, fills in its form and submits it."""
        task = self.task(step, user)
        address = reverse("task", args=[task.pk])
        browser = self.browser(user)
        inbox = browser.open(reverse("inbox"))
        page = browser.follow(inbox, address) if task.holder_id in {None, user.pk} else browser.open(address)
        after = browser.submit(page, page.form.fill(**said))
        task.refresh_from_db()
        assert task.state == (AssignmentState.OPEN if stays_open else AssignmentState.DONE), f"{step} is {task.state}: {after.problems}"
        self.case.refresh_from_db()
        return after

    def is_refused(self, user: User, step: str, /, *, status: int = 422, **said: Any) -> Page:
        """The form of a task comes back with words."""
        browser = self.browser(user)
        page = browser.open(reverse("task", args=[self.task(step, user).pk]))
        return browser.submit(page, page.form.fill(**said), status=status)

    def visits(self, user: User, step: str, /, **said: Any) -> Page:
        return self.does(user, step, **VISIT | said)

    def acts(self, user: User, name: str, /, *more: str, status: int = 200, **said: Any) -> Page:
        """Something beside the tasks, found in the menu of the case page."""
        browser = self.browser(user)
        page = browser.follow(self.page(user), reverse(name, args=[self.case.pk, *more]))
        after = browser.submit(page, page.form.fill(**said), status=status)
        self.case.refresh_from_db()
        return after

    def orders(self, user: User, task: str, how: str, /, *, status: int = 200, **said: Any) -> Page:
        """A supervisor does something to a task, from the task's page."""
        browser, pk = self.browser(user), self.task(task).pk
        page = browser.follow(browser.open(reverse("task", args=[pk])), reverse("task-supervise", args=[pk, how]))
        after = browser.submit(page, page.form.fill(**said), status=status)
        self.case.refresh_from_db()
        return after

    # ── where it stands

    def task(self, step: str, user: User | None = None) -> Assignment:
        """The open task of a step; where there are several, the one that lies at the user's own post."""
        rows = self.open_tasks(step)
        if user is not None and len(rows) > 1:
            posts = {(post.organisation_id, post.role) for post in user.posts()}
            rows = [row for row in rows if (row.organisation_id, row.role) in posts]
        assert len(rows) == 1, f"{len(rows)} open tasks {step}; open are {self.waiting}"
        return rows[0]

    def open_tasks(self, step: str) -> list[Assignment]:
        return list(Assignment.objects.filter(case=self.case, step=step, state=AssignmentState.OPEN))

    def address(self, step: str) -> str:
        return reverse("task", args=[self.task(step).pk])

    @property
    def waiting(self) -> dict[str, str]:
        """The open tasks and who holds them."""
        return steps(self.case)

    def page(self, user: User, tab: str = "") -> Page:
        return self.open(user, self.case.get_absolute_url() + (f"?tab={tab}" if tab else ""))

    def ledger(self, year: int | None = None, month: int | None = None) -> dict[str, int]:
        """The columns in which the county's ledger counts somebody, as its page shows them and as the figures say.

        Every number leads to the case behind it, and the line of the child's township says what the line of totals says.
        """
        year, month = year or self.today.year, month or self.today.month
        page = self.open(self._county, f"{reverse('ledger')}?year={year}&month={month}")
        total, *lines = page.context["rows"]
        shown = {cell["column"].value: cell["total"] for cell in total["cells"] if cell["total"]}
        place = next(line for line in lines if any(cell["total"] for cell in line["cells"])) if shown else total
        assert {cell["column"].value: cell["total"] for cell in place["cells"] if cell["total"]} == shown
        for cell in total["cells"]:
            assert bool(cell["url"]) == bool(cell["total"])
            if cell["url"]:
                assert self.case.number in self.open(self._county, cell["url"]).text
        end = date(year, month, calendar.monthrange(year, month)[1])
        counted = figures(year, end, within=Within(county=self.case.county_id), level=Level.TOWNSHIP)[0]
        assert {column.value: pair.total for column, pair in counted.groups() if pair.total} == shown
        return shown


def weekdays(start: date, count: int) -> list[date]:
    """So many school days from a day on, that day included."""
    days = (start + timedelta(days=n) for n in range(count * 2 + 4))
    return [day for day in days if day.weekday() < 5][:count]
