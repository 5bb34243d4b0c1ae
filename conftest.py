"""Run the Python examples of the Markdown files, the README's among them."""

from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

# No examples to look for in the site's configuration, nor in what its build has made.
collect_ignore_glob = ["docs/*.py", "docs/_*", "docs/tutorials/*", "docs/mistakes/*"]

pytest_collect_file = Sybil(parsers=[PythonCodeBlockParser()], patterns=["*.md"]).pytest()
