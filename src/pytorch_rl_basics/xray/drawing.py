"""Draw the graph as an SVG: Graphviz finds the places, text and shapes are set here."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib import import_module

from torch import Tensor

from .graph import Entry, Operation
from .parameters import Parameter

DRAWN = 40  # operations in a picture, those nearest to the loss; a hundred can be read by nobody
LISTED = 8  # parameters named in the box of those that are not reached
CHAR, LINE, PAD = 7.3, 19, 10  # pixels; monospace letters are 0.6 of the font's 12 pixels wide
INK, GREY, EDGE, FILL = "#1b1f24", "#5b6570", "#8a94a0", "#f3f5f7"
GOOD, BAD, OTHER = "#0067a3", "#b54500", "#7a4a86"
REMARKS = {
    "leaf": ", not a parameter of the model",
    "frozen": ", frozen",
    "detached": ", detached",
    "cut": ", cut before here?",
}
COLOURS = {"parameter": GOOD, "leaf": OTHER, "frozen": GREY, "constant": GREY}
# Graphviz ends a curve where the head begins, ten pixels before the box.
HEAD = (
    '<marker id="head" markerUnits="userSpaceOnUse" markerWidth="10" markerHeight="7" refY="3.5" '
    f'orient="auto"><path d="M0,0 L10,3.5 L0,7 Z" fill="{EDGE}"/></marker>'
)
Point = tuple[float, float]  # in pixels
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


def shape_and_dtype(of: Entry | Operation | Parameter | Tensor) -> str:
    """Write ``(64, 4) float32``, as far as it is known."""
    shape = "" if of.shape is None else str(tuple(of.shape))
    dtype = str(of.dtype or "").removeprefix("torch.")
    return f"{shape} {dtype}".strip()


def describe(entry: Entry) -> str:
    """Describe in a line what enters an operation."""
    name = entry.name or ("another leaf tensor" if entry.kind == "leaf" else "constant")
    return f"{name} {shape_and_dtype(entry)}".strip() + REMARKS.get(entry.kind, "")


def draw(root: Box, operations: Sequence[Operation], unreached: Sequence[str], title: str) -> str:
    """Draw the loss, the operations behind it, and what the loss does not reach.

    Raises:
        ImportError: the package ``pygraphviz`` is not installed.
    """
    boxes, edges = _boxes(root, operations)
    places, paths, width, height = _layout(boxes, edges)
    if unreached:
        rows = [(BAD, name) for name in unreached[:LISTED]]
        if len(unreached) > LISTED:
            rows.append((BAD, f"and {len(unreached) - LISTED} more"))
        box = Box("not reached", "by this loss", rows, BAD, dashed=True)
        x = max(box.width / 2 + 1, places[0][0])
        boxes.append(box)
        places.append((x, height + 24 + box.height / 2))
        width = max(width, x + box.width / 2 + 1)
        height += 24 + box.height
    margin = 8
    wide, high = f"{width + 2 * margin:.0f}", f"{height + 2 * margin:.0f}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" '
        f'viewBox="{-margin} {-margin} {wide} {high}" role="img" '
        "font-family=\"ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" "
        f'font-size="12"><title>{escape(title)}</title>',
        f'<rect x="{-margin}" y="{-margin}" width="100%" height="100%" rx="6" fill="#fff"/>',
        HEAD,
        *(_arrow(path) for path in paths),
        *(_box(box, *place) for box, place in zip(boxes, places, strict=True)),
        "</svg>",
    ]
    return "\n".join(parts)


def _boxes(root: Box, operations: Sequence[Operation]) -> tuple[list[Box], list[tuple[int, int]]]:
    """Give the boxes from the loss on, and the edges between their places."""
    boxes, edges = [root], [(0, 1)] if operations else []
    places = {operation: min(i, DRAWN + 1) for i, operation in enumerate(operations, start=1)}
    for operation in operations[:DRAWN]:
        rows = [(COLOURS.get(entry.kind, BAD), describe(entry)) for entry in operation.entries]
        boxes.append(Box(operation.name, shape_and_dtype(operation), rows))
        inputs = sorted({places[used] for used in operation.inputs})
        edges += [(places[operation], end) for end in inputs]
    if len(operations) > DRAWN:
        boxes.append(Box("…", f"and {len(operations) - DRAWN} more operations", dashed=True))
    return boxes, edges


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
    graph.layout(prog="dot")
    width, height = map(float, graph.graph_attr["bb"].split(",")[2:])

    def pixels(point: str) -> Point:
        x, y = map(float, point.split(","))
        return round(x, 1), round(height - y, 1)

    centres = [pixels(graph.get_node(number).attr["pos"]) for number in range(len(boxes))]
    curves = [edge.attr["pos"].split()[1:] for edge in graph.edges()]  # the first is its tip
    return centres, [[pixels(point) for point in curve] for curve in curves], width, height


def _arrow(path: Sequence[Point]) -> str:
    """Draw a curve with a head, in the direction in which the gradient goes."""
    start, *rest = (f"{x},{y}" for x, y in path)
    return (
        f'<path d="M{start} C{" ".join(rest)}" fill="none" stroke="{EDGE}" stroke-width="1.3" '
        'marker-end="url(#head)"/>'
    )


def _box(box: Box, x: float, y: float) -> str:
    left, top = x - box.width / 2, y - box.height / 2
    dashes = ' stroke-dasharray="5 3"' if box.dashed else ""
    svg = (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{box.width:.0f}" height="{box.height:.0f}" '
        f'rx="5" fill="{FILL}" stroke="{box.colour}"{dashes}/>'
        f'<text x="{left + PAD:.1f}" y="{top + LINE - 1:.1f}" fill="{INK}">'
        f'<tspan font-weight="bold">{escape(box.title)}</tspan> {escape(box.text)}</text>'
    )
    for number, (colour, text) in enumerate(box.rows, start=2):
        base = top + LINE * number - 2
        svg += _mark(colour, left + PAD + 4, base - 4)
        svg += f'<text x="{left + PAD + 2 * CHAR:.1f}" y="{base:.1f}" fill="{colour}">'
        svg += f"{escape(text)}</text>"
    return svg


def _mark(colour: str, x: float, y: float) -> str:
    """Draw the mark of an entry: a disc, a ring for a constant, a cross for a cut."""
    if colour == BAD:
        cross = f"M{x - 3.5:.1f},{y - 3.5:.1f} l7,7 m0,-7 l-7,7"
        return f'<path d="{cross}" stroke="{BAD}" stroke-width="2"/>'
    fill = "none" if colour == GREY else colour
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{fill}" stroke="{colour}"/>'
