"""The map from the agency's own file: refused without its approval number, named what is wrong with it, drawn small; else the squares."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.test import Client
from pytest_django import Settings

from cases.directory.models import User
from cases.ledger import geomap, outlines
from cases.ledger.charts import UNITS, Tiles
from cases.ledger.geomap import map_can_be_drawn, map_of
from cases.ledger.outlines import BrokenMap, read, simplified

NUMBER = "鄂S(2026)001号"
Features = list[dict[str, Any]]


def square(code: str, west: float, south: float, *, step: float = 0.5, holes: list[Any] | None = None) -> dict[str, Any]:
    """An invented area with a border of very many points."""
    corners = [(west, south), (west + step, south), (west + step, south + step), (west, south + step), (west, south)]
    ring = [[x1 + (x2 - x1) * n / 50, y1 + (y2 - y1) * n / 50] for (x1, y1), (x2, y2) in pairwise(corners) for n in range(50)] + [[west, south]]
    return {"type": "Feature", "properties": {"adcode": code}, "geometry": {"type": "Polygon", "coordinates": [ring, *(holes or [])]}}


def hubei() -> Features:
    """Each of the 17 units as a square where the scheme has it; 恩施州 by two counties alone."""
    found = [square(f"{unit}00" if len(unit) == 4 else unit, 108 + column / 2, 33 - row / 2) for unit, (column, row) in UNITS.items()]
    [enshi] = [one for one in found if one["properties"]["adcode"] == "422800"]
    found.remove(enshi)
    return [*found, square("422801", 108, 32, step=0.25), square("422802", 108.25, 32, step=0.25)]


@pytest.fixture(autouse=True)
def _read_anew() -> None:
    geomap.forget()


@pytest.fixture
def file(tmp_path: Path, settings: Settings) -> Callable[[Any], Path]:
    def write(features: Any) -> Path:
        path = tmp_path / f"map-{len(list(tmp_path.iterdir()))}.geojson"
        said = {"type": "FeatureCollection", "features": features} if isinstance(features, list) else features
        path.write_text(said if isinstance(said, str) else json.dumps(said))
        settings.KC_MAP_GEOJSON, settings.KC_MAP_APPROVAL = str(path), NUMBER
        return path

    return write


def test_the_units_are_drawn_from_the_file_small_and_in_their_places(file: Callable[[Any], Path]) -> None:
    file(hubei())
    assert map_can_be_drawn(None) == []
    found = map_of([(unit, unit, number, "/x/") for number, unit in enumerate(UNITS)])
    assert not isinstance(found, Tiles)
    shapes = {shape.key: shape for shape in found.shapes}
    assert set(shapes) == set(UNITS)
    assert shapes["4201"].x > shapes["4205"].x > shapes["4228"].x, "from east to west"
    assert shapes["4203"].y < shapes["4205"].y, "from north to south"
    assert 0 < found.width <= outlines.WIDTH + 2 * outlines.EDGE
    assert len(shapes["4201"].path) < 80, "201 points on four sides are four corners"
    assert shapes["4228"].path.count("M") == 2, "of the counties within it"
    assert {shape.step for shape in found.shapes} > {0, 4}
    assert found.approval == NUMBER


def test_where_no_outline_is_known_or_no_file_was_given_stand_the_squares(file: Callable[[Any], Path], settings: Settings) -> None:
    file(hubei())
    assert isinstance(map_of([("420526", "兴山县", 1, ""), ("420527", "秭归县", 2, "")]), Tiles)
    settings.KC_MAP_APPROVAL = ""
    assert isinstance(map_of([(unit, unit, 1, "") for unit in UNITS]), Tiles), "no number, no borders"
    settings.KC_MAP_GEOJSON = ""
    assert map_can_be_drawn(None) == []


def test_without_its_approval_number_the_house_does_not_open(file: Callable[[Any], Path], settings: Settings) -> None:
    file(hubei())
    for number, code, word in (("", "kongchuo.E010", "KC_MAP_APPROVAL"), ("2026年", "kongchuo.E011", "2026年")):
        settings.KC_MAP_APPROVAL = number
        [fault] = [one for one in run_checks(tags=["files"]) if str(one.id).startswith("kongchuo.E01")]
        assert (fault.id, fault.is_serious()) == (code, True)
        assert word in str(fault.msg)


@pytest.mark.parametrize(
    ("broken", "word"),
    [
        ("{", "第 1 行第 2 列"),
        ({"type": "Feature"}, "FeatureCollection"),
        ([], "FeatureCollection"),
        ([{"type": "Feature", "properties": {}, "geometry": None}], "第 1 个要素"),
        ([{"properties": {"code": "4201"}, "geometry": {"type": "Point", "coordinates": [1, 2]}}], "4201"),
        ([{"properties": {"code": "4201"}, "geometry": {"type": "Polygon", "coordinates": [[[1, 2], [2, 3], [1, 2]]]}}], "至少四个点"),
        ([{"properties": {"code": "4201"}, "geometry": {"type": "Polygon", "coordinates": [[[1, 2], [2, 3], [3, 300], [1, 2]]]}}], "经纬度"),
        ([{"properties": {"code": "4201"}, "geometry": {"type": "Polygon", "coordinates": [[["x", 2], [2, 3], [3, 3], ["x", 2]]]}}], "经纬度"),
        ([{"properties": {"code": "4201"}, "geometry": {"type": "Polygon", "coordinates": [[[], [2, 3], [3, 3], []]]}}], "经纬度"),
        ([{"properties": {"code": "4201"}, "geometry": {"type": "Polygon", "coordinates": [[{}, [2, 3], [3, 3], {}]]}}], "经纬度"),
        ([{"properties": {"code": "4201"}, "geometry": {"type": "Polygon", "coordinates": [[[10**400, 2], [2, 3], [3, 3], [1, 2]]]}}], "经纬度"),
        ('{"type": ' + "9" * 5000 + "}", "4300"),
        ([square("4201", 110, 30), square("420100", 111, 30)], "重复"),
        (hubei()[1:], "4203"),
    ],
)
def test_what_is_wrong_with_a_file_is_named(file: Callable[[Any], Path], broken: Any, word: str) -> None:
    path = file(broken)
    [fault] = map_can_be_drawn(None)
    assert word in str(fault.msg)
    assert str(path) in str(fault.msg)


def test_a_file_that_is_not_there_is_named(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(BrokenMap):
        read(tmp_path / "nothing.geojson")


def test_a_border_keeps_its_corners_and_loses_its_dust() -> None:
    ring = [(0.0, 0.0), (5.0, 0.1), (10.0, 0.0), (10.0, 10.0), (5.0, 7.0), (0.0, 10.0), (0.0, 0.0)]
    assert simplified(ring) == [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (5.0, 7.0), (0.0, 10.0), (0.0, 0.0)]


@pytest.mark.django_db
def test_the_board_shows_it_with_its_number(client: Client, province: User, file: Callable[[Any], Path]) -> None:
    file(hubei())
    client.force_login(province)
    page = client.get("/ledger/board/").content.decode()
    assert page.count("kc-geomap__area") == 17
    assert NUMBER in page
    assert "A scheme" not in page
