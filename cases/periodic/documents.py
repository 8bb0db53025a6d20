"""A periodic report as a paper: the same sections for the page, the printer, the workbook and the text file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cases.codes.models import CodeList
from cases.codes.services import label
from cases.ledger.models import ReportKind
from cases.ledger.terms import Column
from cases.ledger.words import column_name
from cases.periodic.content import QUESTIONS, Answer, asks_for_opening, is_nothing
from cases.periodic.words import group_names, name_of, period_name, title_of, work_names

if TYPE_CHECKING:
    from cases.ledger.models import Edition, Report, ReportAct

Cell = str | int
OUTCOMES = {Column.RETURNED: CodeList.PLACEMENT, Column.DEDUCTED: CodeList.GROUND, Column.DEFERRED: CodeList.DEFERRAL_GROUND}
DEDUCTED, ON_LEDGER = 6, 2  # where the totals of these groups stand in a line [key, name, …]


@dataclass(frozen=True)
class Section:
    """A heading with a table, or with words; `whole` says that the first row is the sum of the others."""

    heading: str
    head: Sequence[str] = ()
    rows: Sequence[Sequence[Cell]] = ()
    words: Sequence[str] = ()
    note: str = ""
    whole: bool = False

    @property
    def pairs(self) -> bool:
        """A few numbers with their names, rather than a table."""
        return not self.head and bool(self.rows)


@dataclass(frozen=True)
class Paper:
    title: str
    unit: str
    period: str
    remark: str  # from when to when, and as known when
    sections: list[Section] = field(default_factory=list)


def paper_of(report: Report, edition: Edition, added: ReportAct | None, *, checks: dict[str, int] | None = None) -> Paper:
    """All that the report says, in the active language. `checks` are the re-checks of the quarter by now, where nobody has compiled yet."""
    figures, said = edition.figures, dict(added.said) if added else {}
    said.setdefault("checks", checks or {})
    remark = _("Counted from %(since)s to %(until)s, as known on %(moment)s.") % {
        "since": _day(figures["since"]),
        "until": _day(figures["until"]),
        "moment": date_format(timezone.localtime(edition.cut_off), "DATETIME_FORMAT"),
    }
    sections = {
        ReportKind.SCHOOL: _school,
        ReportKind.QUARTER: _quarter,
        ReportKind.TERM: _term,
        ReportKind.YEAR: _year,
    }[ReportKind(report.kind)](figures, said, added.note if added else "")
    return Paper(title_of(report.kind), name_of(report), period_name(report.kind, report.year, report.month), remark, sections)


def _school(figures: dict[str, Any], said: dict[str, Any], note: str) -> list[Section]:
    sections = [_work(_("The month in numbers"), figures)]
    if "compared" in said:
        sections.append(Section(_("Declared by the school"), rows=[(str(words), str(Answer(said[key]).label)) for key, words in QUESTIONS.items()]))
        counted = [(_("pupils on the roll"), said.get("on_roll")), (pgettext("periodic report", "of them present"), said.get("present"))]
        if any(number is not None for _words, number in counted):
            sections.append(Section(_("Pupils"), rows=[(words, number) for words, number in counted if number is not None]))
        sections.append(Section(pgettext("periodic report", "What was done"), words=[note or _("Nothing to report (zero report).")]))
    elif is_nothing(figures):
        sections.append(
            Section(pgettext("periodic report", "What was done"), words=[_("The figures leave nothing to explain: a zero report may be sent.")])
        )
    return sections


def _quarter(figures: dict[str, Any], said: dict[str, Any], note: str) -> list[Section]:
    table = figures["table"]
    sections = [
        _table(_("The ledger at the end of the quarter"), _("township"), table, before=figures["before"]),
        _work(_("The quarter's work"), figures),
    ]
    outcomes = [(column_name(Column(outcome)), number) for outcome, number in figures["cleared"].items()]
    sections.append(Section(_("Cases cleared in the quarter"), rows=outcomes or [(_("cleared"), 0)]))
    if said["checks"]:
        sections.append(Section(_("Re-checked by another unit, drawn at random"), rows=_checked(said["checks"])))
    roll, schools = figures["roll"], figures["schools"]
    sections.append(
        Section(
            _("Agreement with the school-roll system"),
            rows=[
                (_("differences found"), roll["found"]),
                (pgettext("periodic report", "settled"), roll["settled"]),
                (_("still open"), roll["open"]),
            ],
        )
    )
    sections.append(Section(_("Monthly reports of the schools"), rows=_sent(schools)))
    if asks_for_opening(figures) and "opening_schools" in said:
        rows: list[tuple[Cell, ...]] = [(_("schools visited"), said["opening_schools"])]
        sections += [Section(_("Visit of the schools at the opening of the term"), rows=rows), Section("", words=[said["opening_account"]])]
    return [*sections, *_findings(said, note)]


def _term(figures: dict[str, Any], said: dict[str, Any], note: str) -> list[Section]:
    return [
        _table(_("The ledger at the end of the term"), _("county"), figures["table"]),
        _work(_("The term's work"), figures),
        _lines(_("The work of each county"), _("county"), figures),
        _checks(_("county"), figures),
        Section(_("Quarterly reviews of the counties"), rows=_sent(figures["reviews"])),
        *_findings(said, note),
    ]


def _year(figures: dict[str, Any], said: dict[str, Any], note: str) -> list[Section]:
    unit = pgettext("periodic report", "unit")
    groups = group_names()[::2]
    trend = [(f"{year}-{month:02}", *numbers) for year, month, *numbers in figures["trend"]]
    causes = [(label(CodeList.REASON, code) if code else _("not known"), number, out) for code, number, out in figures["causes"]]
    outcomes = [
        (column_name(Column(column)), label(OUTCOMES[Column(column)], code) if code else _("not known"), number)
        for column, code, number in figures["outcomes"]
    ]
    new_year = _("The ledger of the calendar year that ended within the school year")
    return [
        _table(_("The ledger of this calendar year at the end of the school year"), unit, figures["table"]),
        _table(new_year, unit, figures["before"]),
        _work(_("The school year's work"), figures),
        _lines(_("The work of each unit"), unit, figures),
        Section(_("Month by month"), (_("month"), *groups), trend, note=_("Counting begins anew in January (note 1 of the ledger's table).")),
        Section(_("Why children left"), (_("cause"), _("children"), column_name(Column.STILL_OUT)), causes),
        Section(_("What became of them"), (pgettext("periodic report", "outcome"), _("way"), _("children")), outcomes),
        _rates(unit, figures),
        _checks(unit, figures),
        Section(_("Term surveys of the prefectures"), rows=_sent(figures["surveys"])),
        *_findings(said, note),
    ]


def _work(heading: str, figures: dict[str, Any]) -> Section:
    return Section(heading, rows=[(words, figures["work"][name]) for name, words in work_names().items()])


def _table(heading: str, place: str, table: list[list[Any]], *, before: list[Any] | None = None) -> Section:
    """A ledger's table; with the whole of the time before, the change since."""
    rows = [[_name(line), *line[2:]] for line in table if line[0] != "-" or any(line[2:])]
    note = ""
    if before:
        change = [now - then for now, then in zip(table[0][2:], before[2:], strict=True)]
        said = [f"{words} {number:+d}" if number else f"{words} 0" for words, number in zip(group_names()[::2], change[::2], strict=True)]
        note = _("Since the end of the quarter before: %(change)s.") % {"change": _(", ").join(said)}
    return Section(heading, (place, *group_names()), rows, note=note, whole=True)


