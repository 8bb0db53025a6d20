"""The ledger worked out from the facts, so that counting a month is one look at each child."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cases.register.models import Standing

# The end of what has not ended: not SQL's infinity, which a Python date cannot hold.
FOREVER = "9999-12-31T00:00:00Z"


class Stretch(models.Model):
    """How one child stands on the ledger from the day `from_on` to the day before `to_on`, as it was known from `told_from` until `told_to`.

    For any day and any moment a child has one row, or none while it was never on the ledger. A trigger of the database derives the rows
    from the facts (`StandingChange`), which stay the truth; nobody else writes here, and `checking` compares the two.
    """

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+")
    from_on = models.DateField()
    to_on = models.DateField()
    told_from = models.DateTimeField()
    told_to = models.DateTimeField()
    standing = models.CharField(max_length=12, choices=Standing)
    code = models.CharField(max_length=40, blank=True)  # placement or ground
    # Areas and schools are those of a fact that was checked when it was written.
    county = models.ForeignKey("cases.Area", models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    place = models.ForeignKey("cases.Area", models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    school = models.ForeignKey("cases.Organisation", models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False)
    entered_on = models.DateField()  # the last entry by then
    priority = models.BooleanField()  # as on that day

    class Meta:
        indexes = [
            # all that the province's table needs of what is known today; nothing else of the row is read
            models.Index(
                fields=["to_on", "from_on", "county", "entered_on", "standing", "priority", "code"],
                name="stretch_table",
                condition=Q(told_to=FOREVER),
            ),
            models.Index(
                fields=["county", "to_on"],
                name="stretch_county",
                opclasses=["varchar_pattern_ops", "date_ops"],
                condition=Q(told_to=FOREVER),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.standing} {self.from_on}"
