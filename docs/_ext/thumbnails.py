"""The pictures on the cards: one motif per script, drawn with thick lines in two colours."""

import re
from collections.abc import Callable
from itertools import pairwise, product
from math import exp, sin

A, B, C = "a", "b", "c"  # the inks: blue, orange, grey
NUMBER = re.compile(r"^(exercise|example)_\d+_")


def line(points: str, ink: str = A) -> str:
    """Draw a line through points of a field of 120 x 60, such as "8,52 112,8"."""
    return f'<polyline class="{ink}" points="{points}"/>'


def curve(f: Callable[[float], float], ink: str = A, start: float = 0, end: float = 1) -> str:
    """Draw a function of 0 to 1, whose values 0 and 1 are the bottom and the top."""
    steps = (start + (end - start) * step / 40 for step in range(41))
    return line(" ".join(f"{8 + 104 * t:.1f},{52 - 44 * f(t):.1f}" for t in steps), ink)


def arrow(x: float, y: float, u: float, v: float, ink: str = A) -> str:
    """Draw a line with a head from (x, y) to (u, v)."""
    length = ((u - x) ** 2 + (v - y) ** 2) ** 0.5
    a, b = 9 * (u - x) / length, 9 * (v - y) / length
    left, right = ((u - a - s * b, v - b + s * a) for s in (0.7, -0.7))
    head = "{:.0f},{:.0f} {},{} {:.0f},{:.0f}".format(*left, u, v, *right)
    return line(f"{x},{y} {u},{v}", ink) + line(head, ink)


def dots(points: str, ink: str = A, radius: int = 5) -> str:
    """Draw filled circles."""
    draw = '<circle class="{} full" cx="{}" cy="{}" r="{}"/>'.format
    return "".join(draw(ink, *point.split(","), radius) for point in points.split())


def box(x: float, y: float, wide: int, high: int, ink: str = A) -> str:
    """Draw a rectangle; an ink with "full" fills it."""
    return f'<rect class="{ink}" x="{x:.0f}" y="{y:.0f}" width="{wide}" height="{high}" rx="3"/>'


def bars(*heights: float, marked: int = -1) -> str:
    """Draw bars, one of them marked."""
    step, drawn = 104 / len(heights), ""
    for i, high in enumerate(heights):
        ink = f"{B if i == marked else A} full"
        drawn += box(10 + step * i, 54 - 48 * high, round(step) - 8, round(48 * high), ink)
    return drawn


def table(columns: int, *marked: int) -> str:
    """Draw a table, with one column marked per row."""
    left, top = 62 - columns * 8, 32 - len(marked) * 8
    return "".join(
        box(left + 16 * c, top + 16 * r, 12, 12, f"{B if c == mark else C} full")
        for r, mark in enumerate(marked)
        for c in range(columns)
    )


def net(*layers: int, cut: int = 0) -> str:
    """Draw a network's units and what connects them; some of the last connections may be cut."""
    units = [
        [f"{20 + 80 * i // (len(layers) - 1)},{30 + 8 * (2 * j - n + 1)}" for j in range(n)]
        for i, n in enumerate(layers)
    ]
    links = [pair for left, right in pairwise(units) for pair in product(left, right)]
    drawn = "".join(line(" ".join(pair), "c thin") for pair in links[: len(links) - cut])
    return drawn + "".join(map(dots, map(" ".join, units[:-1]))) + dots(" ".join(units[-1]), B)


def pendulum(x: int, y: int, size: int) -> str:
    """Draw a pendulum that is nearly upright."""
    top = f"{x + size // 3},{y - size}"
    return line(f"{x},{y} {top}") + dots(f"{x},{y}", C) + dots(top, B)


def learning(speed: float, ink: str = A) -> str:
    """Draw a learning curve."""
    return curve(lambda t: 1 / (1 + exp(6 - speed * t)), ink)


def noise(t: float) -> float:
    """Return what looks like noise."""
    return (sin(47 * t) + sin(83 * t + 1)) / 2


def bell(t: float) -> float:
    """Return a Gaussian density."""
    return exp(-18 * (t - 0.5) ** 2)


