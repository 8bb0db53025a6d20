"""A rung of the ladder in words and colour."""

from __future__ import annotations

from django.utils.translation import gettext as _

TONES = {1: "grey", 2: "amber"}  # from rung 3 on: red


def rung_means(rung: int) -> str:
    """The name of a rung of the standard ladder."""
    return {
        1: _("reminder"),
        2: _("urged, with the unit's head"),
        3: _("supervised by the superior"),
        4: _("supervision order of both lines"),
        5: _("supervised by the prefecture"),
    }.get(rung, "")


def rung_tag(rung: int) -> tuple[str, str]:
    """Colour and words of a rung, as the component `tag` takes them."""
    return TONES.get(rung, "red"), _("Rung %(rung)s") % {"rung": rung}
