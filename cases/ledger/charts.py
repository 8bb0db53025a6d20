"""Where the shapes of the board's charts lie. Drawn by the templates with classes: no inline style, no script, and they print.

The map is a scheme: its squares say roughly who lies beside whom, and nothing about borders.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

TILE_WIDTH, TILE_HEIGHT, GAP = 104, 84, 6
STEPS = 5
SHARES = (0.1, 0.25, 0.5, 0.75)  # of the largest number: where the second to the fifth step begin

# column and row of the notice's 17 units
UNITS = {
    "4203": (1, 0), "4206": (2, 0), "4213": (3, 0), "4209": (4, 0),
    "429021": (1, 1), "4208": (2, 1), "429006": (3, 1), "4201": (5, 1), "4211": (6, 1),
    "4228": (0, 2), "4205": (1, 2), "4210": (2, 2), "429005": (3, 2), "429004": (4, 2), "4207": (6, 2),
    "4212": (5, 3), "4202": (6, 3),
}  # fmt: skip
ACROSS = 5  # squares in a row where nobody gave them a place
ENDINGS = ("土家族自治县", "自治县", "林区", "高新技术产业开发区", "经济技术开发区", "街道办事处", "街道", "地区", "乡", "镇", "县", "市", "区")


@dataclass(frozen=True)
class Tile:
    """One square: `step` 0 (least) to 4."""

    key: str
    name: str
    short: str
    value: int
    step: int
    x: int
    y: int
    url: str = ""

    @property
    def small(self) -> bool:
        """Whether the name needs smaller letters."""
        return len(self.short) > 3


@dataclass(frozen=True)
class Tiles:
    """A map with its legend: (step, words) from the least."""

    tiles: list[Tile]
    legend: list[tuple[int, str]]
    width: int
    height: int


def tile_map(values: Sequence[tuple[str, str, int, str]]) -> Tiles:
    """Squares for (key, name, number, address): the 17 units where they lie, any other areas in reading order."""
    known = all(key in UNITS for key, *_rest in values)
    bounds = steps([value for _key, _name, value, _url in values])
    tiles = []
    for number, (key, name, value, url) in enumerate(values):
        column, row = UNITS[key] if known else (number % ACROSS, number // ACROSS)
        step = bisect_right(bounds, value)
        tiles.append(Tile(key, name, short(name), value, step, column * (TILE_WIDTH + GAP), row * (TILE_HEIGHT + GAP), url))
    width = max((tile.x for tile in tiles), default=0) + TILE_WIDTH
    height = max((tile.y for tile in tiles), default=0) + TILE_HEIGHT
    return Tiles(tiles, legend(bounds), width, height)


def steps(values: Iterable[int]) -> list[int]:
    """Where the second to the fifth step begin: whole numbers, each larger than the one before."""
    most, bounds = max(values, default=0), [1]
    for share in SHARES[1:]:
        bounds.append(max(bounds[-1] + 1, round(most * share)))
    return bounds


def legend(bounds: Sequence[int]) -> list[tuple[int, str]]:
    lows = [0, *bounds]
    words = [f"{low}" if high == low + 1 else f"{low}–{high - 1}" for low, high in zip(lows, bounds, strict=False)]
    return list(enumerate([*words, f"≥ {bounds[-1]}"]))


def short(name: str) -> str:
    """A name of an area without its rank: 宜昌市 is 宜昌, 房县 stays."""
    for ending in ENDINGS:
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            return name[: -len(ending)]
    return name


WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 640, 240, 44, 14, 30


@dataclass(frozen=True)
class Line:
    """One line of the chart over the months; `points` as SVG wants them, `dots` with their number."""

    name: str
    kind: str
    points: str
    dots: list[tuple[float, float, int]]
    label_y: float


@dataclass(frozen=True)
class Lines:
    lines: list[Line]
    months: list[tuple[float, int]]
    marks: list[tuple[float, int]]  # of the vertical scale
    width: int = WIDTH + 110  # room for the names at the right
    height: int = HEIGHT
    left: int = LEFT
    right: float = field(default=WIDTH - 16)
    bottom: int = HEIGHT - BOTTOM


def line_chart(series: Sequence[tuple[str, str, Sequence[int]]], months: int = 12) -> Lines:
    """Lines for (name, kind, numbers from January on) in a year of `months`."""
    top = nice(max((value for _name, _kind, values in series for value in values), default=0))
    across = (WIDTH - LEFT - 24) / max(months - 1, 1)

    def x(month: int) -> float:
        return round(LEFT + 8 + across * month, 1)

    def y(value: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top), 1)

    lines = []
    for name, kind, values in series:
        dots = [(x(month), y(value), value) for month, value in enumerate(values)]
        lines.append(Line(name, kind, " ".join(f"{at},{up}" for at, up, _value in dots), dots, dots[-1][1] if dots else y(0)))
    return Lines(_apart(lines), [(x(month), month + 1) for month in range(months)], [(y(top * part / 4), top * part // 4) for part in range(5)])


def _apart(lines: list[Line], least: float = 18) -> list[Line]:
    """Names at the right end that do not lie on each other."""
    placed: list[Line] = []
    for line in sorted(lines, key=lambda one: one.label_y):
        y = max(line.label_y, placed[-1].label_y + least) if placed else line.label_y
        placed.append(Line(line.name, line.kind, line.points, line.dots, y))
    over = max((line.label_y for line in placed), default=0) - (HEIGHT - BOTTOM)
    if over > 0:  # push the pile up from the bottom
        placed = [Line(line.name, line.kind, line.points, line.dots, line.label_y - over) for line in placed]
    return sorted(placed, key=lambda one: [line.name for line in lines].index(one.name))


def nice(most: int) -> int:
    """The end of a scale in four equal whole parts: at least `most`, and a number that one likes to read."""
    size = 4
    while True:
        for part in (1, 2, 3, 5):
            if size * part >= most:
                return size * part
        size *= 10
