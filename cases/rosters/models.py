"""人账相符: the ledger as the school-roll system has it, compared with ours; each difference waits until somebody settles it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.journal.clock import EngineNow
from cases.register.models import Standing
from cases.rosters.scope import DiscrepancyQuerySet, RosterQuerySet


class RosterState(models.TextChoices):
    READING = "reading", _("being read")
    READ = "read", _("read, waits for confirmation")
    REFUSED = "refused", _("not usable")
    COMPARING = "comparing", _("being compared")
    COMPARED = "compared", _("compared")
    DISCARDED = "discarded", _("discarded")


class Roster(models.Model):
    """One list of the school-roll system's ledger: of a county, or of one school."""

    county = models.ForeignKey("cases.Area", models.PROTECT, related_name="+", verbose_name=_("county"))
    school = models.ForeignKey("cases.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("school"))
    organisation = models.ForeignKey("cases.Organisation", models.PROTECT, related_name="+")  # whose post brought it
    taken_on = models.DateField(_("as of"))
    digest = models.CharField(max_length=64, editable=False)  # keyed, of the bytes: the same list twice is one list
    state = models.CharField(_("state"), max_length=10, choices=RosterState, default=RosterState.READING)
    refusal = models.CharField(max_length=300, blank=True)  # why it is not usable
    faults = models.JSONField(default=list)  # [row, column, heading, what is wrong]; never what stands in the cell
    fault_count = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)  # lines
    read_to = models.PositiveIntegerField(default=0)  # lines already kept
    unsure = models.PositiveIntegerField(default=0)  # lines without a sound identity number
    brought_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    brought_at = models.DateTimeField()
    compared_at = models.DateTimeField(null=True, blank=True)
    marked_at = models.DateTimeField(null=True, blank=True)  # what the list shows as entered is on record
    found = models.JSONField(default=dict)  # counts: {"new", "open", "gone", kind: …}

    objects: ClassVar = RosterQuerySet.as_manager()

    class Meta:
        verbose_name = _("list of the school-roll system")
        verbose_name_plural = _("lists of the school-roll system")
        indexes = [
            models.Index(fields=["county", "-id"], name="roster_of_a_county"),
            models.Index(fields=["id"], name="roster_in_work", condition=Q(state__in=["reading", "comparing"]) | Q(state="compared", marked_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["county", "school", "digest", "taken_on"],
                condition=~Q(state__in=["refused", "discarded"]),
                nulls_distinct=False,
                name="the_same_list_once",
            ),
        ]

    def __str__(self) -> str:
        return f"roster {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("roster", args=[self.pk])


class RosterFile(models.Model):
    """The file as it came, sealed, until it is read. Then this row is deleted."""

    roster = models.OneToOneField(Roster, models.PROTECT, primary_key=True, related_name="file")
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"file of roster {self.roster_id}"


class MatchedBy(models.TextChoices):
    IDENTITY = "identity", _("identity number")
    ROLL = "roll", _("school-roll number")
    CONFIRMED = "confirmed", _("confirmed by a person")


class RosterRow(models.Model):
    """A line of the list. Of the identity number only a keyed hash and the digits that screens show: nobody needs more to compare."""

    roster = models.ForeignKey(Roster, models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField()  # as the spreadsheet counts
    person = models.CharField(max_length=64)  # keyed hash of whatever tells this child from others
    name = models.CharField(max_length=40)
    born_on = models.DateField(null=True)
    id_hash = models.CharField(max_length=64, blank=True)
    id_head = models.CharField(max_length=3, blank=True)
    id_tail = models.CharField(max_length=4, blank=True)
    id_unsound = models.BooleanField(default=False)
    roll_number = models.CharField(max_length=24, blank=True)  # without the middle where it contains the identity number
    roll_hash = models.CharField(max_length=64, blank=True)  # of the identity number inside it
    school = models.ForeignKey("cases.Organisation", models.PROTECT, null=True, related_name="+", db_index=False)
    school_name = models.CharField(max_length=80, blank=True)
    standing = models.CharField(max_length=12, choices=Standing)
    entered_on = models.DateField(null=True)
    student = models.ForeignKey("cases.Student", models.PROTECT, null=True, related_name="+")
    matched_by = models.CharField(max_length=10, choices=MatchedBy, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["roster", "number"], name="a_line_once")]
        indexes = [
            models.Index(fields=["roster", "id_hash"], name="roster_identity"),
            models.Index(fields=["roster", "name", "born_on"], name="roster_name"),
        ]

    def __str__(self) -> str:
        return f"row {self.number} of roster {self.roster_id}"

    @property
    def masked_identity(self) -> str:
        """As screens show it; empty when none is given."""
        return f"{self.id_head}{'*' * 11}{self.id_tail}" if self.id_tail else ""


class SameChild(models.Model):
    """Somebody confirmed that a line under this number, unknown to us, means this child."""

    student = models.ForeignKey("cases.Student", models.PROTECT, related_name="+")
    person = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"same as student {self.student_id}"


class Difference(models.TextChoices):
    MISSING_THERE = "missing_there", _("on our ledger, not in the school-roll system")
    MISSING_HERE = "missing_here", _("in the school-roll system, not on our ledger")
    STATUS = "status", _("standing differs")
    IDENTITY = "identity", _("identity number differs")
    ROLL = "roll", _("school-roll number differs")
    POSSIBLE = "possible", _("possibly the same child")


class Settled(models.TextChoices):
    OURS_CORRECTED = "ours_corrected", _("ours corrected")
    THEIRS_CORRECTED = "theirs_corrected", _("the school-roll system corrected")
    BOTH_RIGHT = "both_right", _("both are right")
    CASE_OPENED = "case_opened", _("case opened")
    SAME = "same", _("the same child")
    NOT_SAME = "not_same", _("two different children")
    GONE = "gone", _("gone with the next list")
    MOVED = "moved", _("the child belongs to another county now")


class Discrepancy(models.Model):
    """A difference between the two ledgers: somebody's work until it is settled."""

    county = models.ForeignKey("cases.Area", models.PROTECT, related_name="+")
    school = models.ForeignKey("cases.Organisation", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("school"))
    kind = models.CharField(_("difference"), max_length=16, choices=Difference)
    key = models.CharField(max_length=100)  # who it is about: the next list finds the same difference again
    case = models.ForeignKey("cases.Case", models.PROTECT, null=True, blank=True, related_name="discrepancies")
    row = models.ForeignKey(RosterRow, models.PROTECT, null=True, blank=True, related_name="discrepancies")
    ours = models.CharField(max_length=40, blank=True)  # a standing, or a number as screens show it
    theirs = models.CharField(max_length=40, blank=True)
    said = models.CharField(max_length=100, blank=True)  # what the two sides say: "both are right" holds as long as they do
    found_in = models.ForeignKey(Roster, models.PROTECT, related_name="+")
    seen_in = models.ForeignKey(Roster, models.PROTECT, related_name="discrepancies")  # the last list that showed it
    # the last list of the whole county that showed it: then a school's own list does not settle it by keeping silent
    county_list = models.ForeignKey(Roster, models.PROTECT, null=True, blank=True, related_name="+")
    found_at = models.DateTimeField(db_default=EngineNow())
    # who answers for it: the school, else the county's education bureau
    organisation = models.ForeignKey("cases.Organisation", models.PROTECT, related_name="+", verbose_name=_("unit"))
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("responsible person")
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    settled = models.CharField(_("settled"), max_length=16, choices=Settled, blank=True)  # empty: open
    reason = models.TextField(_("reason"), blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_in = models.ForeignKey(Roster, models.PROTECT, null=True, blank=True, related_name="+")  # the list that no longer shows it

    objects: ClassVar = DiscrepancyQuerySet.as_manager()

    class Meta:
        verbose_name = _("discrepancy")
        verbose_name_plural = _("discrepancies")
        indexes = [
            models.Index(fields=["county", "settled", "due_on"], name="discrepancies_of_a_county"),
            models.Index(fields=["school", "settled"], name="discrepancies_of_a_school"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["county", "kind", "key"], condition=Q(settled=""), name="an_open_difference_once"),
            models.CheckConstraint(condition=Q(settled="") | Q(settled_at__isnull=False), name="what_is_settled_has_its_moment"),
            models.CheckConstraint(
                condition=Q(settled="") | Q(settled="gone", settled_in__isnull=False) | Q(settled_by__isnull=False),
                name="somebody_or_a_list_settled_it",
            ),
            models.CheckConstraint(condition=~Q(settled="both_right") | ~Q(reason=""), name="both_right_says_why"),
        ]

    def __str__(self) -> str:
        return f"discrepancy {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("discrepancy", args=[self.pk])


class Tally(models.Model):
    """How many children stand on either list, by school, when they were compared: what the rate of agreement is taken of."""

    roster = models.ForeignKey(Roster, models.PROTECT, related_name="tallies")
    county = models.ForeignKey("cases.Area", models.PROTECT, related_name="+")
    school = models.ForeignKey("cases.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    children = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["roster", "school"], nulls_distinct=False, name="a_school_once_a_list")]
        indexes = [models.Index(fields=["county", "school", "-roster"], name="tally_latest")]

    def __str__(self) -> str:
        return f"tally {self.pk}"
