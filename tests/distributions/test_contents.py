"""The wheel and the source archive hold the library, its licence, and nothing else."""

import subprocess
import tarfile
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMITS = subprocess.check_output(["git", "rev-list", "HEAD"], cwd=ROOT, text=True).split()
VERSION = f"pytorch_rl_basics-0.2.0.dev{len(COMMITS)}+g{COMMITS[0][:8]}"
ABOUT = {"LICENSE", "README.md", "CHANGELOG.md", "pyproject.toml", ".gitignore", "PKG-INFO"}


@pytest.fixture(scope="module")
def library():
    """List the library's files as the repository knows them."""
    listed = subprocess.check_output(["git", "ls-files", "src"], cwd=ROOT, text=True).split()
    assert "src/pytorch_rl_basics/py.typed" in listed
    return set(listed)


@pytest.fixture(scope="module")
def wheel():
    """Read the wheel's files."""
    (path,) = (ROOT / "dist").glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_holds_the_library_and_nothing_else(wheel, library):
    about = {f"{VERSION}.dist-info/{name}" for name in ("METADATA", "WHEEL", "RECORD")}
    about.add(f"{VERSION}.dist-info/licenses/LICENSE")
    assert wheel.keys() == about | {name.removeprefix("src/") for name in library}


def test_the_source_archive_holds_the_library_and_what_tells_of_it(library):
    (path,) = (ROOT / "dist").glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {member.name for member in archive if member.isfile()}
    assert names == {f"{VERSION}/{name}" for name in library | ABOUT}


def test_the_licence_is_that_of_the_repository(wheel):
    licence = wheel[f"{VERSION}.dist-info/licenses/LICENSE"]
    assert licence == (ROOT / "LICENSE").read_bytes()
    assert message_from_bytes(wheel[f"{VERSION}.dist-info/METADATA"])["License-Expression"]


def test_the_library_alone_needs_only_torch(wheel):
    metadata = message_from_bytes(wheel[f"{VERSION}.dist-info/METADATA"])
    needed = [need for need in metadata.get_all("Requires-Dist") if "extra ==" not in need]
    assert [need.split(">")[0] for need in needed] == ["torch"]


def test_no_file_names_a_folder_of_the_machine_that_built_it(wheel):
    for name, content in wheel.items():
        assert str(ROOT).encode() not in content, name
