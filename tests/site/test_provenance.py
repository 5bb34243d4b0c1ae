"""Notebooks install the package from where the site says it comes from, or say what to do."""

import importlib.util
import sys
from types import SimpleNamespace

import pytest
from built import SITE
from docutils import nodes
from docutils.utils import new_document
from sphinx import addnodes

sys.path.insert(0, str(SITE.parents[1] / "_ext"))

from provenance import hosted_repository, install_cell, link_colab

ADDRESS = "https://github.com/owner/name"


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        ({}, ""),
        ({"READTHEDOCS_GIT_CLONE_URL": f"{ADDRESS}.git"}, ADDRESS),
        ({"READTHEDOCS_GIT_CLONE_URL": "git@github.com:owner/name.git"}, ADDRESS),
        ({"GITHUB_REPOSITORY": "owner/name"}, ADDRESS),
        (
            {"GITHUB_SERVER_URL": "https://forge.org", "GITHUB_REPOSITORY": "owner/name"},
            "https://forge.org/owner/name",
        ),
        ({"CI_PROJECT_URL": "https://token@gitlab.com/a/b/c"}, "https://gitlab.com/a/b/c"),
    ],
)
def test_the_service_that_builds_the_site_tells_the_address(environment, address):
    assert hosted_repository(environment) == address


@pytest.mark.parametrize("repository", ["", ADDRESS])
def test_where_the_package_is_installed_the_cell_does_nothing(repository):
    exec(install_cell(repository), {})  # without IPython: a call of pip would be a NameError


@pytest.fixture
def nothing_installed(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)


@pytest.mark.usefixtures("nothing_installed")
def test_the_cell_installs_the_commit_that_the_site_was_built_from():
    calls = []

    class Shell:
        def run_line_magic(self, magic, line):
            calls.append((magic, line))

    exec(install_cell(ADDRESS), {"get_ipython": Shell})
    ((magic, line),) = calls
    assert magic == "pip"
    requirement = f'"pytorch-rl-basics[tutorials,xray] @ git+{ADDRESS}@'
    assert requirement in line
    assert len(line.split(requirement)[1].rstrip('"')) == 40  # the commit


@pytest.mark.usefixtures("nothing_installed")
def test_without_an_address_the_cell_says_what_to_do_and_installs_nothing():
    with pytest.raises(ModuleNotFoundError, match="pip install"):
        exec(install_cell(""), {})


@pytest.mark.parametrize(
    ("repository", "offered"), [("", False), (ADDRESS, True), ("https://gitlab.com/a/b", False)]
)
def test_colab_is_offered_where_the_repository_is_one_that_it_reads(repository, offered):
    notebook = addnodes.download_reference(reftarget="/x.ipynb", filename="hash/x.ipynb")
    archive = addnodes.download_reference(reftarget="/all.zip", filename="hash/all.zip")
    page = new_document("page")
    page += [
        nodes.container("", nodes.paragraph("", "", download)) for download in (notebook, archive)
    ]
    link_colab(SimpleNamespace(config=SimpleNamespace(repository=repository)), page, "page")
    links = [link["refuri"] for link in page.findall(nodes.reference) if "refuri" in link]
    address = "https://colab.research.google.com/github/owner/name/blob/gh-pages/_downloads/hash"
    assert links == [f"{address}/x.ipynb"] * offered
