"""What the pages of the ledger call its columns, lines and levels."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cases.ledger.moves import Kind
from cases.ledger.terms import Column, Level


def column_name(column: Column) -> str:
    return {
        Column.ON_LEDGER: pgettext("ledger column", "on the ledger"),
        Column.RETURNED: pgettext("ledger column", "returned"),
        Column.DEDUCTED: pgettext("ledger column", "deducted"),
        Column.DEFERRED: pgettext("ledger column", "deferred enrolment"),
        Column.STILL_OUT: pgettext("ledger column", "still out"),
        Column.CARRIED_OVER: pgettext("ledger column", "still out from earlier years"),
    }[column]


def line_name(level: Level) -> str:
    """The head of the first column: the notice's own word for its 17 rows, and what the rows are below them."""
    return {
        Level.UNIT: pgettext("ledger column", "Prefecture"),
        Level.COUNTY: pgettext("ledger column", "County"),
        Level.TOWNSHIP: pgettext("ledger column", "Township"),
        Level.VILLAGE: pgettext("ledger column", "Village"),
        Level.SCHOOL: pgettext("ledger column", "School"),
    }[level]


def level_name(level: Level) -> str:
    return {
        Level.UNIT: _("By prefecture"),
        Level.COUNTY: _("By county"),
        Level.TOWNSHIP: _("By township"),
        Level.VILLAGE: _("By village"),
        Level.SCHOOL: _("By school"),
    }[level]


def kind_name(kind: Kind) -> str:
    return {
        Kind.CAME: pgettext("difference", "came"),
        Kind.LEFT: pgettext("difference", "left"),
        Kind.CHANGED: pgettext("difference", "changed column"),
        Kind.MOVED: pgettext("difference", "counted elsewhere now"),
    }[kind]


def elsewhere() -> str:
    """The line of children whom no other line names."""
    return _("elsewhere, or no school")
