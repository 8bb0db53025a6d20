"""Filters with a name: kept for one person and one list, as codes of the address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db import transaction
from django.utils.translation import gettext as _

from cases.journal.refused import Refused
from cases.register.identity import looks_like_identity
from workflows.models import Listing, SavedFilter

if TYPE_CHECKING:
    from cases.directory.models import User

AT_MOST = 20  # of one list
OLD_NUMBER = re.compile(r"\d{15}")  # as long as the identity numbers of the last century
CODE = re.compile(r"[A-Za-z0-9_.-]{1,40}")
# What somebody searched for is a name as a rule, so it is not kept; a page number leads nowhere later.
KEPT: Mapping[str, tuple[str, ...]] = {
    Listing.INBOX: ("tab", "step", "kind", "place", "when"),
    Listing.QUEUE: ("tab", "place", "unit", "rung", "reason", "step", "when", "age", "phone"),
    Listing.CASES: ("tab", "standing", "step", "place", "school", "reason", "late", "sort"),
}


def canonical(listing: str, said: Mapping[str, str]) -> str:
    """The choices of an address that a saved filter keeps, always in the same order; empty when nothing is chosen."""
    words = [(name, str(said.get(name) or "")) for name in KEPT[listing]]
    return urlencode([(name, word) for name, word in words if CODE.fullmatch(word) and not (looks_like_identity(word) or OLD_NUMBER.search(word))])


@transaction.atomic
def save(listing: str, *, name: str, said: Mapping[str, str], default: bool, by: User) -> SavedFilter:
    """Keep the choices of an address under a name; one that exists is replaced. Raises Refused for none, too many, or a name that is a number
    of a person."""
    query, name = canonical(listing, said), _checked(name)
    if not query:
        raise Refused(_("Choose something to filter by first. What you searched for is not kept, because it may be a name."))
    mine = SavedFilter.objects.select_for_update().filter(user=by, listing=listing)
    others = [row for row in mine if row.name != name]
    if len(others) >= AT_MOST:
        raise Refused(_("At most %(most)s filters a list. Delete one first.") % {"most": AT_MOST})
    if default:
        mine.update(is_default=False)
    saved: SavedFilter
    saved, _made = SavedFilter.objects.update_or_create(user=by, listing=listing, name=name, defaults={"query": query, "is_default": default})
    return saved


@transaction.atomic
def change(saved: SavedFilter, *, name: str, default: bool) -> SavedFilter:
    """Another name, or another default of its list. Raises Refused when the name is taken."""
    name = _checked(name)
    mine = SavedFilter.objects.select_for_update().filter(user=saved.user_id, listing=saved.listing)
    if any(row.name == name and row.pk != saved.pk for row in mine):
        raise Refused(_("Another filter of this list has that name."))
    if default:
        mine.update(is_default=False)
    saved.name, saved.is_default = name, default
    saved.save(update_fields=["name", "is_default"])
    return saved


def _checked(name: str) -> str:
    name = " ".join(name.split())[:30]
    if not name:
        raise Refused(_("Give the filter a name."))
    if looks_like_identity(name):
        raise Refused(_("An identity number is no name of a filter."))
    return name
