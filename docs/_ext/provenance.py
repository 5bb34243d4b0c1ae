"""Where the site comes from and will be: its commit, its wheel, its address."""

import os
import re
import runpy
import shutil
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

from docutils import nodes
from gallery_hooks import SEED
from hatchling.builders.wheel import WheelBuilder
from install_lines import requirement
from seeds import in_words, seeds
from sphinx import addnodes
from sphinx.application import Sphinx

ROOT = Path(__file__).parents[2]
OPTIONS = r"(?:---\n.*?^---\n|(?::[\w-]+:[^\n]*\n)+)?"
CELL = re.compile(rf"^```\{{code-cell\}}[^\n]*\n{OPTIONS}(.*?)^```$", re.MULTILINE | re.DOTALL)
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


def github_pages(environment: Mapping[str, str]) -> str:
    """Return "owner/name" if this build will be published on GitHub Pages, else ""."""
    published = environment.get("GITHUB_WORKFLOW") == "publish"
    return environment["GITHUB_REPOSITORY"] if published else ""


def hosted_address(environment: Mapping[str, str]) -> str:
    """Return the address that the site will have, ending in "/", or "" if nothing tells it."""
    told = ("SITE_ADDRESS", "READTHEDOCS_CANONICAL_URL", "CI_PAGES_URL")
    address = next(filter(None, map(environment.get, told)), "")
    if not address and (repository := github_pages(environment)):
        owner, name = repository.split("/")
        host = f"{owner.lower()}.github.io"
        address = f"https://{host}/{'' if name.lower() == host else name}"
    return address and f"{address.rstrip('/')}/"


def fill_in_wheel(app: Sphinx, page: str, source: list[str]) -> None:
    """Write the wheel's name and address into the page "Install"."""
    if page == "install":
        wheel, address = Path(app.config.wheel).name, app.config.site_address
        link = f'<a href="{quote(wheel)}" download="{wheel}">{wheel}</a>'
        values = {
            "download": "Install the package, which this site carries:"
            if address
            else f"Download the package, {link}, into the folder. Then install it:",
            "requirement": requirement(wheel, address),
        }
        for name, value in values.items():
            source[0] = source[0].replace(f"{{{{{name}}}}}", value)


def link_colab(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Offer to open a notebook in Colab, which reads it from the branch of GitHub Pages."""
    if not app.config.repository:
        return
    for download in list(doctree.findall(addnodes.download_reference)):
        in_footer = isinstance(download.parent.parent, nodes.container)
        if in_footer and download["reftarget"].endswith(".ipynb"):
            file = f"gh-pages/_downloads/{download['filename']}"
            address = (
                f"https://colab.research.google.com/github/{app.config.repository}/blob/{file}"
            )
            link = nodes.reference("", "Open it in Colab", refuri=address, internal=False)
            download.parent.parent += nodes.paragraph("", "", link)


def code_of(app: Sphinx, page: str) -> str:
    """Give the code that the build ran for a page: a script's, or the cells of Markdown."""
    script = ROOT / f"{page}.py"
    if script.exists():
        return script.read_text(encoding="utf-8")
    return "".join(CELL.findall(app.env.doc2path(page).read_text(encoding="utf-8")))


def stamp(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    """Say at the foot of a page when it was last changed, and with what its code was run."""
    if not context.get("last_updated"):
        return
    found = seeds(code_of(app, page)) if page in app.env.all_docs else set()
    if page.startswith("tutorials/") and not page.endswith("/index"):
        found.add(SEED)  # where every script starts
    named = f", random {'seed' if len(found) == 1 else 'seeds'} {in_words(found)}" if found else ""
    context["last_updated"] += f". Built with torch {version('torch').split('+')[0]}{named}"


def setup(app: Sphinx) -> dict:
    """Add the settings, and hook into the build."""
    for name in ("repository", "site_address"):
        app.add_config_value(name, "", "env", types=frozenset({str}))
    app.add_config_value("wheel", "", "", types=frozenset({str}))  # new with each commit
    app.connect("source-read", fill_in_wheel)
    app.connect("doctree-resolved", link_colab)
    app.connect("html-page-context", stamp)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
