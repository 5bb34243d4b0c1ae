"""Pictures in 256 colours: a third of the bytes, for figures that use a handful of colours."""

from pathlib import Path

from PIL import Image
from sphinx.application import Sphinx


def shrink(app: Sphinx, error: Exception | None) -> None:
    """Write every picture that has no transparency again, with a palette."""
    if error or app.builder.format != "html":
        return
    for path in sorted(Path(app.outdir, "_images").glob("*.png")):
        with Image.open(path) as picture:
            opaque = not picture.has_transparency_data or picture.getextrema()[-1] == (255, 255)
            if picture.mode == "P" or not opaque:
                continue
            small = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
        small.save(path, optimize=True)


def setup(app: Sphinx) -> dict:
    """Shrink them when all pages are written."""
    app.connect("build-finished", shrink)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
