"""Kernels of Markdown pages: torch is there at the start, and a slow line stays in one piece."""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

sys.path.insert(0, str(Path(__file__).parents[2] / "docs" / "_ext"))

import warm_kernels

CODE = """
import sys, time

there = "torch" in sys.modules

class Slow:
    def __repr__(self):
        time.sleep(0.5)  # longer than a kernel waits until it sends what was printed
        return "a slow object"

print("here is", Slow(), there)
"""


def test_a_slow_line_stays_in_one_piece(monkeypatch):
    factory = warm_kernels.KernelProvisionerFactory.instance()
    monkeypatch.setattr(factory, "default_provisioner_name", factory.default_provisioner_name)
    warm_kernels.register(None)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CODE)])
    (cell,) = NotebookClient(notebook, kernel_name="python3").execute().cells
    assert [output.text for output in cell.outputs] == ["here is a slow object True\n"]