CUBE = curve(lambda t: 0.5 + 0.6 * (2 * t - 1) ** 3 - 0.1 * (2 * t - 1))
EVALUATED = "".join(line(f"{x},{y - 12} {x},{y + 12}") for x, y in ((20, 40), (60, 30), (100, 20)))
ADVANTAGES = "".join(line(f"{18 * i + 8},{11 * i + 8} 112,{11 * i + 8}") for i in range(1, 5))
PROCESSES = "".join(box(x, y, 18, 18, "a full") for x in (70, 94) for y in (10, 34))
MOTIFS = {
    "autograd": curve(lambda t: t * t) + line("50,51 112,11", B),
    "training_step": curve(lambda t: (2 * t - 1) ** 2) + arrow(30, 26, 48, 44, B),
    "cubic_gradient": CUBE + line("76,44 112,4", B),
    "mlp": net(3, 3, 2),
    "epsilon_greedy": bars(0.25, 1, 0.25, 0.25, marked=1),
    "sample_actions": bars(0.3, 0.8, 0.45, 0.7) + dots("19,28 45,4 45,13 97,10", B, 4),
    "random_targets": curve(lambda t: 0.1 + 0.85 * exp(-4 * t) + 0.08 * noise(t))
    + line("8,52 112,52", B),
    "sum_gradient": "".join(arrow(90, 30, 28, y) for y in (8, 30, 52)) + dots("94,30", B, 8),
    "select_log_probs": table(5, 1, 4, 2),
    "target_network": curve(lambda t: t) + curve(lambda t: int(4 * t) / 4, B, end=0.99),
    "train_step": bars(1, 0.7, 0.48, 0.32, 0.2, marked=4),
    "td_target": "".join(arrow(20, 30, 88, y, C) for y in (10, 30, 50)) + dots("20,30", B, 8),
    "polyak_update": line("8,52 30,52 30,10 112,10") + curve(lambda t: 1 - exp(1 - 5 * t), B, 0.2),
    "discounted_returns": bars(*(0.75**step for step in range(7)), marked=0),
    "policy_loss": bars(0.5, 0.5, 0.5) + arrow(24, 24, 24, 4, B) + arrow(92, 6, 92, 26, B),
    "gae": line("8,8 112,8", B) + ADVANTAGES,
    "entropy": curve(lambda t: 4 * t * (1 - t)) + dots("60,8", B),
    "clipped_surrogate": line("8,52 66,22 112,22") + line("66,22 100,5", C) + dots("66,22", B),
    "squashed_gaussian_log_prob": curve(bell, C) + curve(lambda t: (2 * t - 1) ** 6, B),
    "dqn": table(6, 4, 0, 3),
    "reinforce": curve(lambda t: 0.5 + 0.4 * t * t) + line("8,30 112,50", C) + dots("112,12", B),
    "actor_critic": arrow(42, 22, 78, 22) + arrow(78, 38, 42, 38, B) + dots("24,30 96,30", A, 12),
    "ppo": line("8,10 112,10 112,50 8,50", C) + curve(lambda t: 0.5 + 0.32 * sin(10 * t), B),
    "sac": pendulum(56, 54, 44) + curve(lambda t: 0.75 - 6 * (t - 0.75) ** 2, B, 0.68, 0.9),
    "dqn_improved": learning(9, C) + learning(24, B),
    "policy_gradients_improved": learning(8, C) + learning(14) + learning(30, B),
    "continuous_actions": curve(bell) + line("74,52 74,24", B) + dots("74,24", B),
    "sac_improved": "".join(pendulum(x, 50, 32) for x in (14, 40, 66, 92)),
    "zero_grad": curve(lambda t: 0.5 + 0.5 * t * sin(24 * t)),
    "backward_twice": arrow(112, 16, 10, 16) + arrow(112, 44, 10, 44, B),
    "in_place": table(6, 2, 2) + line("48,18 64,42") + line("64,18 48,42"),
    "leaving_the_graph": line("16,30 46,30") + line("78,30 108,30", C) + line("56,46 68,14", B),
    "devices": box(10, 14, 34, 34) + box(76, 14, 34, 34, B) + dots("54,31 66,31", C, 3),
    "minus_sign": line("8,30 112,10") + line("8,30 112,50", B),
    "seeding": curve(lambda t: 0.7 + 0.2 * noise(t)) + curve(lambda t: 0.3 - 0.2 * noise(t), B),
    "xray": net(3, 2, 2, cut=2),
    "values": curve(lambda t: 0.35 * (1 - exp(-6 * t))) + curve(lambda t: 0.3 * t + 0.7 * t**6, B),
    "policies": learning(20) + curve(lambda t: 0.9 * bell(t + 0.1), B),
    "save_and_resume": curve(lambda t: t**0.6, end=0.42) + curve(lambda t: t**0.6, B, 0.62),
    "own_environment": dots("60,36", C, 14) + curve(lambda t: 0.1 + 3.4 * t * (1 - t), B),
    "evaluate": EVALUATED + dots("20,40 60,30 100,20", B),
    "does_not_learn": line("8,44 112,44") + dots("62,22", B, 14) + line("73,33 88,50", B),
    "many_seeds": "".join(map(learning, (9, 12, 16, 30))) + learning(22, B),
    "scale_up": box(8, 20, 22, 22, "b full") + arrow(38, 31, 62, 31, C) + PROCESSES,
    "a2c_torchrun": box(8, 14, 32, 32) + box(80, 14, 32, 32) + arrow(46, 30, 72, 30, B),
}


def thumbnail(name: str) -> str:
    """Return the picture of a script as SVG; a script without one fails the build."""
    drawing = MOTIFS[NUMBER.sub("", name)]
    round_lines = 'stroke-width="4" stroke-linecap="round" stroke-linejoin="round"'
    return (
        f'<svg class="thumb" viewBox="0 0 120 60" {round_lines} aria-hidden="true">{drawing}</svg>'
    )
