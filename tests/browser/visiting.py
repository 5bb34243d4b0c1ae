"""A window of the browser that opens pages and notes what each of them does."""

import gzip
import re
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, Route, expect
from serving import SITE

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
THEMES = {"light": (DESKTOP, PHONE), "dark": (PHONE, DESKTOP)}  # the first is loaded, then resized
in_both_sizes = pytest.mark.parametrize(
    "window", [{"viewport": DESKTOP}, {"viewport": PHONE}], ids=["desktop", "phone"], indirect=True
)
without_scripts = pytest.mark.parametrize(
    "window", [{"viewport": PHONE, "java_script_enabled": False}], ids=["none"], indirect=True
)
with_scripts_and_without = pytest.mark.parametrize(
    "window", [{}, {"java_script_enabled": False}], ids=["scripts", "none"], indirect=True
)
PATIENCE = 120_000  # milliseconds: a busy machine is no fault of the page
expect.set_options(timeout=PATIENCE)
PROBE = Path(__file__).with_name("probe.js").read_text()
FONTS = re.compile(r"\.woff2?$")
PICTURES = re.compile(r"\.(png|svg|webp|mp4)$")
COMPRESSED = {".css", ".html", ".js", ".svg"}  # the rest is compressed in itself


@dataclass
class Visit:
    """What one page did, in one theme."""

    files: set[str] = field(default_factory=set)
    asked_elsewhere: list[str] = field(default_factory=list)  # of other hosts
    errors: list[str] = field(default_factory=list)  # what the console says, and what is missing
    moved_by_fonts: list[tuple[float, str]] = field(default_factory=list)
    moved_by_pictures: list[tuple[float, str]] = field(default_factory=list)
    too_wide: list[str] = field(default_factory=list)  # a phone would scroll sideways
    inaccessible: list[str] = field(default_factory=list)  # what axe finds, and pale text
    pictures: bool = False
    paint: float = 0.0
    load: float = 0.0

    @property
    def weight(self) -> int:
        """Count the bytes that a first visit fetches, compressed as servers do."""
        return sum(map(transferred, self.files))

    @property
    def own_weight(self) -> int:
        """Count the bytes of a visit without the files in _static, which the browser keeps."""
        return sum(transferred(name) for name in self.files if not name.startswith("_static/"))


@cache
def transferred(name: str) -> int:
    """The bytes of a file on its way."""
    body = (SITE / name).read_bytes()
    return len(gzip.compress(body)) if Path(name).suffix in COMPRESSED else len(body)


class Visitor:
    """A window in one theme."""

    def __init__(self, browser: Browser, address: str, theme: str) -> None:
        self.address = address
        self.loaded, self.resized = THEMES[theme]
        self.window: Page = browser.new_context(color_scheme=theme).new_page()
        self.window.set_default_timeout(PATIENCE)
        self.window.add_init_script(AXE_SCRIPT)
        self.window.add_init_script(PROBE)
        self.window.on("request", lambda request: self._asked(request.url))
        self.window.on("console", lambda message: self._said(message.type, message.text))
        self.window.on("pageerror", lambda error: self._said("error", str(error)))
        self.window.on("response", lambda answer: self._answered(answer.status, answer.url))
        # Fonts come after the first paint, then pictures, as over a slow line: what has no size of
        # its own then moves the text. Routing also switches the cache off: each visit is a first.
        for late in (FONTS, PICTURES):
            self.window.route(late, partial(self._hold, late))

    def visit(self, page: str) -> Visit:
        """Open a page, and judge it at both widths."""
        self.noted, self.held = Visit(), {FONTS: [], PICTURES: []}
        self.window.set_viewport_size(self.loaded)
        self.window.goto(self.address + page, wait_until="commit")
        self.window.evaluate("patience => probe.firstPaint(patience)", PATIENCE)
        noted = self.noted
        self._send(FONTS)
        self.window.evaluate("document.fonts.ready.then(() => 0)")
        noted.moved_by_fonts = self._ask("moved")
        self._send(PICTURES)
        self.window.wait_for_load_state("load")
        noted.moved_by_pictures = self._ask("moved")
        timing = self._ask("timing")
        noted.paint, noted.load = timing["paint"], timing["load"]
        noted.pictures = self.window.locator("article img, article video").count() > 0
        self._ask("unfold")
        self._judge("colours", self.loaded)
        self._judge("colours", self.resized)
        self._ask("flatten")
        self._judge("structure", self.resized)  # the other theme is resized to the other width
        return noted

    def _judge(self, what: str, size: dict[str, int]) -> None:
        """Look at the page at a size."""
        self.window.set_viewport_size(size)
        self._ask("moved")  # frames pass, and the page's scripts notice
        if size == PHONE:
            self.noted.too_wide += self._ask("tooWide")
        self.noted.inaccessible += [f"{size['width']} wide: {line}" for line in self._ask(what)]

    def _ask(self, what: str) -> Any:
        return self.window.evaluate(f"probe.{what}()")

    def _hold(self, late: re.Pattern[str], route: Route) -> None:
        if late in self.held:
            self.held[late].append(route)
        else:
            route.continue_()

    def _send(self, late: re.Pattern[str]) -> None:
        for route in self.held.pop(late):
            route.continue_()

    def _asked(self, url: str) -> None:
        if url.startswith(self.address):
            self.noted.files.add(re.sub(r"[?#].*", "", url.removeprefix(self.address)))
        elif not url.startswith(("data:", "blob:")):
            self.noted.asked_elsewhere.append(url)

    def _said(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.noted.errors.append(text)

    def _answered(self, status: int, url: str) -> None:
        if status >= 400:
            self.noted.errors.append(f"{status} {url}")
