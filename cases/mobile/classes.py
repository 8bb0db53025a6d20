"""The classes of the phone pages as they travel: short names in the sheets, the scripts and the documents alike.

`kc-card__do` is read by people, every village's network carries it: it becomes `a`, and `kc-btn--primary` becomes `b-primary`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import count, product
from string import ascii_lowercase

_NAME = r"(kc-[a-z]+(?:(?:__|-)[a-z]+)*)(--)?"
# a class is named after a point (sheets, selectors, `h("div.kc-card")`), or in the attribute of that name
_POINTED = re.compile(rf"(?<=\.){_NAME}")
_SET = re.compile(rf'(?<="class", "){_NAME}')
_ATTRIBUTE = re.compile(r'(?<=class=")[^"]*')
_ANY = re.compile(_NAME)


def short_classes(texts: Iterable[str]) -> dict[str, str]:
    """A short name for each class that any of the texts names, the most frequent first."""
    found = Counter(name for text in texts for name in _named(text))
    return dict(zip(sorted(found, key=lambda name: (-found[name], name)), _letters(), strict=False))


def with_short_classes(text: str, short: dict[str, str]) -> str:
    """A sheet, a script or a document with the short names in the place of the long."""

    def renamed(match: re.Match[str]) -> str:
        return short[match[1]] + ("-" if match[2] else "")

    text = _SET.sub(renamed, _POINTED.sub(renamed, text))
    return _ATTRIBUTE.sub(lambda names: _ANY.sub(renamed, names[0]), text)


def _named(text: str) -> Iterator[str]:
    for pattern in (_POINTED, _SET):
        yield from (match[1] for match in pattern.finditer(text))
    for names in _ATTRIBUTE.findall(text):
        yield from (match[1] for match in _ANY.finditer(names))


def _letters() -> Iterator[str]:
    for length in count(1):
        yield from ("".join(letters) for letters in product(ascii_lowercase, repeat=length))
