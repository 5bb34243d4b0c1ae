"""A training that resumes goes on as if it had not stopped; files that do not fit are refused."""

import pickle
import subprocess
import sys

import numpy as np
import pytest
import torch

from benchmarks.scripts import TUTORIALS, definitions

SCRIPT = TUTORIALS / "practice" / "save_and_resume.py"
page = definitions(SCRIPT)
RESUME = """import pathlib, sys, torch; from benchmarks.scripts import definitions
torch.set_num_threads(1); definitions(sys.argv[1]).train(pathlib.Path(sys.argv[2]), 4)"""


def test_a_new_process_goes_on_as_if_the_first_had_not_stopped(tmp_path):
    page.train(tmp_path / "whole", 4)
    page.train(tmp_path / "parts", 2)
    call = [sys.executable, "-c", RESUME, SCRIPT, tmp_path / "parts"]
    subprocess.run(call, check=True, cwd=TUTORIALS.parent, timeout=600)
    whole, parts = (torch.load(tmp_path / name / "last.pt") for name in ("whole", "parts"))
    acting = [pickle.loads(checkpoint.pop("acting")) for checkpoint in (whole, parts)]
    torch.testing.assert_close(parts, whole, rtol=0, atol=0)
    pushes = np.random.default_rng(0).integers(2, size=(60, 16))  # to the ends of episodes, and on
    seen = [[x, valid, *(envs.step(push)[0] for push in pushes)] for envs, x, valid in acting]
    assert all(map(np.array_equal, *seen))


def test_environments_that_cannot_be_pickled_are_left_out():
    training = page.Training()
    training.acting[0].window = lambda: None
    assert training.checkpoint()["acting"] is None


def test_the_best_of_all_updates_is_kept(tmp_path, monkeypatch):
    ends = iter([5, 3, 4])
    monkeypatch.setattr(page.Training, "update", lambda self: self.ends.append(next(ends)))
    page.train(tmp_path, 3)
    best, last = (torch.load(tmp_path / name)["ends"] for name in ("best.pt", "last.pt"))
    assert (best, last) == ([5, 3], [5, 3, 4])


@pytest.mark.parametrize("part", ["version", "hidden", "optimizer", "random", "acting", "ends"])
def test_a_checkpoint_that_lacks_a_part_is_refused(part, tmp_path):
    checkpoint = page.Training().checkpoint()
    torch.save({name: value for name, value in checkpoint.items() if name != part}, tmp_path / "x")
    with pytest.raises(ValueError, match="x is missing, damaged or no checkpoint"):
        page.load_checkpoint(str(tmp_path / "x"), page.Training().networks)


def test_the_page_runs_alone_and_says_what_does_not_fit(tmp_path):
    call = [sys.executable, "-W", "error", "-W", "ignore:FigureCanvasAgg", SCRIPT]
    done = subprocess.run(call, check=True, cwd=tmp_path, timeout=600, stdout=-1, text=True)
    assert done.stdout.splitlines()[-4:] == [
        "There is no device 'cuda:99' here. Use device='cpu'.",
        "half.pt is missing, damaged or no checkpoint. Use another file.",
        "newer.pt has version 2, above 1. Update this program.",
        "whole/best.pt has other networks. Build them as it was made, with hidden=[64, 64].",
    ]
    assert not list(tmp_path.iterdir())
