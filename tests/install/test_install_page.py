"""Follow the built page "Install" in a fresh environment, until exercise 1 passes."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urljoin
from urllib.request import urlopen

import pytest
from bs4 import BeautifulSoup

sys.path.insert(0, str(Path(__file__).parents[2] / "docs" / "_ext"))
sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))

from install_lines import install_cell
from serving import SITE, served

CONSTRAINTS = Path(__file__).parents[2] / "constraints.txt"
(TORCH,) = re.findall(r"^torch==.*", CONSTRAINTS.read_text(encoding="utf-8"), re.MULTILINE)
EXERCISE = "exercise_1_cubic_gradient"
STUB = "    raise NotImplementedError"
ANSWER = """\
    x = torch.tensor(x, requires_grad=True)
    (x**3 + 2 * x).backward()
    return x.grad"""


class Reader:
    """Somebody with a terminal and a browser."""

    def __init__(self, folder: Path, address: str) -> None:
        self.home, self.address = folder, address
        self.folder = folder / "rl-basics"  # the page makes it
        self.environment = os.environ | {"PIP_NO_COMPILE": "1"}  # half the time

    def see(self, page: str) -> BeautifulSoup:
        """Open a page of the site."""
        return BeautifulSoup(urlopen(self.address + page).read(), "html.parser")

    def download(self, page: str, ending: str) -> Path:
        """Take the first download of a page that has this ending."""
        (link, *_) = self.see(page).select(f'a[download][href$="{ending}"]')
        path = self.folder / unquote(link["href"]).rpartition("/")[2]
        path.write_bytes(urlopen(urljoin(self.address + page, link["href"])).read())
        return path

    def run(self, line: str, status: int = 0) -> str:
        """Run a line in the terminal; return what it prints."""
        inside = "cd rl-basics && source .venv/bin/activate && " * self.folder.exists()
        command = ["bash", "-ec", inside + line]
        options = {"cwd": self.home, "env": self.environment, "text": True, "check": False}
        result = subprocess.run(command, capture_output=True, **options)
        assert result.returncode == status, f"{line}\n{result.stdout}\n{result.stderr}"
        return result.stdout


@pytest.fixture(params=["served", "from disk"])
def reader(request, tmp_path):
    """Somebody who opens the site on a server or from a disk."""
    if request.param == "served":
        with served(SITE) as address:
            yield Reader(tmp_path, address)
    else:
        yield Reader(tmp_path, SITE.as_uri() + "/")
    shutil.rmtree(tmp_path)  # an environment with torch takes a gigabyte


def fill_in(path: Path) -> None:
    """Write the answer where the page has its stub."""
    text = path.read_text(encoding="utf-8")
    stub, answer = STUB, ANSWER
    if path.suffix == ".ipynb":  # its lines are JSON
        stub, answer = json.dumps(stub)[1:-1], json.dumps(answer)[1:-1]
    assert text.count(stub) == 1
    path.write_text(text.replace(stub, answer), encoding="utf-8")


def test_the_page_leads_to_a_passed_exercise(reader):
    page = f"tutorials/exercises/{EXERCISE}.html"
    blocks = reader.see("install.html").select("div.highlight-bash")
    environment, *others = [b.get_text() for b in blocks if "not-tested" not in b["class"]]
    reader.run(environment)
    reader.run(f"python -m pip install --quiet {TORCH}")  # an open range fetches gigabytes of CUDA
    (wheel,) = SITE.glob("*.whl")
    version = wheel.name.split("-")[1]
    if f"./{wheel.name}" in "".join(others):  # the site's address is not known
        assert reader.download("install.html", ".whl").read_bytes() == wheel.read_bytes()
    script, notebook = (reader.download(page, ending) for ending in (".py", ".ipynb"))
    printed = {}
    for line in "".join(others).splitlines():
        printed[line] = reader.run(line, status=1 if " check " in line else 0) if line else ""
    assert version in printed["python -m pytorch_rl_basics --version"]
    assert "not attempted yet" in printed[f"python {script.name}"]
    assert len(list(reader.folder.glob("my_exercises/exercise_*.py"))) >= 8

    fill_in(script)
    assert "cubic_gradient: passed." in reader.run(f"python {script.name}")
    assert "passed" in reader.run(f"python -m pytorch_rl_basics check {script.name}")
    run_notebook = f"jupyter execute --inplace {notebook.name}"
    fill_in(notebook)
    reader.run(run_notebook)
    assert "cubic_gradient: passed." in notebook.read_text(encoding="utf-8")
    assert "passed" in reader.run(f"python -m pytorch_rl_basics check {notebook.name}")

    # An older version is replaced by the wheel at the site's address, and by the one on the disk.
    packages = next(reader.folder.glob(".venv/lib/python*/site-packages"))
    about = packages / f"pytorch_rl_basics-{version}.dist-info"
    whole = json.loads(notebook.read_text(encoding="utf-8"))
    first = whole["cells"][0]
    for address in (reader.address, ""):
        older = about.rename(packages / "pytorch_rl_basics-0.1.0.dist-info")
        for file in (older / "METADATA", older / "RECORD"):
            file.write_text(file.read_text("utf-8").replace(version, "0.1.0"), "utf-8")
        assert "0.1.0" in reader.run("python -m pytorch_rl_basics --version")
        cells = {"cells": [first | {"source": install_cell(wheel.name, address)}]}
        notebook.write_text(json.dumps(whole | cells), encoding="utf-8")
        reader.run(run_notebook)
        assert version in reader.run("python -m pytorch_rl_basics --version")
