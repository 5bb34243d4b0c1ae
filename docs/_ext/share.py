"""What other programs read of a page, and how its readers report a problem with it.

Each page gets a description and a picture for links to it, and a link that opens an issue where the
repository is known. `llms.txt` lists all pages with their sources.
"""

import os
import re
import shutil
import tomllib
from collections.abc import Mapping
from html import escape
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlencode

from docutils import nodes
from orientation import captions
from provenance import ROOT, git
from search_index import opening
from sphinx.application import Sphinx

COMMIT = git("rev-parse", "HEAD")[:12] or "unknown"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WITHOUT_SOURCE = {"search": "Search", "404": "Page not found"}  # and their titles
PICTURE = "_static/share.png"
ALT_TEXTS = tomllib.loads((ROOT / "docs" / "alt_texts.toml").read_text(encoding="utf-8"))
FIGURE = re.compile(r'(<img src="[^"]*/sphx_glr_(\w+_\d{3})\.png"[^>]* alt=)"([^"]*)"')


def new_issue(environment: Mapping[str, str], title: str, body: str) -> str:
    """Return the address of a new issue on GitHub or GitLab, or "" if no repository is known."""
    if project := environment.get("CI_PROJECT_URL"):
        query = {"issue[title]": title, "issue[description]": body}
        return f"{project}/-/issues/new?{urlencode(query)}"
    if name := environment.get("GITHUB_REPOSITORY"):
        server = environment.get("GITHUB_SERVER_URL", "https://github.com")
        return f"{server}/{name}/issues/new?{urlencode({'title': title, 'body': body})}"
    return ""


def tags(description: str, title: str, picture: str) -> str:
    """Write the tags that search engines and messengers read."""
    found = {"og:title": title, "og:description": description, "og:image": picture}
    found |= {"og:type": "website", "og:site_name": "PyTorch RL Basics"}
    lines = [f'<meta property="{name}" content="{escape(text)}">' for name, text in found.items()]
    first = f'<meta name="description" content="{escape(description)}">'
    return "\n".join([first, *lines, '<meta name="twitter:card" content="summary_large_image">\n'])


def describe(
    app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    """Add the description, the picture and the link to a page."""
    first = next(doctree.findall(nodes.section), None) if doctree is not None else None
    told = first is not None and page != app.config.root_doc  # whose first words are of the pole
    words = opening(first, app.env.titles) if told else ""
    address = app.config.site_address
    picture = address + PICTURE if address else context["pathto"](PICTURE, resource=True)
    context.setdefault("metatags", "")
    if page in WITHOUT_SOURCE:
        context["title"] = WITHOUT_SOURCE[page]
        context["metatags"] += '<meta name="robots" content="noindex">'
    title = context.get("title", app.config.project)
    if page in app.env.titles:
        title = app.env.titles[page].astext()
    context["metatags"] += tags(words or PROJECT["description"], title, picture)
    body = f"Page: {page}.html\nCommit: {COMMIT}\ntorch: {version('torch')}\n\nWhat is wrong:\n"
    if issue := new_issue(os.environ, f"Problem with {page}", body):
        context["report"] = f'<a href="{escape(issue)}">Report a problem with this page</a>'
    if doctree is not None:
        context["body"] = FIGURE.sub(
            lambda image: f'{image[1]}"{escape(ALT_TEXTS.get(image[2], image[3]))}"',
            context["body"],
        )
    if page == "search":
        app.add_js_file("search.js", loading_method="defer")


def write_list(app: Sphinx, error: Exception | None) -> None:
    """Write `llms.txt`, and the sources that it names."""
    if error is not None or app.builder.name != "html":
        return
    site = Path(app.outdir)
    lines = [f"# {app.config.project}", "", f"> {PROJECT['description']}", ""]
    lines += ["The pages in the order of the course, each as its source: Markdown or Python."]
    part, parts = "", captions(app.env)
    for page in list(app.env.collect_relations())[1:]:  # without the landing page
        if parts.get(page, part) != part:
            part = parts[page]
            lines += ["", f"## {part}", ""]
        script = ROOT / f"{page}.py"
        source = script if script.exists() else Path(app.env.doc2path(page))
        copy = site / "_sources" / f"{page}{source.suffix}"
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, copy)
        words = opening(next(app.env.get_doctree(page).findall(nodes.section)), app.env.titles)
        address = app.config.site_address + copy.relative_to(site).as_posix()
        lines.append(f"- [{app.env.titles[page].astext()}]({address}): {words}")
    (site / "llms.txt").write_text("\n".join([*lines, ""]), encoding="utf-8")


def setup(app: Sphinx) -> dict:
    """Hook into the build."""
    app.connect("html-page-context", describe, priority=400)  # before styles are sorted out
    app.connect("build-finished", write_list)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
