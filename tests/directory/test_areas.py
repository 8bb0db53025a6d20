"""The places that the product brings, zones of one's own, and villages."""

from datetime import datetime
from io import BytesIO
from typing import Any

import pytest

from cases.directory import areas
from cases.directory.areas import BadArea
from cases.directory.capabilities import NotAllowed
from cases.directory.models import Area, Level, User
from cases.sheets.reading import Sheet
from cases.sheets.writing import table_book
from tests.factories import Place

pytestmark = pytest.mark.django_db


def test_the_province_has_17_ledger_units_103_counties_and_1260_townships() -> None:
    assert areas.ledger_units().count() == 17
    assert Area.objects.filter(level=Level.COUNTY, is_custom=False).count() == 103
    assert Area.objects.filter(level=Level.TOWNSHIP, is_custom=False).count() == 1260


def test_the_ledger_units_stand_in_the_order_and_under_the_names_of_the_notice() -> None:
    names = " ".join(areas.ledger_units().values_list("ledger_name", flat=True))
    first = "武汉市 黄石市 十堰市 宜昌市 襄阳市 鄂州市 荆门市 孝感市 荆州市"
    assert names == f"{first} 黄冈市 咸宁市 随州市 恩施州 天门市 仙桃市 潜江市 神农架林区"
    assert Area.objects.get(pk="4228").name == "恩施土家族苗族自治州"


def test_four_units_are_county_and_ledger_row_at_once_directly_under_the_province() -> None:
    four = Area.objects.filter(level=Level.COUNTY, ledger_position__isnull=False)
    assert {area.code for area in four} == {"429004", "429005", "429006", "429021"}
    assert {area.parent_id for area in four} == {"42"}


def test_the_province_is_the_sum_of_the_table_and_no_unit_of_it() -> None:
    province = Area.objects.get(pk="42")
    assert (province.name, province.ledger_position) == ("湖北省", None)


def test_every_place_lies_in_its_parent_by_its_code() -> None:
    assert not [area.code for area in Area.objects.exclude(parent=None) if not area.code.startswith(area.parent_id or "?")]


def test_bringing_the_list_again_changes_nothing() -> None:
    before = Area.objects.count()
    areas.plant(Area)
    assert Area.objects.count() == before


@pytest.mark.parametrize(("above", "code", "level"), [("4203", "4203Z1", "county"), ("420106", "420106Z01", "township"), ("42", "4290Z1", "county")])
def test_a_zone_gets_a_code_under_the_unit_that_it_reports_to(admin: User, noon: datetime, above: Any, code: Any, level: Any) -> None:
    zone = areas.add_zone(name="武当山特区", reports_to=Area.objects.get(pk=above), by=admin, now=noon)
    assert (zone.code, zone.level, zone.parent_id, zone.is_custom) == (code, level, above, True)
    assert len(zone.code) == areas.DIGITS[level]


def test_a_second_zone_gets_the_next_code_and_a_zone_below_a_township_is_refused(admin: User, noon: datetime) -> None:
    county = Area.objects.get(pk="420106")
    areas.add_zone(name="一区", reports_to=county, by=admin, now=noon)
    assert areas.add_zone(name="二区", reports_to=county, by=admin, now=noon).code == "420106Z02"
    with pytest.raises(BadArea):
        areas.add_zone(name="三区", reports_to=Area.objects.filter(level=Level.TOWNSHIP)[0], by=admin, now=noon)


def test_only_who_configures_adds_a_zone(county: User, noon: datetime) -> None:
    with pytest.raises(NotAllowed):
        areas.add_zone(name="一区", reports_to=Area.objects.get(pk="420526"), by=county, now=noon)


def test_a_county_enters_villages_in_its_own_townships_only(county: User, stranger: User, place: Place, noon: datetime) -> None:
    village = areas.add_village(township=place.township_area, number="7", name="平水村", by=county, now=noon)
    assert village.code == place.township_area.code + "007"
    with pytest.raises(NotAllowed):
        areas.add_village(township=place.township_area, number="8", name="麦仓村", by=stranger, now=noon)
    with pytest.raises(BadArea):
        areas.add_village(township=place.township_area, number="7", name="平水村", by=county, now=noon)


def sheet(*rows: Any) -> Any:
    return Sheet.read(BytesIO(table_book("村", ("代码", "名称"), rows)))


def test_a_list_of_villages_names_every_fault_by_row_and_enters_nothing(place: Place) -> None:
    township = place.township_area
    good, faults = areas.read_villages(sheet(("001", "平水村"), ("420527100002", "外县村"), ("001", "又一村"), ("003", "")), township)

    assert [village.name for village in good] == ["平水村"]
    assert [(fault.row, fault.column) for fault in faults] == [(3, "A"), (4, "A"), (5, "B")]


def test_a_list_of_villages_may_be_sent_again_with_additions(county: User, place: Place, noon: datetime) -> None:
    township = place.township_area
    first, _none = areas.read_villages(sheet(("001", "平水村")), township)
    areas.import_villages(first, township=township, by=county, now=noon)
    again, faults = areas.read_villages(sheet(("001", "平水村"), ("002", "麦仓村")), township)

    assert not faults
    assert [village.name for village in again] == ["麦仓村"]
