"""What the figure "Down the valley" draws is what PyTorch's optimizers do."""

import json
import subprocess

import numpy as np
import pytest
import torch
from built import SITE
from test_error_field import NODE

ASK = """
const valley = require(process.argv[1]);
const asked = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(asked.map(([surface, ...rest]) => {
  const points = valley.path(surface, ...rest);
  return [points, points.map((point) => valley.surfaces[surface](point)[0])];
})));
"""
SURFACES = {
    "straight": lambda w: 0.1 * w[0] ** 2 + 1.6 * w[1] ** 2,
    "curved": lambda w: 0.1 * w[0] ** 2 + (w[1] - 0.2 * w[0] ** 2) ** 2,
}
OPTIMIZERS = {
    "SGD": lambda w, lr: torch.optim.SGD([w], lr=lr),
    "Momentum": lambda w, lr: torch.optim.SGD([w], lr=lr, momentum=0.9),
    "Adam": lambda w, lr: torch.optim.Adam([w], lr=lr),
}


def asked(surfaces, optimizers, rates, start, steps):
    """Ask the figure's script for paths and losses, in this order of the arguments."""
    runs = [[s, o, rate, start, steps] for s in surfaces for o in optimizers for rate in rates]
    command = [NODE, "-e", ASK, SITE / "_static" / "interactive" / "valley.js"]
    done = subprocess.run(
        command, input=json.dumps(runs), stdout=subprocess.PIPE, encoding="utf-8", check=True
    )
    return zip(runs, json.loads(done.stdout), strict=True)


@pytest.fixture(scope="module")
def data(soups):
    """Read what the build wrote into the page."""
    page = soups["concepts/training_step.html"]
    return json.loads(page.select_one("#interactive-valley > script").string)


def test_each_path_is_that_of_torch(data):
    rates = [rate for rate in data["rates"] if rate < 0.6]
    for run, (points, losses) in asked(SURFACES, OPTIMIZERS, rates, data["start"], data["steps"]):
        surface, optimizer, rate, start, steps = run
        w = torch.tensor(start, dtype=torch.float64, requires_grad=True)
        taken = OPTIMIZERS[optimizer](w, rate)
        expected, values = [w.tolist()], []
        for _ in range(steps + 1):
            taken.zero_grad()
            loss = SURFACES[surface](w)
            loss.backward()
            taken.step()
            values.append(loss.item())
            expected.append(w.tolist())
        if np.isfinite(values).all():
            np.testing.assert_allclose(points, expected[:-1], rtol=1e-9, atol=1e-9)
            np.testing.assert_allclose(losses, values, rtol=1e-9, atol=1e-9)


def test_sgd_and_momentum_diverge_where_theory_says_so(data):
    limits = {"SGD": 2 / 3.2, "Momentum": 2 * 1.9 / 3.2}
    found = asked(["straight"], limits, data["rates"], data["start"], data["steps"])
    for (_, optimizer, rate, *_), (_, losses) in found:
        assert (losses[-1] >= 10 * losses[0]) == (rate > limits[optimizer]), (optimizer, rate)
