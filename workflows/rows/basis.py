"""Where a step and its allowance come from, for the reader of a page."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

MARKED = re.compile(r"\[([SLWD])\]\s*([^;]*)")


def in_words(basis: str) -> str:
    """The marks of `workflows.steps` in words. Statutes keep their name and article; the notes on practice are for developers."""
    said = []
    for mark, text in MARKED.findall(basis):
        words = {
            "S": _("provincial notice 2023-6"),
            "L": _("law: %(text)s") % {"text": text.strip()},
            "W": _("common practice of counties"),
            "D": _("default, to be confirmed by the county's legal office"),
        }[mark]
        said.append(words)
    return " · ".join(said)
