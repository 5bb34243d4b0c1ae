"""The built site, page by page."""

import gc
import sys
from collections import Counter

import pytest
from bs4 import BeautifulSoup
from built import PAGES, SITE

DOCS = SITE.parents[1]
sys.path[:0] = [str(DOCS / "_ext"), str(DOCS / "interactive")]  # the build's own modules


@pytest.fixture(scope="session")
def soups() -> dict[str, BeautifulSoup]:
    """Parse every page once."""
    assert PAGES, f"there is no site in {SITE}: nox -s docs builds it"
    gc.disable()  # it would go through millions of objects, again and again
    soups = {page: BeautifulSoup((SITE / page).read_text(), "html.parser") for page in PAGES}
    gc.freeze()
    gc.enable()
    return soups


@pytest.fixture(scope="session")
def ids(soups: dict[str, BeautifulSoup]) -> dict[str, Counter[str]]:
    """Count the anchors of every page."""
    return {p: Counter(tag["id"] for tag in soup.select("[id]")) for p, soup in soups.items()}
