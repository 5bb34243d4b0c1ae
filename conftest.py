"""Run the Python examples of the Markdown files, the README's among them."""

from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser()],
    patterns=["*.md"],
    excludes=["docs/_build/*", "docs/tutorials/*"],
).pytest()
