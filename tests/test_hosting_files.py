"""What people and services run: sessions exist, the citation is current, no page is a test."""

import re
import runpy
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOLD = [
    ".ci/run",
    ".github/workflows/check.yml",
    ".github/workflows/publish.yml",
    ".readthedocs.yaml",
    "CONTRIBUTING.md",
    "README.md",
    "docs/host.md",
]
SESSIONS = set(re.findall(r"@nox\.session[^\n]*\ndef (\w+)", (ROOT / "noxfile.py").read_text()))


@pytest.mark.parametrize("file", TOLD)
def test_every_session_that_is_called_exists(file):
    calls = re.findall(r"nox -s ((?:\w+ ?)+)", (ROOT / file).read_text())
    assert calls
    assert {name for call in calls for name in call.split()} <= SESSIONS


def test_the_citation_is_of_this_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    citation = (ROOT / "CITATION.cff").read_text()
    version = runpy.run_path(str(ROOT / "version.py"))["__version__"]
    assert f"\nversion: {version.partition('.dev')[0]}\n" in citation
    assert f"\nlicense: {project['license']}\n" in citation


def test_the_hosted_workflow_tries_the_lowest_torch_that_is_promised():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (promised,) = project["dependencies"]
    workflow = (ROOT / ".github/workflows/check.yml").read_text()
    assert f"nox -s lowest -- {promised.replace('>=', '==')} " in workflow


def test_no_example_is_run_from_what_the_build_has_made():
    ignored = runpy.run_path(str(ROOT / "conftest.py"))["collect_ignore_glob"]
    made = re.findall(r"^docs/.*?(?=/\*?$)", (ROOT / ".gitignore").read_text(), re.MULTILINE)
    assert len(made) > 1
    assert [
        one for one in made if not any(fnmatch(f"{one}/page.md", glob) for glob in ignored)
    ] == []
