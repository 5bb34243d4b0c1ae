"""The site carries its own wheel, and the page "Install" and the notebooks install it."""

import importlib.metadata
import re
import zipfile
from urllib.parse import unquote

import pytest
from built import SITE
from finished_site import OFFLINE
from install_lines import install_cell
from IPython.core.inputtransformer2 import TransformerManager
from provenance import hosted_address

ADDRESS = "https://owner.github.io/name/"
VERSION = "0.2.0.dev7+g0123abcd"
WHEEL = f"pytorch_rl_basics-{VERSION}-py3-none-any.whl"
PUBLISH = {"GITHUB_WORKFLOW": "publish", "GITHUB_REPOSITORY": "Owner/name"}


def test_the_site_and_its_zip_carry_the_wheel_that_the_install_page_names(soups):
    (wheel,) = SITE.glob("*.whl")
    assert wheel.name in unquote(soups["install.html"].get_text())
    with zipfile.ZipFile(SITE / OFFLINE) as archive:
        assert archive.read(wheel.name) == wheel.read_bytes()


def test_the_install_page_was_built_with_the_version_that_the_site_carries(soups):
    (wheel,) = SITE.glob("*.whl")
    (installed,) = re.findall(r"package: (\S+)", soups["install.html"].get_text())
    assert installed == wheel.name.split("-")[1], "run: pip install -e ."


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        ({}, ""),
        ({"READTHEDOCS_CANONICAL_URL": "https://a.org/en/latest/"}, "https://a.org/en/latest/"),
        ({"CI_PAGES_URL": "https://a.gitlab.io/b"}, "https://a.gitlab.io/b/"),
        (PUBLISH, ADDRESS),
        (PUBLISH | {"GITHUB_REPOSITORY": "Owner/owner.github.io"}, "https://owner.github.io/"),
        (PUBLISH | {"GITHUB_WORKFLOW": "check"}, ""),
        (PUBLISH | {"SITE_ADDRESS": "https://example.org"}, "https://example.org/"),
    ],
)
def test_the_service_that_builds_the_site_sets_its_address(environment, address):
    assert hosted_address(environment) == address


@pytest.fixture
def run_cell(monkeypatch):
    """Run a first cell where a version is installed; return what it gives to pip."""

    def run(address, installed):
        calls = []

        class Shell:
            def run_line_magic(self, magic, line):
                calls.append((magic, line))

        def version(_):
            if installed is None:
                raise importlib.metadata.PackageNotFoundError
            return installed

        monkeypatch.setattr(importlib.metadata, "version", version)
        code = TransformerManager().transform_cell(install_cell(WHEEL, address))
        exec(code, {"get_ipython": Shell})
        return calls

    return run


@pytest.mark.parametrize("address", ["", ADDRESS])
def test_where_this_version_is_installed_the_cell_does_nothing(run_cell, address):
    assert run_cell(address, VERSION) == []


@pytest.mark.parametrize("installed", [None, "0.1.0"])
def test_the_cell_installs_the_wheel_from_the_site_s_address(run_cell, installed):
    place = f"{ADDRESS}{WHEEL.replace('+', '%2B')}"
    requirement = f'--quiet "pytorch-rl-basics[tutorials,xray] @ {place}"'
    assert run_cell(ADDRESS, installed) == [("pip", f"install {requirement}")]


@pytest.mark.parametrize("place", [".", "../.."])
def test_without_an_address_the_cell_takes_the_wheel_near_the_notebook(
    run_cell, tmp_path, monkeypatch, place
):
    folder = tmp_path / "_downloads" / "notebook"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    (folder / place / WHEEL).touch()
    line = 'install --quiet "{folder}/{wheel}[tutorials,xray]"'  # IPython fills in the names
    assert run_cell("", None) == [("pip", line)]


def test_without_address_and_wheel_the_cell_says_where_to_download_it(
    run_cell, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"Download .*\.whl from the page 'Install'"):
        run_cell("", None)
