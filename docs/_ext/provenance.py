"""Where the site comes from and where it will be: its commit, wheel and address, a page's seeds."""

import os
import re
import runpy
import shutil
from collections.abc import Mapping
from importlib.metadata import version
from itertools import groupby
from pathlib import Path

from gallery_hooks import SEED
from hatchling.builders.wheel import WheelBuilder
from sphinx.application import Sphinx

ROOT = Path(__file__).parents[2]
CELL = re.compile(r"^```\{code-cell\}.*?^```$", re.MULTILINE | re.DOTALL)
GIVEN = re.compile(r"\b(?:manual_)?seed[(=](\d+)[,)]")
LOOP = re.compile(r"\bfor seed in (?:range\((\w+)\)|\(([\d, ]+)\))")
git = runpy.run_path(str(ROOT / "version.py"))["git"]


def date_everything_by_the_commit() -> None:
    """Use the commit's date for all dates, so that two builds give the same bytes."""
    if "SOURCE_DATE_EPOCH" not in os.environ and (seconds := git("log", "-1", "--format=%ct")):
        os.environ["SOURCE_DATE_EPOCH"] = seconds


def build_wheel() -> str:
    """Build the package's wheel, and return its path."""
    folder = ROOT / "docs" / "_build" / "wheel"
    shutil.rmtree(folder, ignore_errors=True)
    return next(WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"]))


def hosted_address(environment: Mapping[str, str]) -> str:
    """Return the address that the site will have, ending in "/", or "" if it is not known."""
    names = ("SITE_ADDRESS", "READTHEDOCS_CANONICAL_URL", "CI_PAGES_URL")
    address = next(filter(None, map(environment.get, names)), "")
    if not address and environment.get("GITHUB_WORKFLOW") == "publish":
        owner, name = environment["GITHUB_REPOSITORY"].split("/")
        host = f"{owner.lower()}.github.io"
        address = f"https://{host}/{'' if name.lower() == host else name}"
    return address and f"{address.rstrip('/')}/"


def colab_address(environment: Mapping[str, str]) -> str:
    """Return where Colab opens the notebooks that the workflow "publish" pushes, or ""."""
    if environment.get("GITHUB_WORKFLOW") != "publish":
        return ""
    repository = environment["GITHUB_REPOSITORY"]
    return f"https://colab.research.google.com/github/{repository}/blob/notebooks/"


def code_of(app: Sphinx, page: str) -> str:
    """Return the code that the build ran for a page: a script's, or the cells of Markdown."""
    script = ROOT / f"{page}.py"
    if script.exists():
        return script.read_text(encoding="utf-8")
    return "\n".join(CELL.findall(app.env.doc2path(page).read_text(encoding="utf-8")))


def seeds(code: str) -> set[int]:
    """Find the numbers that code gives to seed functions, to ``seed=``, and to loops over seeds."""
    found = set(map(int, GIVEN.findall(code)))
    for stop, several in LOOP.findall(code):
        constant = re.search(rf"^{stop} = (\d+)$", code, re.MULTILINE)
        number = constant[1] if constant else stop
        found |= set(range(int(number) if number.isdigit() else 0))
        found |= set(map(int, re.findall(r"\d+", several)))
    return found


def in_words(found: set[int]) -> str:
    """Write seeds in order, neighbours as a range: ``0–4, 1000``."""
    runs = groupby(enumerate(sorted(found)), lambda place: place[1] - place[0])
    ends = [[seed for _, seed in run] for _, run in runs]
    return ", ".join(f"{run[0]}–{run[-1]}" if run[1:] else str(run[0]) for run in ends)


def stamp(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    """Say at the foot of a page when it was last changed, and with what its code was run."""
    if not context.get("last_updated"):
        return
    found = seeds(code_of(app, page)) if page in app.env.all_docs else set()
    if page.startswith("tutorials/") and not page.endswith("/index"):
        found.add(SEED)  # where every script starts
    named = f", random seed{'s' * (len(found) > 1)} {in_words(found)}" if found else ""
    context["last_updated"] += f". Built with torch {version('torch').split('+')[0]}{named}"


def setup(app: Sphinx) -> dict:
    """Add the settings, and stamp the pages."""
    app.add_config_value("site_address", "", "env", types=frozenset({str}))
    app.add_config_value("colab", "", "html", types=frozenset({str}))
    app.add_config_value("wheel", "", "", types=frozenset({str}))  # new with each commit
    app.connect("html-page-context", stamp)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
