"""The chart of a flow, drawn from viewflow's layout: what is done, where the case stands, what lies ahead. Classes only, no inline style."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from viewflow.workflow import chart as layouts

from workflows.models import AssignmentState, Kind
from workflows.nodes import Step
from workflows.running import flow_of
from workflows.steps import title

SIGNS_A_LINE = 6  # that fit into a box of 150 units at the font size of desk.css
LETTERS_A_LINE = 13
MARGIN = 12
SCALE = 0.64

Point = tuple[int, int]


@dataclass
class Box:
    """A node: its place, its shape (task, gateway, start, end), its words in lines, and its state (done, current, late, ahead, left)."""

    x: int
    y: int
    width: int
    height: int
    shape: str
    title: str
    state: str
    sign: str = ""  # the mark inside a gateway
    lines: list[tuple[int, int, str]] = field(default_factory=list)  # x, y, text
    tag: str = ""  # "now", above the box


@dataclass(frozen=True)
class Arrow:
    path: str
    label: str
    x: int
    y: int


@dataclass(frozen=True)
class Chart:
    width: int
    height: int
    boxes: list[Box]
    arrows: list[Arrow]
    title: str

    @property
    def shown(self) -> tuple[int, int]:
        """Its size on the screen, in pixels: words of 22 units become 14 high."""
        return round(self.width * SCALE), round(self.height * SCALE)


def draw(kind: str, states: Mapping[str, str]) -> Chart:
    """The flow of a kind; `states` names what its steps are: done, current or late, or left when they ended without being done."""
    grid = laid_out(flow_of(kind))
    boxes = [_box(cell, states) for cell in grid.cells]
    taken: set[Point] = set()
    arrows = [_arrow(edge, taken) for edge in grid.edges if edge.segments]
    # what loops back runs below or above the boxes
    points = [point for edge in grid.edges for point in edge.segments]
    width = max([box.x + box.width for box in boxes] + [int(x) for x, _y in points])
    height = max([box.y + box.height for box in boxes] + [int(y) for _x, y in points])
    return Chart(width + 2 * MARGIN, height + 2 * MARGIN + 18, boxes, arrows, str(Kind(kind).label))


def laid_out(flow_class: Any) -> Any:
    """Viewflow's layout without the starts in mid-flow, which would pull their branches to the left edge and hide the main road."""
    nodes = _in_order(flow_class.instance.node("start"))
    order = {node: place for place, node in enumerate(nodes)}
    ends = {
        node: ([edge.src for edge in node._incoming() if edge.src in order], [edge.dst for edge in node._outgoing() if edge.dst in order])
        for node in nodes
    }
    incoming = {node: sorted(sources, key=order.__getitem__) for node, (sources, _targets) in ends.items()}
    outgoing = {node: sorted(targets, key=order.__getitem__) for node, (_sources, targets) in ends.items()}
    grid = layouts.layout(nodes, incoming, outgoing)
    layouts.init_shapes(grid)
    grid.edges = [edge for edge in grid.edges if edge.src in order]
    layouts.calc_edges(grid)
    return grid


def _in_order(start: Any) -> list[Any]:
    """Every node that can be reached, each after those that lead to it; where the flow loops, the way there counts, not the way back."""
    left: list[Any] = []
    seen: set[Any] = set()

    def visit(node: Any) -> None:
        seen.add(node)
        for edge in reversed(list(node._outgoing())):
            if edge.dst not in seen:
                visit(edge.dst)
        left.append(node)

    visit(start)
    return left[::-1]


def states_of(assignments: Iterable[Any], *, late: Iterable[int] = ()) -> dict[str, str]:
    """What each step of one process is, the newest task of a step deciding; `late` holds the pks of overdue tasks."""
    overdue = set(late)
    found: dict[str, str] = {}
    for row in assignments:
        if row.state == AssignmentState.OPEN:
            found[row.step] = "late" if row.pk in overdue else "current"
        elif found.get(row.step) not in ("current", "late"):
            found[row.step] = "done" if row.state == AssignmentState.DONE else "left"
    return found


def bpmn(kind: str) -> str:
    """The flow as BPMN 2.0, for other tools."""
    grid = layouts.calc_layout_data(flow_of(kind))
    text: str = layouts.grid_to_bpmn(grid)
    return text.strip()


def _box(cell: Any, states: Mapping[str, str]) -> Box:
    node, shape = cell.node, cell.shape
    is_step = isinstance(node, Step)
    words = title(node.name) if is_step else words_of(type(node).__name__)
    box = Box(
        x=int(shape.x) + MARGIN,
        y=int(shape.y) + MARGIN + 18,
        width=int(shape.width),
        height=int(shape.height),
        shape="task" if is_step else SHAPES.get(type(node).__name__, "gateway"),
        title=str(words),
        state=states.get(node.name, "ahead" if is_step else ""),
        sign={"Split": "+", "SplitFor": "+", "Join": "+"}.get(type(node).__name__, "×"),
    )
    if is_step:
        lines = wrapped(box.title)
        top = box.height // 2 - (len(lines) - 1) * 13
        box.lines = [(box.width // 2, top + index * 26, line) for index, line in enumerate(lines)]
    return box


SHAPES = {"StartHandle": "start", "End": "end"}


def words_of(node: str) -> str:
    """What a node that is nobody's task means."""
    return {
        "StartHandle": _("the flow begins here"),
        "End": _("the flow ends here"),
        "Split": _("all of these, side by side"),
        "SplitFor": _("as many as the plan names, side by side"),
        "Join": _("goes on when all are done"),
    }.get(node, _("one of these roads"))


def wrapped(words: str) -> list[str]:
    """Words in lines that fit a box: Chinese breaks anywhere, other scripts between words."""
    if not words.isascii():
        count = -(-len(words) // SIGNS_A_LINE)
        size = -(-len(words) // count)
        return [words[start : start + size] for start in range(0, len(words), size)]
    lines: list[str] = []
    for word in words.split():
        if lines and len(lines[-1]) + 1 + len(word) <= LETTERS_A_LINE:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _arrow(edge: Any, taken: set[Point]) -> Arrow:
    points: list[Point] = [(int(x) + MARGIN, int(y) + MARGIN + 18) for x, y in edge.segments]
    label = {"yes": _("yes"), "no": _("no")}.get(edge.label or "", "") if edge.label_pos and not _is_short(points) else ""
    x, y = (int(edge.label_pos[0]) + MARGIN, int(edge.label_pos[1]) + MARGIN + 18) if label else (0, 0)
    while label and (x, y) in taken:
        y += 22
    taken.add((x, y))
    return Arrow("M" + " L".join(f"{x} {y}" for x, y in points), label, x, y)


def _is_short(points: Sequence[Point]) -> bool:
    """Whether an arrow has no room for a word: the other branch of its question says enough."""
    return len(points) == 2 and abs(points[0][0] - points[1][0]) < 40
