"""What has to be known before something is done to many tasks: to whom, until when, and with which words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.directory.models import Appointment, Organisation
from cases.journal.plainwords import PlainForm
from cases.register.caseform import day_input
from workflows import reporttasks
from workflows.forms import PLEASE_CHOOSE, WORKERS, described
from workflows.models import BulkAction

if TYPE_CHECKING:
    from workflows.models import Assignment

WITHOUT: dict[str, tuple[str, ...]] = {
    BulkAction.REMIND: ("to", "restart", "until"),
    BulkAction.REASSIGN: ("until",),
    BulkAction.EXTEND: ("to", "restart"),
}
COLUMNS = ("school_id", "village_id", "township_id", "education_id")
Places = Iterable[tuple[Any, ...]]  # of each case the county and its four organisations, in the order of COLUMNS


class PostField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic when it runs
    """A post in the words in which a supervisor looks for people."""

    def label_from_instance(self, obj: Appointment) -> str:
        return described(obj)


class BulkForm(PlainForm):
    """Whom, until when, and with which words; offered are only posts to which every picked task can be given."""

    to = PostField(label=_("New responsible person"), queryset=Appointment.objects.none(), empty_label=PLEASE_CHOOSE)
    restart = forms.BooleanField(label=_("Start the deadlines anew"), required=False, initial=True)
    until = forms.DateField(label=_("New last day"), widget=day_input())
    note = forms.CharField(label=_("Reason or instruction"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000)

    def __init__(self, data: Any, *, action: BulkAction, places: Places, today: date, reports: Sequence[Assignment] = ()) -> None:
        super().__init__(data)
        for name in WITHOUT[action]:
            del self.fields[name]
        if "until" in self.fields:
            self.fields["until"].widget.attrs["min"] = (today + timedelta(days=1)).isoformat()
        field = self.fields.get("to")
        if isinstance(field, PostField):
            field.queryset = common(places) if not reports else shared_by_reports(reports)


def shared_by_reports(tasks: Sequence[Assignment]) -> Any:
    """The posts that may do each of these reports' tasks. A report stays in its own office, and so does what was picked beside it."""
    if len({task.organisation_id for task in tasks}) > 1:
        return Appointment.objects.none()
    first, *others = (reporttasks.candidates(task) for task in tasks)
    return first.filter(*(Q(pk__in=other.order_by().values("pk")) for other in others))


def common(places: Places) -> Any:
    """The posts to which work on each of these cases can be given: those of an organisation that all of them share, and of the county's
    departments where all are of one county."""
    counties: set[str] = set()
    shared: list[set[int | None]] = [set() for _column in COLUMNS]
    for county, *organisations in places:
        counties.add(county)
        for column, organisation in zip(shared, organisations, strict=True):
            column.add(organisation)
    own = [organisation for column in shared if len(column) == 1 for organisation in column if organisation is not None]
    return _posts(own, next(iter(counties)) if len(counties) == 1 else "")


def _posts(own: list[int], county: str) -> Any:
    offices = Organisation.objects.filter(pk__in=own)
    if county:
        offices = offices | Organisation.objects.filter(area_id=county, kind__in=("department", "conference_office"), active=True)
    return (
        Appointment.objects.present()
        .filter(organisation__in=offices, role__in=WORKERS, user__is_active=True)
        .select_related("organisation", "user")
        .order_by("organisation__line", "organisation__name", "role", "user__name")
    )
