"""Pages of a list whose length is known already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator

if TYPE_CHECKING:
    from django.db.models import QuerySet

PER_PAGE = 25


class KnownLength(Paginator[Any]):
    """A paginator that is told the length, because one query has counted everything that the page shows."""

    def __init__(self, rows: QuerySet[Any] | list[Any], per_page: int, *, length: int) -> None:
        super().__init__(rows, per_page)
        self.count = length


def page_of(rows: QuerySet[Any] | list[Any], number: str | None, *, length: int, per_page: int = PER_PAGE, read: bool = True) -> Page[Any]:
    """The page that the address names, its rows read at once unless told not to; the first for nonsense, the last beyond the end."""
    page: Page[Any] = KnownLength(rows, per_page, length=length).get_page(number)
    if read:
        page.object_list = list(page.object_list)
    return page


def number(words: str) -> int:
    """A primary key out of an address; 0, which no row has, for anything else."""
    return int(words) if words.isascii() and words.isdigit() and len(words) < 19 else 0
