"""Texts that the build fills in: the files of docs/_templates."""

from pathlib import Path

import jinja2

FOLDER = jinja2.FileSystemLoader(Path(__file__).parents[1] / "_templates", encoding="utf-8")
OPTIONS = {"trim_blocks": True, "keep_trailing_newline": True, "undefined": jinja2.StrictUndefined}
TEMPLATES = jinja2.Environment(loader=FOLDER, **OPTIONS)


def fill_in(template: str, **values: object) -> str:
    """Fill in a template."""
    return TEMPLATES.get_template(template).render(values)
