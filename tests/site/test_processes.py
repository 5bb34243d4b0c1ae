"""The processes of a build: kernels have torch and send whole lines; node ends with its builder."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
import warm_kernels
from nbclient import NotebookClient

BACKEND = "module://matplotlib_inline.backend_inline"  # without it a page has no figures
ROOT = Path(__file__).parents[2]
CELL = """
import sys, time

there = "torch" in sys.modules
import matplotlib

class Slow:
    def __repr__(self):
        time.sleep(0.5)  # longer than a kernel waits until it sends what was printed
        return "a slow object"

print("here is", Slow(), there, matplotlib.get_backend().lower())
"""
FORMULA = """
import multiprocessing, os, runpy

import sphinxcontrib.katex as katex

katex.KaTeXServer.katex_path = runpy.run_path("docs/conf.py")["katex_js_path"]


def write_a_page():
    print(katex.KaTeXServer.get().process.pid, flush=True)


page = multiprocessing.get_context("fork").Process(target=write_a_page)
page.start()
page.join()
"""


def test_a_slow_line_stays_in_one_piece(monkeypatch):
    factory = warm_kernels.KernelProvisionerFactory.instance()
    monkeypatch.setattr(factory, "default_provisioner_name", factory.default_provisioner_name)
    warm_kernels.register(SimpleNamespace(parallel=1), None, ["a page"])
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    (cell,) = NotebookClient(notebook, kernel_name="python3").execute().cells
    assert [output.text for output in cell.outputs] == [f"here is a slow object True {BACKEND}\n"]


def test_node_ends_with_the_process_that_writes_pages(tmp_path):
    said = tmp_path / "said"  # a pipe would stay open as long as node runs
    with said.open("w") as output:
        command = [sys.executable, "-c", FORMULA]
        subprocess.run(command, cwd=ROOT, stdout=output, stderr=output, check=True)
    (number,) = said.read_text().splitlines()
    with pytest.raises(ProcessLookupError):
        os.kill(int(number), 0)
