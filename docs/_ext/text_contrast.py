"""Text in figures stands out in both themes: 4.5:1 at least (WCAG 2.2, 1.4.3), or the build fails.

Matplotlib calls `watch` for every new figure, here and in the notebooks' kernels, because
`figure.hooks` in matplotlibrc names it.
"""

import os
from pathlib import Path

import numpy as np
from matplotlib.backend_bases import DrawEvent
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.text import Text
from numpy.typing import NDArray
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

LEAST = 4.5
REPORT = "FAINT_TEXTS"  # the environment variable that names the file for what was found

# The dark theme's filter (`figure-filter` in conf.py): invert(0.925), then hue-rotate(180deg).
HUES_TURNED = np.array([[-0.574, 1.43, 0.144], [0.426, 0.43, 0.144], [0.426, 1.43, -0.856]])


def dark(colour: NDArray) -> NDArray:
    """Turn a colour as the dark theme does."""
    return np.clip(HUES_TURNED @ (0.925 - 0.85 * colour), 0, 1)


def luminance(colour: NDArray) -> float:
    """Give the relative luminance of an sRGB colour."""
    linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: NDArray, other: NDArray) -> float:
    """Compare two colours, as WCAG does."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def background(pixels: NDArray) -> NDArray:
    """Give the most frequent colour in a box (h, w, 4): letters cover less than half of it."""
    packed = np.ascontiguousarray(pixels).view(np.uint32)  # 4 bytes as 1 number: 100 times as fast
    colours, counts = np.unique(packed, return_counts=True)
    return colours[counts.argmax(), None].view(np.uint8)[:3] / 255


def faint_texts(event: DrawEvent) -> list[str]:
    """Name the texts of a figure, just drawn, that hardly stand out."""
    drawn = np.asarray(event.renderer.buffer_rgba())[::-1]  # row 0 at the bottom
    found = []
    # Where nothing is drawn, only the layout was worked out.
    for text in event.canvas.figure.findobj(Text) if drawn.any() else ():
        box = text.get_window_extent(event.renderer).extents
        left, bottom, right, top = (max(0, round(edge)) for edge in box)
        pixels = drawn[bottom:top, left:right]  # none for a tick beyond the axis
        if not (text.get_visible() and text.get_text().strip() and pixels.size):
            continue
        behind = background(pixels)
        *colour, alpha = to_rgba(text.get_color(), text.get_alpha())
        letters = alpha * np.array(colour) + (1 - alpha) * behind
        ratios = {"light": contrast(letters, behind), "dark": contrast(dark(letters), dark(behind))}
        faint = {theme: ratio for theme, ratio in ratios.items() if ratio < LEAST}
        found += [f"{text.get_text()!r} {theme}: {faint[theme]:.2f}:1" for theme in faint]
    return found


def note(event: DrawEvent) -> None:
    """Write down what is faint: an exception would not leave a notebook's kernel."""
    if found := faint_texts(event):
        title = next((axes.get_title() for axes in event.canvas.figure.axes), "")
        with open(os.environ[REPORT], "a", encoding="utf-8") as report:
            report.write(f"in the figure {title!r}: {', '.join(found)}\n")


def watch(figure: Figure) -> None:
    """Look at a figure whenever it is drawn."""
    figure.canvas.mpl_connect("draw_event", note)


def start(app: Sphinx) -> None:
    """Forget what an earlier build found."""
    report = Path(app.outdir).with_name("faint_texts.txt")
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text("", encoding="utf-8")
    os.environ[REPORT] = str(report)


def finish(app: Sphinx, error: Exception | None) -> None:
    """Fail if a text was faint."""
    if error is None and (found := Path(os.environ[REPORT]).read_text(encoding="utf-8")):
        raise ExtensionError(f"text that hardly stands out, {found}")


def setup(app: Sphinx) -> dict:
    """Hook into the build."""
    app.connect("config-inited", lambda app, _: start(app), priority=1)
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
