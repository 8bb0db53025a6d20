"""Addresses of other rooms: offered where the room is there, left out where it isn't."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse


def find(*names: str, args: Any = ()) -> str:
    """The path of the first of these named pages that exists; nothing if none does."""
    for name in names:
        try:
            return reverse(name, args=args)
        except NoReverseMatch:
            continue
    return ""
