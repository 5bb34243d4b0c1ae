"""What the figure "Down the valley" needs: contour lines, and the paths that the build computes."""

from typing import Any

import contourpy
import torch
from torch import Tensor

LEFT, RIGHT, BOTTOM, TOP = -3.2, 1.6, -1.4, 1.8  # what the figure shows
START, RATES, RATE, STEPS = [-2.6, 1.0], [0.01, 0.03, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6], 2, 40
RATES += [0.65, 0.7, 0.8, 1.0, 1.25, 1.5]
OPTIMIZERS = {
    "SGD": (torch.optim.SGD, {}),
    "Momentum": (torch.optim.SGD, {"momentum": 0.9}),
    "Adam": (torch.optim.Adam, {}),
}


def straight(w1: Tensor, w2: Tensor) -> Tensor:
    """Give the loss of a valley that is steep along w2 and flat along w1, of any shape."""
    return 0.1 * w1**2 + 1.6 * w2**2


def curved(w1: Tensor, w2: Tensor) -> Tensor:
    """Give the loss of a valley whose floor is a parabola, of any shape."""
    return 0.1 * w1**2 + (w2 - 0.2 * w1**2) ** 2


SURFACES = {"straight": straight, "curved": curved}


def path(surface: str, optimizer: str, rate: float) -> list[list[float]]:
    """Let an optimizer take all steps down a surface; give the points, (STEPS + 1, 2)."""
    w = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    kind, options = OPTIMIZERS[optimizer]
    steps, points = kind([w], lr=rate, **options), [w.tolist()]
    for _ in range(STEPS):
        steps.zero_grad()
        SURFACES[surface](w[0], w[1]).backward()
        steps.step()
        points.append(w.tolist())
    return points


def drawn(points: Any) -> str:
    """Write points as SVG does: 100 units are 1, and w2 grows upwards."""
    return " ".join(f"{100 * x:.0f},{-100 * y:.0f}" for x, y in points)


def contours(surface: Any) -> str:
    """Trace a surface's contour lines, as the path of an SVG."""
    w1, w2 = torch.linspace(LEFT, RIGHT, 61), torch.linspace(BOTTOM, TOP, 41)
    lines = contourpy.contour_generator(w1, w2, surface(*torch.meshgrid(w1, w2, indexing="xy")))
    levels = (0.02, 0.1, 0.3, 0.6, 1, 1.5, 2.2, 3, 4, 5.2)
    return "".join("M" + drawn(line) for level in levels for line in lines.lines(level))


def data() -> dict[str, Any]:
    """Give the contour lines, the start, and the learning rates to choose from."""
    lines = {name: contours(surface) for name, surface in SURFACES.items()}
    return {"contours": lines, "start": START, "rates": RATES, "rate": RATE, "steps": STEPS}


def static(data: dict[str, Any]) -> str:
    """Draw the scene that the script changes: the paths at a learning rate of 0.1."""
    paths = "".join(
        f'<polyline class="valley-{name.lower()}" points="{drawn(path("straight", name, 0.1))}"/>'
        for name in OPTIMIZERS
    )
    window = " ".join(f"{100 * size:g}" for size in (LEFT, -TOP, RIGHT - LEFT, TOP - BOTTOM))
    return f"""\
<svg class="valley-scene" viewBox="{window}" role="img"
 aria-label="Contour lines of a long valley, and three paths from the same point on its
 wall. With a learning rate of 0.1, SGD goes straight to the floor and then slowly along it.
 Momentum swings across the floor and past the lowest point. Adam goes diagonally.">
<path class="valley-contours" d="{data["contours"]["straight"]}"/><path d="M-9 0h18M0-9v18"/>
{paths}<circle cx="{100 * START[0]}" cy="{-100 * START[1]}" r="6"/></svg>
<div class="valley-controls"><p class="valley-legend">
{STEPS} steps of <b class="valley-sgd">SGD</b> (dashed),
<b class="valley-momentum">Momentum</b> (dotted) and <b class="valley-adam">Adam</b> (solid)
with a learning rate of 0.1. The cross is the lowest point.</p></div>"""
