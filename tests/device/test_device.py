"""The checker with results from the device that run.py names, and run.py itself."""

import os
import sys

import pytest
import torch
from run import main
from torch import Tensor

import pytorch_rl_basics as rl

DEVICE = os.environ.get("DEVICE", "cpu")


class Elsewhere(Tensor):
    """Stands for a tensor on a second device where there is none."""

    def __mul__(self, other):
        raise RuntimeError("Expected all tensors to be on the same device")

    def cpu(self):  # noqa: D102
        return self.as_subclass(Tensor)


@pytest.mark.parametrize("name", ["sum_gradient", "entropy", "policy_loss", "td_target", "gae"])
def test_the_checker_accepts_results_from_the_device(name):
    def attempt(*args):
        result = getattr(rl, name)(*args)
        return result.as_subclass(Elsewhere) if DEVICE == "cpu" else result.to(DEVICE)

    assert rl.check(attempt, name).passed


@pytest.mark.parametrize("device", ["", "nowhere", "meta"])
def test_a_device_that_is_not_there_gives_one_line(device, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["run.py", *["--device", device][: 2 * bool(device)]])
    monkeypatch.setattr(torch.accelerator, "is_available", lambda: False)
    with pytest.raises(SystemExit, match=rf"(no accelerator|{device!r} cannot be used) here.*\Z"):
        main()


def test_it_prints_a_table(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["run.py", "--device", DEVICE, "exercise_6", "no page"])
    assert main() == 0
    head, row = capsys.readouterr().out.splitlines()
    assert head.startswith(f"on {DEVICE} ")
    assert row.split()[:2] == ["tutorials/exercises/exercise_6_sum_gradient.py", "passed"]
