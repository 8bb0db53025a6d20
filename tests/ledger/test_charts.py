"""Where the shapes of the charts lie: pure arithmetic."""

from __future__ import annotations

from itertools import pairwise

import pytest

from cases.ledger.charts import UNITS, legend, line_chart, nice, short, steps, tile_map


def test_every_unit_of_the_notice_has_a_square_of_its_own() -> None:
    assert len(UNITS) == len(set(UNITS.values())) == 17


@pytest.mark.parametrize("values", [[], [0], [1], [0, 3], [5, 26, 17, 1], [1000, 3]])
def test_the_steps_of_the_legend_rise_and_the_largest_number_stands_in_the_last(values: list[int]) -> None:
    bounds = steps(values)
    assert bounds == sorted(set(bounds))
    assert len(bounds) == 4
    map_ = tile_map([(str(n), f"县{n}", value, "") for n, value in enumerate(values)])
    assert map_.legend[0] == (0, "0")
    assert all(tile.step == 0 for tile in map_.tiles if tile.value == 0)
    if max(values, default=0) > 9:
        assert max(tile.step for tile in map_.tiles) == 4


def test_the_legend_says_whole_ranges_without_gaps() -> None:
    assert legend([1, 5, 9, 20]) == [(0, "0"), (1, "1–4"), (2, "5–8"), (3, "9–19"), (4, "≥ 20")]


@pytest.mark.parametrize(
    ("name", "brief"), [("宜昌市", "宜昌"), ("神农架林区", "神农架"), ("房县", "房县"), ("长阳土家族自治县", "长阳"), ("恩施州", "恩施州")]
)
def test_a_square_has_a_short_name(name: str, brief: str) -> None:
    assert short(name) == brief


def test_a_scale_ends_where_one_likes_to_read_it() -> None:
    assert [nice(most) for most in (0, 1, 4, 5, 63, 199, 12345)] == [4, 4, 4, 8, 80, 200, 20000]


def test_lines_lie_within_the_chart_and_their_names_do_not_lie_on_each_other() -> None:
    chart = line_chart([("a", "navy", [0, 5, 9]), ("b", "green", [0, 5, 9]), ("c", "red", [0, 0, 0])])
    assert all(0 <= y <= chart.bottom for line in chart.lines for _x, y, _value in line.dots)
    heights = sorted(line.label_y for line in chart.lines)
    assert all(later - earlier >= 17 for earlier, later in pairwise(heights))
    assert line_chart([("a", "navy", [])]).lines[0].points == ""
