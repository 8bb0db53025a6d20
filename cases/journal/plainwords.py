"""Free text is kept readable and goes to people who may see no identity number: every form of the product refuses one in its words.

The arithmetic of the number stands here, at the bottom of the house, because every room's forms need it.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django import forms
from django.utils.translation import gettext as _

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999, table 1
CHECK_DIGITS = "10X98765432"
# as people and other programs group the digits: blanks, line breaks, dashes, points, strokes and signs that nobody sees; three at most between two
BETWEEN = r"\s\u00ad\u200b-\u200f\u2010-\u2015\u2060\u2212\ufeff.,·•。、_/|*'-"
WHOLE = re.compile(rf"(?<!\d)(?:\d[{BETWEEN}]{{0,3}}){{17}}[\dXx](?!\d)")
YEARS = range(1900, 2100)  # of birth


def check_digit(first: str) -> str:
    """The eighteenth character for the first seventeen digits."""
    return CHECK_DIGITS[sum(int(digit) * weight for digit, weight in zip(first, WEIGHTS, strict=True)) % 11]


def stands_in(words: str) -> bool:
    """Whether somebody's identity number, sound to its check digit and its day of birth, stands in a text, in whatever grouping.
    A number of a parcel or a document is none."""
    return any(_sound(re.sub(rf"[{BETWEEN}]", "", found).upper()) for found in WHOLE.findall(unicodedata.normalize("NFKC", words)))


def without_numbers(words: str) -> str:
    """The text with stars in the place of each such number; for names of files, which nobody is made to type again."""
    return WHOLE.sub(lambda found: "***" if stands_in(found[0]) else found[0], unicodedata.normalize("NFKC", words)) if stands_in(words) else words


def _sound(number: str) -> bool:
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return int(number[6:10]) in YEARS and check_digit(number[:17]) == number[17]


if TYPE_CHECKING:
    _Base = forms.BaseForm
else:
    _Base = object


class RefusesNumbers(_Base):
    """No words that somebody types name a person's number, except in the fields that are for one."""

    for_numbers: ClassVar[frozenset[str]] = frozenset()

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # Django's hook after `clean`, unknown to the stubs
        for name, said in list(self.cleaned_data.items()):
            if name in self.fields and name not in self.for_numbers and isinstance(said, str) and stands_in(said):
                self.add_error(name, self.number_refusal())

    def number_refusal(self) -> str:
        return _("Please leave the identity number out: these words are kept readable.")


class PlainForm(RefusesNumbers, forms.Form):
    """A form of the product: see `RefusesNumbers`."""
