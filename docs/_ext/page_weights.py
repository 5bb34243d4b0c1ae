"""What a visit to a built page loads."""

import gzip
import re
from functools import cache
from pathlib import Path
from statistics import median
from typing import NamedTuple

COMPRESSIBLE = {".html", ".css", ".js", ".svg"}
PICTURE = re.compile(r'<(?:img|source)\b[^>]* src="([^"]+)"')
OTHER_FILE = re.compile(  # a script, a style sheet or the icon
    r'<(?:script\b[^>]* src|link\b[^>]* rel="(?:stylesheet|shortcut icon)"[^>]* href)="([^"]+)"'
)
FONTS = {  # KaTeX's, by the classes that are set in them
    "Main-Regular": "katex-html",
    "Main-Bold": "mathbf",
    "Math-Italic": "mathnormal",
    "AMS-Regular": "amsrm|mathbb",
    "Caligraphic-Regular": "mathcal",
    "Size1-Regular": "delimsizing size1|delim-size1|small-op",
    "Size2-Regular": "delimsizing size2|large-op",
    "Size3-Regular": "delimsizing size3",
    "Size4-Regular": "delimsizing size4|delim-size4",
}
READING, WITH_PICTURES = 200_000, 450_000  # bytes a first visit may load


class Visit(NamedTuple):
    """What a visit to one page loads, compressed, in bytes."""

    page: str
    first: int  # with nothing in the browser's cache
    next: int  # with the files that all pages share in it
    requests: int
    pictures: bool


@cache
def size(path: Path) -> int:
    """Count a file's bytes as they are sent: text by gzip, the rest as it is."""
    body = path.read_bytes()
    return len(gzip.compress(body)) if path.suffix in COMPRESSIBLE else len(body)


def visit(site: Path, page: Path) -> Visit:
    """Weigh a page and all that it loads."""
    text = page.read_text(encoding="utf-8")
    pictures = PICTURE.findall(text)
    links = [link for link in OTHER_FILE.findall(text) + pictures if not link.startswith("data:")]
    files = {(page.parent / re.sub(r"[?#].*", "", link)).resolve() for link in links}
    static = (site / "_static").resolve()
    files |= {
        static / f"katex/fonts/KaTeX_{name}.woff2"
        for name, classes in FONTS.items()
        if re.search(rf'class="[^"]*\b({classes})\b', text)
    }
    shared = {path for path in files if static in path.parents}
    html = size(page)
    return Visit(
        page=page.relative_to(site).as_posix(),
        first=html + sum(map(size, files)),
        next=html + sum(map(size, files - shared)),
        requests=1 + len(files),
        pictures=any("_static/" not in link for link in pictures),
    )


def visits(site: Path) -> list[Visit]:
    """Weigh all pages that people read, heaviest first."""
    pages = [page for page in site.rglob("*.html") if "_modules" not in page.parts]
    return sorted((visit(site, page) for page in pages), key=lambda v: (-v.first, v.page))


def a_day(found: list[Visit], readers: int = 1_000_000, pages: int = 5) -> dict[str, float]:
    """Work out what readers load in a day who each look at some pages for the first time."""
    first, later = median(v.first for v in found), median(v.next for v in found)
    reader = first + (pages - 1) * later  # bytes
    day = readers * reader
    bits_a_second = 8 * day / (24 * 60 * 60)
    return {
        "reader_kB": reader / 1e3,
        "terabytes": day / 1e12,
        "mean_megabits": bits_a_second / 1e6,
        "peak_megabits": 4 * bits_a_second / 1e6,  # the busiest minute: four times the mean
        "page_views_a_second": readers * pages / (24 * 60 * 60),
        "dollars": 0.02 * day / 1e9,  # a gigabyte for two cents
    }