def _lines(heading: str, place: str, figures: dict[str, Any]) -> Section:
    names = work_names()
    rows: list[list[Cell]] = [[name, *(numbers[key] for key in names)] for name, numbers in _by_name(figures, "lines")]
    return Section(heading, (place, *names.values()), rows)


def _checks(place: str, figures: dict[str, Any]) -> Section:
    heads = (place, pgettext("periodic report", "drawn"), _("re-checked"), _("not true"), _("child not found"))
    rows: list[list[Cell]] = [
        [name, *(one[key] for key in ("drawn", "checked", "not_true", "not_found"))] for name, one in _by_name(figures, "checks")
    ]
    return Section(_("Cleared cases re-checked by another unit"), heads, rows)


def _rates(place: str, figures: dict[str, Any]) -> Section:
    rows = [
        [_name(line), line[ON_LEDGER], line[DEDUCTED], f"{100 * line[DEDUCTED] / line[ON_LEDGER]:.1f}%"]
        for line in figures["table"]
        if line[ON_LEDGER]
    ]
    heads = (place, column_name(Column.ON_LEDGER), column_name(Column.DEDUCTED), _("rate of deduction"))
    return Section(_("Deductions, where cheating would show"), heads, rows, whole=bool(rows))


def _by_name(figures: dict[str, Any], what: str) -> list[tuple[str, dict[str, int]]]:
    """The lines in the table's order, under the names that the table has frozen."""
    return [(_name(line), figures[what][line[0]]) for line in figures["table"] if line[0] in figures[what]]


def _name(line: list[Any]) -> str:
    return str(line[1] or _("elsewhere, or no school"))


def _sent(counted: dict[str, int]) -> list[tuple[Cell, ...]]:
    return [
        (pgettext("periodic report", "due"), counted["all"]),
        (pgettext("periodic report", "arrived"), counted["sent"]),
        (_("of them late"), counted["late"]),
        (pgettext("periodic report", "missing"), counted["missing"]),
    ]


def _checked(counted: dict[str, int]) -> list[tuple[Cell, ...]]:
    words = {
        "drawn": pgettext("periodic report", "drawn"),
        "checked": _("re-checked"),
        "true": pgettext("periodic report", "true"),
        "not_true": _("not true"),
        "not_found": _("child not found"),
    }
    return [(words[key], counted[key]) for key in words if key in counted]


def _findings(said: dict[str, Any], note: str) -> list[Section]:
    sections = [(pgettext("periodic report", "Findings"), said.get("findings")), (_("Measures"), said.get("measures")), (_("Remark"), note)]
    return [Section(heading, words=[words]) for heading, words in sections if words]


def _day(said: str) -> str:
    day = parse_date(said)
    return date_format(day, "DATE_FORMAT") if day else said
