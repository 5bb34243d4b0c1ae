"""Where the site comes from: its repository and commit, as pages and notebooks say it."""

import os
import re
import subprocess
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from docutils import nodes
from gallery_hooks import SEED
from seeds import in_words, seeds
from sphinx import addnodes
from sphinx.application import Sphinx

ROOT = Path(__file__).parents[2]
EXTRAS = "tutorials,xray"  # what scripts and notebooks need
OPTIONS = r"(?:---\n.*?^---\n|(?::[\w-]+:[^\n]*\n)+)?"
CELL = re.compile(rf"^```\{{code-cell\}}[^\n]*\n{OPTIONS}(.*?)^```$", re.MULTILINE | re.DOTALL)


def git(*command: str) -> str:
    """Ask git about the commit; give "" where there is no repository."""
    try:
        return subprocess.check_output(
            ("git", *command), cwd=ROOT, text=True, stderr=subprocess.DEVNULL
        ).strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def date_everything_by_the_commit() -> None:
    """Let all that writes a date write the commit's, so that two builds give the same bytes."""
    if "SOURCE_DATE_EPOCH" not in os.environ and (seconds := git("log", "-1", "--format=%ct")):
        os.environ["SOURCE_DATE_EPOCH"] = seconds


def hosted_repository(environment: Mapping[str, str]) -> str:
    """Give the repository's address as Read the Docs, GitHub or GitLab tell it, or ""."""
    address = environment.get("READTHEDOCS_GIT_CLONE_URL") or environment.get("CI_PROJECT_URL", "")
    if not address and "GITHUB_REPOSITORY" in environment:
        server = environment.get("GITHUB_SERVER_URL", "https://github.com")
        address = f"{server}/{environment['GITHUB_REPOSITORY']}"
    address = re.sub(r"^git@([^:/]+):", r"https://\1/", address)
    address = re.sub(r"^(https?://)[^/@]*@", r"\1", address)  # a token is nobody's business
    return address.removesuffix("/").removesuffix(".git")


INSTALLED = """\
# Does nothing where the package is installed already.
import importlib.util

if importlib.util.find_spec("pytorch_rl_basics") is None:
"""
FROM_GIT = """\
    get_ipython().run_line_magic("pip", 'install --quiet "{requirement}"')
"""
BY_HAND = """\
    raise ModuleNotFoundError(
        "This notebook needs the package pytorch-rl-basics. In the folder of the project that "
        'it came with, run: python -m pip install ".[{extras}]"'
    )
"""


def install_cell(repository: str) -> str:
    """Write a notebook's first cell: install the package from the repository, at this commit.

    Without a repository it says what is missing: a bare name would install whatever owns it.
    """
    if not repository:
        return INSTALLED + BY_HAND.format(extras=EXTRAS)
    commit = git("rev-parse", "HEAD") or "HEAD"
    requirement = f"pytorch-rl-basics[{EXTRAS}] @ git+{repository}@{commit}"
    return INSTALLED + FROM_GIT.format(requirement=requirement)


def link_colab(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Offer to open a notebook in Colab, which reads it from the branch of GitHub Pages."""
    repository = re.fullmatch(r"https://github\.com/([\w.-]+/[\w.-]+)", app.config.repository)
    if not repository:
        return
    for download in list(doctree.findall(addnodes.download_reference)):
        if download["reftarget"].endswith(".ipynb"):
            file = f"gh-pages/_downloads/{download['filename']}"
            address = f"https://colab.research.google.com/github/{repository[1]}/blob/{file}"
            link = nodes.reference("", "Open it in Colab", refuri=address, internal=False)
            download.parent.parent += nodes.paragraph("", "", link)


def code_of(app: Sphinx, page: str) -> str:
    """Give the code that the build ran for a page: a script's, or the cells of Markdown."""
    script = ROOT / f"{page}.py"
    if script.exists():
        return script.read_text()
    return "".join(CELL.findall(app.env.doc2path(page).read_text()))


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
    """Add the setting, and hook into the build."""
    app.add_config_value("repository", "", "html", types=frozenset({str}))
    app.connect("doctree-resolved", link_colab)
    app.connect("html-page-context", stamp)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
