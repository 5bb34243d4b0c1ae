"""Where the built site lies, and which pages it has."""

from pathlib import Path

SITE = Path(__file__).parents[2] / "docs" / "_build" / "html"
PAGES = sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))
SCRIPT_PAGES = [
    page for page in PAGES if page.startswith("tutorials/") and not page.endswith("index.html")
]
