"""Whether every closed month is still as it was closed. Whoever changed one is found, and the month named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Max
from django.utils.translation import gettext as _

from cases.directory.models import Area
from cases.journal.models import Entry
from cases.journal.verbs import Verb
from cases.ledger import checking, seals
from cases.ledger.freeze import GROUPS, digest
from cases.ledger.models import Act, Closure, Edition, Line, LineKind, Report, ReportAct, ReportKind, ReportName, ReportState

if TYPE_CHECKING:
    from collections.abc import Iterable


TOGETHER = 1000  # periodic reports looked at together


@dataclass(frozen=True)
class Fault:
    """Where the ledger does not hold: the county and month, and what is wrong there."""

    unit: str
    month: str
    what: str

    def __str__(self) -> str:
        return f"{self.month} {self.unit}: {self.what}".strip()


def verify() -> list[Fault]:
    """Every place where the closed months do not hold; empty when nobody touched them. A handful of queries a closed month."""
    return [*_chains(), *_without_closure(), *_periodic(), *_table_of_today()]


def _chains() -> Iterator[Fault]:
    before: dict[str, Closure] = {}
    rows = Closure.objects.select_related("report__unit", "edition__report").order_by("pk")
    newest = dict(
        Edition.objects.filter(report__kind=ReportKind.LEDGER)
        .order_by()
        .values("report_id")
        .annotate(last=Max("number"))
        .values_list("report_id", "last")
    )
    said = dict(Entry.objects.filter(verb=Verb.REPORT_ACCEPTED).values_list("data__report", "data__digest"))
    for closure in rows.iterator(chunk_size=200):
        report, previous = closure.report, before.get(closure.report.unit_id)
        if closure.previous_id != (previous.pk if previous else None):
            yield _fault(report, _("the closed month before this one is missing"))
        if digest(closure.edition, previous.digest if previous else "") != closure.digest:
            yield _fault(report, _("the closed month was changed"))
        if said.get(report.pk) != closure.digest:
            yield _fault(report, _("the journal does not confirm how this month was closed"))
        if report.state != ReportState.ACCEPTED:
            yield _fault(report, _("the month is closed, but its report is not accepted"))
        if newest.get(report.pk) != closure.edition.number:
            yield _fault(report, _("an edition was added after the month was closed"))
        for what in _names_against_numbers(closure.edition):
            yield _fault(report, what)
        before[report.unit_id] = closure


def _periodic() -> Iterator[Fault]:
    """The periodic reports that have arrived: their figures, what people added, and the journal say what was sealed. Four queries a thousand."""
    arrived = Report.of_every_kind.exclude(kind=ReportKind.LEDGER).filter(closed_at__isnull=False).order_by("pk").values_list("pk", flat=True)
    pks = list(arrived)
    for start in range(0, len(pks), TOGETHER):
        some = pks[start : start + TOGETHER]
        reports = Report.of_every_kind.filter(pk__in=some).select_related("unit").order_by("pk")
        editions = {edition.report_id: edition for edition in Edition.objects.filter(report__in=some).order_by("number")}
        acts = list(ReportAct.objects.filter(report__in=some, act__in=(Act.COMPILED, Act.FILED, Act.ENDORSED)).order_by("pk"))
        added = {act.report_id: act for act in acts if act.act != Act.ENDORSED}
        last = {act.report_id: act for act in acts}
        told = Entry.objects.filter(verb__in=(Verb.REPORT_FILED, Verb.REPORT_SIGNED), data__report__in=some)
        said = dict(told.order_by("pk").values_list("data__report", "data__digest"))
        for report in reports:
            yield from _seals(report, editions.get(report.pk), added.get(report.pk), last.get(report.pk), said.get(report.pk))


def _seals(report: Report, edition: Edition | None, added: ReportAct | None, last: ReportAct | None, told: str | None) -> Iterator[Fault]:
    if edition is None or added is None or last is None:
        yield _fault(report, _("a part of the periodic report is missing"))
        return
    if seals.of_figures(report.number, edition.number, edition.figures) != edition.digest:
        yield _fault(report, _("the figures of the periodic report were changed"))
    if seals.of_all(report.number, edition.digest, added.said, added.note) != last.digest:
        yield _fault(report, _("what was added to the periodic report was changed"))
    if told != last.digest:
        yield _fault(report, _("the journal does not confirm how the periodic report was sealed"))


def _names_against_numbers(edition: Edition) -> Iterator[str]:
    """The total line, the townships and the schools say the same, and the names bear it out."""
    totals: dict[str, Counter[str]] = {kind: Counter() for kind in LineKind.values}
    for line in Line.objects.filter(edition=edition):
        totals[line.kind].update({group: getattr(line, group) for group in GROUPS})
    for kind in (LineKind.TOWNSHIP, LineKind.SCHOOL):
        if totals[kind] != totals[LineKind.COUNTY]:
            yield _("the lines below do not add up to the total")
    if edition.rules.get("relapse_counts_again"):
        return  # then a child may stand in two lines, and in the list of names once
    named = Counter(ReportName.objects.filter(edition=edition).values_list("column", flat=True))
    if any(named[group] != totals[LineKind.COUNTY][group] for group in GROUPS if group != "on_ledger"):
        yield _("the list of names does not bear out the numbers")


def _without_closure() -> Iterator[Fault]:
    for report in Report.objects.filter(state=ReportState.ACCEPTED, closure=None).select_related("unit"):
        yield _fault(report, _("the report is accepted, but how its month was closed is missing"))
    accepted = set(Entry.objects.filter(verb=Verb.REPORT_ACCEPTED).values_list("data__report", flat=True))
    closed = set(Closure.objects.values_list("report_id", flat=True))
    for missing in sorted(accepted - closed):
        report = Report.objects.filter(pk=missing).select_related("unit").first()
        what = _("the journal says that the month was closed, but its closing is missing")
        yield _fault(report, what) if report else Fault("", "", what)


def _table_of_today() -> Iterable[Fault]:
    """The derived rows from which months are counted, against the facts (cases.ledger.checking)."""
    for case in checking.differences():
        yield Fault("", "", _("what is counted of case %(case)s is not what its facts say") % {"case": case})


def _fault(report: Report, what: str) -> Fault:
    unit: Area = report.unit
    return Fault(unit.name, f"{report.year}-{report.month:02}", what)
