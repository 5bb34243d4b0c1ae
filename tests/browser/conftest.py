"""One browser for all tests, and the built site for it to open."""

import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright
from serving import PAGES, SITE, served
from visiting import DESKTOP, PATIENCE, THEMES, Visit, Visitor

VISITS = pytest.StashKey[dict[tuple[str, str], Visit]]()
CPU_SECONDS = pytest.StashKey[float]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--write``, which updates docs/page_weights.json."""
    parser.addoption("--write", action="store_true", help="write docs/page_weights.json")


def pytest_sessionstart() -> None:
    """Say in one line that there is nothing to open."""
    if not PAGES:
        pytest.exit(f"There is no site in {SITE}: nox -s docs builds it.", returncode=1)


def executable(playwright: Playwright) -> str:
    """Find the system's Chromium, or Playwright's own."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = next(filter(None, map(shutil.which, names)), None)
    own = playwright.chromium.executable_path
    if not found and not Path(own).exists():
        pytest.exit(
            "There is no Chromium: apt-get install chromium, or playwright install chromium.",
            returncode=1,
        )
    return found or own


@pytest.fixture(scope="session")
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """Start the browser once."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable(playwright), args=["--disable-gpu"]
        )
        yield browser
        # Its processes outlive their parents, so that the system does not count them as the tests'.
        asked = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
        used = sum(process["cpuTime"] for process in asked["processInfo"])
        request.config.stash[CPU_SECONDS] = used
        browser.close()


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Serve the site, under an address that only this machine has."""
    with served(SITE) as address:
        yield address


@pytest.fixture
def new_window(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Give a function that opens a fresh window; none of them may note an error."""
    contexts, errors = [], []

    def noted(kind: str, text: str) -> None:
        if kind == "error" and "404" not in text:  # the tests of missing pages ask for one
            errors.append(text)

    def open_window(**options: Any) -> Page:
        light = {"viewport": DESKTOP, "color_scheme": "light"}
        contexts.append(browser.new_context(**light | options))
        contexts[-1].set_default_timeout(PATIENCE)
        window = contexts[-1].new_page()
        window.on("pageerror", lambda error: noted("error", str(error)))
        window.on("console", lambda said: noted(said.type, said.text))
        return window

    yield open_window
    for context in contexts:
        context.close()
    assert not errors


@pytest.fixture
def window(new_window: Callable[..., Page], request: pytest.FixtureRequest) -> Page:
    """Open a fresh window: a desktop's, unless the test asks for something else."""
    return new_window(**getattr(request, "param", {}))


@pytest.fixture(scope="session")
def visit(
    request: pytest.FixtureRequest, browser: Browser, address: str
) -> Callable[[str, str], Visit]:
    """Give a function that opens a page in a theme, once, and tells what was seen."""
    visitors = {theme: Visitor(browser, address, theme) for theme in THEMES}
    visits = request.config.stash.setdefault(VISITS, {})

    @cache
    def visit(page: str, theme: str) -> Visit:
        visits[page, theme] = visitors[theme].visit(page)
        return visits[page, theme]

    return visit


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what a first visit of each page takes."""
    visits = terminalreporter.config.stash.get(VISITS, {})
    light = {page: visit for (page, theme), visit in visits.items() if theme == "light"}
    if not light:
        return
    used = sum(os.times()[:4]), terminalreporter.config.stash.get(CPU_SECONDS, 0.0)
    terminalreporter.section("CPU seconds")
    terminalreporter.line(f"tests {used[0]:.0f} + Chromium {used[1]:.0f} = {sum(used):.0f}")
    terminalreporter.section("a first visit, compressed; pictures sent after the first paint")
    terminalreporter.line(f"{'':62}{'kB':>4}{'files':>7}{'paint ms':>10}{'load ms':>9}")
    for page, visit in sorted(light.items(), key=lambda item: -item[1].weight):
        row = f"{visit.weight / 1000:4.0f}{len(visit.files):7}{visit.paint:10.0f}{visit.load:9.0f}"
        terminalreporter.line(f"{page:62}{row}")
