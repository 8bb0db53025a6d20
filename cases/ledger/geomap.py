"""The map of the board: from the agency's own file where it gave one with its approval number (审图号), else the scheme of squares."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks
from django.utils.translation import gettext as _

from cases.ledger import outlines
from cases.ledger.charts import UNITS, Tiles, legend, short, steps, tile_map
from cases.ledger.outlines import BrokenMap, Picture

APPROVAL = re.compile(r"[A-Z\u4e00-\u9fff]{1,4}[(（]\d{4}[)）]\d{1,6}号")  # such as GS(2024)0650号, 鄂S(2024)012号


@dataclass(frozen=True)
class Shape:
    """One area: `step` 0 (least) to 4."""

    key: str
    name: str
    short: str
    value: int
    step: int
    path: str
    x: float
    y: float
    url: str


@dataclass(frozen=True)
class Shapes:
    shapes: list[Shape]
    legend: list[tuple[int, str]]
    width: int
    height: int
    approval: str


def map_of(values: Sequence[tuple[str, str, int, str]]) -> Shapes | Tiles:
    """The map for (key, name, number, address). Squares where no file was given, and for areas of which it has no outline."""
    picture = _picture(settings.KC_MAP_GEOJSON, tuple(key for key, *_rest in values)) if is_approved() else None
    if picture is None:
        return tile_map(values)
    bounds = steps([value for _key, _name, value, _url in values])
    shapes = [
        Shape(key, name, short(name), value, bisect_right(bounds, value), outline.path, outline.x, outline.y, url)
        for key, name, value, url in values
        for outline in [picture.outlines[key]]
    ]
    return Shapes(shapes, legend(bounds), picture.width, picture.height, settings.KC_MAP_APPROVAL)


def is_approved() -> bool:
    """Whether there is a file, and a number under which its borders may be published."""
    return bool(settings.KC_MAP_GEOJSON and APPROVAL.fullmatch(settings.KC_MAP_APPROVAL))


@lru_cache(maxsize=256)
def _picture(path: str, keys: tuple[str, ...]) -> Picture | None:
    return outlines.draw(_areas(path), list(keys))


@lru_cache(maxsize=1)
def _areas(path: str) -> Any:
    return outlines.read(Path(path))


def forget() -> None:
    """The file is read again."""
    _areas.cache_clear()
    _picture.cache_clear()


def map_can_be_drawn(app_configs: Any, **_more: Any) -> list[checks.CheckMessage]:
    """Before the house opens: the file can be read, has the 17 units, and may be published."""
    path, approval = settings.KC_MAP_GEOJSON, settings.KC_MAP_APPROVAL
    if not path:
        return []
    if not approval:
        words = _("KC_MAP_GEOJSON is set without KC_MAP_APPROVAL: a map of administrative borders may be published only with its approval number.")
        hint = _("Set KC_MAP_APPROVAL to the number on the map (审图号), or leave KC_MAP_GEOJSON empty: the board then draws squares.")
        return [checks.Error(words, hint=hint, id="kongchuo.E010")]
    if not APPROVAL.fullmatch(approval):
        return [checks.Error(_("KC_MAP_APPROVAL is no approval number such as GS(2024)0650号: %(said)s") % {"said": approval}, id="kongchuo.E011")]
    try:
        areas = outlines.read(Path(path))
    except BrokenMap as fault:
        return [checks.Error(f"KC_MAP_GEOJSON ({path}): {fault}", id="kongchuo.E012")]
    missing = [unit for unit in UNITS if outlines.draw(areas, [unit]) is None]
    if missing:
        words = _("KC_MAP_GEOJSON (%(path)s) has no outline of: %(codes)s") % {"path": path, "codes": ", ".join(sorted(missing))}
        return [checks.Error(words, id="kongchuo.E013")]
    return []
