"""Draw the graph as an SVG: Graphviz finds the places, text and shapes are set here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib import import_module

from .graph import Entry, Operation

DRAWN = 40  # operations in a picture, those nearest to the loss; a hundred can be read by nobody
LISTED = 8  # parameters named in the box of those that are not reached
CHAR, LINE, PAD = 7.3, 19, 10  # pixels; monospace letters are 0.6 of the font's 12 pixels wide
INK, GREY, EDGE, FILL = "#1b1f24", "#5b6570", "#8a94a0", "#f3f5f7"
GOOD, BAD, OTHER = "#0067a3", "#b54500", "#7a4a86"
COLOURS = {"parameter": GOOD, "leaf": OTHER, "frozen": GREY, "constant": GREY}
INSTALL = 'The picture needs the package pygraphviz: pip install "pygraphviz>=2.0"'


@dataclass
class Box:
    """A node of the picture: a bold word and more in its first line, an entry in each other."""

    title: str
    text: str
    rows: Sequence[tuple[str, str]] = ()  # colour and text
    colour: str = EDGE
    dashed: bool = False

    @property
    def width(self) -> float:
        """Pixels that the longest line takes."""
        lines = [len(self.title) + len(self.text) + 1, *(len(text) + 2 for _, text in self.rows)]
        return round(CHAR * max(lines) + 2 * PAD)

    @property
    def height(self) -> float:
        """Pixels that all lines take."""
        return LINE * (1 + len(self.rows)) + PAD


def shape_and_dtype(shape: tuple[int, ...] | None, dtype: object) -> str:
    """Write ``(64, 4) float32``, as far as it is known."""
    known = [] if shape is None else [str(shape)]
    return " ".join([*known, *([str(dtype).removeprefix("torch.")] if dtype else [])])


def describe(entry: Entry) -> str:
    """Say in a line what enters an operation."""
    name = entry.name or {"leaf": "another leaf tensor"}.get(entry.kind, "constant")
    remarks = {
        "leaf": ", not a parameter of the model",
        "frozen": ", frozen",
        "detached": ", detached",
        "cut": ", cut before here?",
    }
    return f"{name} {shape_and_dtype(entry.shape, entry.dtype)}".strip() + remarks.get(
        entry.kind, ""
    )


def draw(root: Box, operations: Sequence[Operation], unreached: Sequence[str], title: str) -> str:
    """Draw the loss, the operations behind it, and what the loss does not reach.

    Raises:
        ImportError: the package ``pygraphviz`` is not installed.
    """
    boxes, edges = [root], [(0, 1)] if operations else []
    beyond = False
    for place, operation in enumerate(operations[:DRAWN], start=1):
        rows = [(COLOURS.get(entry.kind, BAD), describe(entry)) for entry in operation.entries]
        about = shape_and_dtype(operation.shape, operation.dtype)
        boxes.append(Box(operation.name, about, rows))
        inputs = sorted({min(i, DRAWN) for i in operation.inputs})
        edges += [(place, i + 1) for i in inputs]
        beyond = beyond or DRAWN in inputs
    if beyond:
        boxes.append(Box("…", f"and {len(operations) - DRAWN} more operations", dashed=True))
    places, paths, width, height = _layout(boxes, edges)
    if unreached:
        listed = [(BAD, name) for name in unreached[:LISTED]]
        if len(unreached) > LISTED:
            listed.append((BAD, f"and {len(unreached) - LISTED} more"))
        box = Box("not reached", "by this loss", listed, BAD, dashed=True)
        width = max(width, box.width + 2)
        places.append(
            (
                width / 2 if not operations else max(box.width / 2 + 1, places[0][0]),
                height + 24 + box.height / 2,
            )
        )
        width = max(width, places[-1][0] + box.width / 2 + 1)
        height += 24 + box.height
        boxes.append(box)
    margin = 8
    total = width + 2 * margin, height + 2 * margin
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{total[0]:.0f}" height="{total[1]:.0f}" '
        f'viewBox="{-margin} {-margin} {total[0]:.0f} {total[1]:.0f}" role="img" '
        "font-family=\"ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" "
        f'font-size="12"><title>{escape(title)}</title>',
        f'<rect x="{-margin}" y="{-margin}" width="100%" height="100%" rx="6" fill="#fff"/>',
        *(_arrow(path) for path in paths),
        *(_box(box, *place) for box, place in zip(boxes, places, strict=True)),
        "</svg>",
    ]
    return "\n".join(parts)


Point = tuple[float, float]


def _layout(
    boxes: Sequence[Box], edges: Sequence[tuple[int, int]]
) -> tuple[list[Point], list[list[Point]], float, float]:
    """Give the boxes' centres, the edges' Bézier points, width and height, in pixels."""
    try:
        pygraphviz = import_module("pygraphviz")
    except ImportError as error:
        raise ImportError(INSTALL) from error
    graph = pygraphviz.AGraph(directed=True, strict=False, ranksep=0.3, nodesep=0.2)
    graph.node_attr.update(shape="box", fixedsize="true", label="")
    for number, box in enumerate(boxes):
        graph.add_node(number, width=box.width / 72, height=box.height / 72)  # in inches
    graph.add_edges_from(edges)
    plain = graph.draw(format="plain", prog="dot").decode().splitlines()
    _, _, wide, high = plain[0].split()

    def pixels(x: str, y: str) -> Point:
        return round(72 * float(x), 1), round(72 * (float(high) - float(y)), 1)

    lines = [line.split() for line in plain]
    centres = {int(line[1]): pixels(*line[2:4]) for line in lines if line[0] == "node"}
    paths = []
    for line in lines:
        if line[0] == "edge":
            numbers = line[4 : 4 + 2 * int(line[3])]
            points = zip(numbers[::2], numbers[1::2], strict=True)
            paths.append([pixels(*point) for point in points])
    return [centres[i] for i in range(len(boxes))], paths, 72 * float(wide), 72 * float(high)


def _arrow(path: Sequence[Point]) -> str:
    """Draw a curve with a head, in the direction in which the gradient goes."""
    (x, y), *rest = path
    curve = f"M{x},{y} C" + " ".join(f"{x},{y}" for x, y in rest)
    (x1, y1), (x2, y2) = path[-2:]
    length = max(((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5, 1e-6)
    dx, dy = (x2 - x1) / length, (y2 - y1) / length
    # Graphviz ends a curve where its own head would begin, ten pixels before the box.
    tip = f"{x2 + 10 * dx:.1f},{y2 + 10 * dy:.1f}"
    left, right = (f"{x2 - s * 3.5 * dy:.1f},{y2 + s * 3.5 * dx:.1f}" for s in (1, -1))
    return (
        f'<path d="{curve}" fill="none" stroke="{EDGE}" stroke-width="1.3"/>'
        f'<path d="M{tip} L{left} L{right} Z" fill="{EDGE}"/>'
    )


def _box(box: Box, x: float, y: float) -> str:
    left, top = x - box.width / 2, y - box.height / 2
    dashes = ' stroke-dasharray="5 3"' if box.dashed else ""
    parts = [
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{box.width:.0f}" height="{box.height:.0f}" '
        f'rx="5" fill="{FILL}" stroke="{box.colour}"{dashes}/>',
        f'<text x="{left + PAD:.1f}" y="{top + LINE - 1:.1f}" fill="{INK}">'
        f'<tspan font-weight="bold">{escape(box.title)}</tspan> {escape(box.text)}</text>',
    ]
    for number, (colour, text) in enumerate(box.rows, start=1):
        base = top + LINE * (number + 1) - 2
        parts.append(
            _mark(colour, left + PAD + 4, base - 4)
            + f'<text x="{left + PAD + 2 * CHAR:.1f}" y="{base:.1f}" fill="{colour}">'
            f"{escape(text)}</text>"
        )
    return "".join(parts)


def _mark(colour: str, x: float, y: float) -> str:
    """Draw the mark of an entry: a disc, a ring for a constant, a cross for a cut."""
    if colour == BAD:
        cross = f"M{x - 3.5:.1f},{y - 3.5:.1f} l7,7 m0,-7 l-7,7"
        return f'<path d="{cross}" stroke="{BAD}" stroke-width="2"/>'
    fill = "none" if colour == GREY else colour
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{fill}" stroke="{colour}"/>'
