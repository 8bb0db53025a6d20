"""Outlines of areas from an agency's own GeoJSON file, brought to the size of a picture. Pure reading and arithmetic.

The product ships no borders: a map of them may be published only with an approval number (审图号; 地图管理条例, articles 15 and 32).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from math import cos, hypot, isfinite, radians
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

Point = tuple[float, float]
Ring = list[Point]

WIDTH = 760.0  # of the picture; its height follows from the borders
MOST_HEIGHT = 1100.0
EDGE = 4.0  # left free around it
DETAIL = 0.7  # of a picture's unit: what lies closer to the line is left out
SPECK = 6.0  # square units: smaller islands are left out, but for an area's largest piece
CODES = ("code", "adcode", "id")  # of a feature's properties, the first that is there
MOST_BYTES = 64 * 1024 * 1024
LATITUDES, LONGITUDES = (-90.0, 90.0), (-180.0, 180.0)
SHORTEST = 4  # points of a closed ring


class BrokenMap(ValueError):
    """The file is no map that can be drawn; the words say what is wrong with it, and where."""


@dataclass(frozen=True)
class Outline:
    """An area as the picture shows it: `path` as SVG wants it, and where its name stands."""

    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Picture:
    outlines: dict[str, Outline]
    width: int
    height: int


def read(path: Path) -> dict[str, list[list[Ring]]]:
    """The pieces of each area by its code, as degrees: of each piece the border first, then its holes. Raises BrokenMap."""
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise BrokenMap(_("The file is larger than %(size)s MB.") % {"size": MOST_BYTES // 1024 // 1024})
        said = json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise BrokenMap(_("The file cannot be read: %(why)s.") % {"why": error.strerror}) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise BrokenMap(_("The file is no text in UTF-8.")) from error
    except json.JSONDecodeError as error:
        raise BrokenMap(_("The file is no JSON: line %(line)s, column %(column)s.") % {"line": error.lineno, "column": error.colno}) from error
    except ValueError as error:  # a number of thousands of digits
        raise BrokenMap(_("The file cannot be read: %(why)s.") % {"why": error}) from error
    features = said.get("features") if isinstance(said, dict) and said.get("type") == "FeatureCollection" else None
    if not isinstance(features, list) or not features:
        raise BrokenMap(_("The file is no FeatureCollection with features."))
    found: dict[str, list[list[Ring]]] = {}
    for number, feature in enumerate(features, start=1):
        code, pieces = _feature(feature, number)
        if code in found:
            raise BrokenMap(_("Feature %(number)s: the code %(code)s stands there twice.") % {"number": number, "code": code})
        found[code] = pieces
    return found


def _feature(feature: Any, number: int) -> tuple[str, list[list[Ring]]]:
    properties = (feature.get("properties") or {}) if isinstance(feature, dict) else {}
    said = next((str(properties[name]) for name in CODES if properties.get(name)), "") if isinstance(properties, dict) else ""
    if not said.isdecimal() or not said.isascii():
        raise BrokenMap(_("Feature %(number)s has no code of an area in “code”, “adcode” or “id”.") % {"number": number})
    geometry = feature.get("geometry") or {}
    kind, coordinates = (geometry.get("type"), geometry.get("coordinates")) if isinstance(geometry, dict) else (None, None)
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(coordinates, list) or not coordinates:
        raise BrokenMap(_("Feature %(number)s (%(code)s) is no Polygon and no MultiPolygon.") % {"number": number, "code": said})
    pieces = coordinates if kind == "MultiPolygon" else [coordinates]
    try:
        return _short(said), [[_ring(ring) for ring in piece] for piece in pieces if piece]
    except (TypeError, ValueError, LookupError, OverflowError) as error:
        words = _("Feature %(number)s (%(code)s): a border is no closed line of at least four points in degrees.")
        raise BrokenMap(words % {"number": number, "code": said}) from error


def _short(code: str) -> str:
    """A prefecture's code of six digits, as maps have it, is its four digits here; the province's are two."""
    code = code[:6] if len(code) > 6 and not code[6:].strip("0") else code
    return code[:2] if code.endswith("0000") and len(code) == 6 else code[:4] if code.endswith("00") and len(code) == 6 else code


def _ring(said: Any) -> Ring:
    ring = [(float(point[0]), float(point[1])) for point in said]
    inside = all(isfinite(x) and isfinite(y) and LONGITUDES[0] <= x <= LONGITUDES[1] and LATITUDES[0] <= y <= LATITUDES[1] for x, y in ring)
    if len(ring) < SHORTEST or ring[0] != ring[-1] or not inside:
        raise ValueError
    return ring


def draw(areas: dict[str, list[list[Ring]]], keys: list[str]) -> Picture | None:
    """The outlines of these areas, side by side; an area without one of its own is made of those within it. None where one has neither.

    Equirectangular, true at the middle latitude: a province is too small for more.
    """
    chosen = {key: areas.get(key) or [piece for code, pieces in sorted(areas.items()) if code.startswith(key) for piece in pieces] for key in keys}
    if not chosen or not all(chosen.values()):
        return None
    points = [point for pieces in chosen.values() for piece in pieces for point in piece[0]]
    west, east = min(x for x, _y in points), max(x for x, _y in points)
    south, north = min(y for _x, y in points), max(y for _x, y in points)
    squeeze = cos(radians((south + north) / 2))
    scale = min(WIDTH / max((east - west) * squeeze, 1e-9), MOST_HEIGHT / max(north - south, 1e-9))

    def place(point: Point) -> Point:
        return (point[0] - west) * squeeze * scale + EDGE, (north - point[1]) * scale + EDGE

    outlines = {key: _outline([[[place(point) for point in ring] for ring in piece] for piece in pieces]) for key, pieces in chosen.items()}
    return Picture(outlines, round((east - west) * squeeze * scale + 2 * EDGE), round((north - south) * scale + 2 * EDGE))


def _outline(pieces: list[list[Ring]]) -> Outline:
    largest = max(pieces, key=lambda piece: abs(_area(piece[0])))
    kept = [piece for piece in pieces if piece is largest or abs(_area(piece[0])) >= SPECK]
    rings = [simplified(ring) for piece in kept for number, ring in enumerate(piece) if number == 0 or abs(_area(ring)) >= SPECK]
    path = "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring[:-1]) + "Z" for ring in rings)
    x, y = _middle(largest[0])
    return Outline(path, round(x, 1), round(y, 1))


def simplified(ring: Ring, detail: float = DETAIL) -> Ring:
    """Without the points that lie closer than `detail` to the line between their neighbours (Ramer, Douglas, Peucker); never less than a triangle."""
    far = max(range(len(ring)), key=lambda number: hypot(ring[number][0] - ring[0][0], ring[number][1] - ring[0][1]))
    keep = {0, far, len(ring) - 1}
    todo = [(0, far), (far, len(ring) - 1)]
    while todo:
        first, last = todo.pop()
        off, furthest = max(((_distance(ring[number], ring[first], ring[last]), number) for number in range(first + 1, last)), default=(0.0, 0))
        if off > detail:
            keep.add(furthest)
            todo += [(first, furthest), (furthest, last)]
    return [ring[number] for number in sorted(keep)] if len(keep) >= SHORTEST else ring


def _distance(point: Point, first: Point, last: Point) -> float:
    (x, y), (x1, y1), (x2, y2) = point, first, last
    length = hypot(x2 - x1, y2 - y1)
    if length == 0:
        return hypot(x - x1, y - y1)
    along = max(0.0, min(1.0, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length**2))
    return hypot(x - x1 - along * (x2 - x1), y - y1 - along * (y2 - y1))


def _area(ring: Ring) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring)) / 2


def _middle(ring: Ring) -> Point:
    area = _area(ring)
    if abs(area) < 1e-9:
        return ring[0]
    x = sum((x1 + x2) * (x1 * y2 - x2 * y1) for (x1, y1), (x2, y2) in pairwise(ring)) / (6 * area)
    y = sum((y1 + y2) * (x1 * y2 - x2 * y1) for (x1, y1), (x2, y2) in pairwise(ring)) / (6 * area)
    return x, y
