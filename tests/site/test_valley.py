"""What the figure "Down the valley" draws is what PyTorch's optimizers do."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import torch
from built import SITE
from test_error_field import NODE

sys.path.insert(0, str(Path(__file__).parents[2] / "docs" / "interactive"))

import valley

ASK = """
const valley = require(process.argv[1]);
const asked = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(asked.map(([surface, ...rest]) => {
  const points = valley.path(surface, ...rest);
  return [points, points.map((point) => valley.surfaces[surface](point)[0])];
})));
"""
LIMITS = {"SGD": 2 / 3.2, "Momentum": 2 * 1.9 / 3.2, "Adam": np.inf}  # 3.2: the curvature


def test_each_path_is_that_of_torch_and_diverges_where_theory_says_so(soups):
    page = soups["concepts/training_step.html"]
    data = json.loads(page.select_one("#interactive-valley > script").string)
    names = [(s, o, r) for s in valley.SURFACES for o in valley.OPTIMIZERS for r in data["rates"]]
    asked = json.dumps([[*run, data["start"], data["steps"]] for run in names])
    command = [NODE, "-e", ASK, SITE / "_static" / "interactive" / "valley.js"]
    done = subprocess.run(
        command, input=asked, stdout=subprocess.PIPE, encoding="utf-8", check=True
    )
    for (surface, optimizer, rate), (points, losses) in zip(
        names, json.loads(done.stdout), strict=True
    ):
        if rate < 0.6:  # larger steps on the curved surface are chaotic
            expected = valley.path(surface, optimizer, rate)
            np.testing.assert_allclose(points, expected, rtol=1e-9, atol=1e-9)
            w1, w2 = torch.tensor(expected, dtype=torch.float64).T
            np.testing.assert_allclose(losses, valley.SURFACES[surface](w1, w2), atol=1e-9)
        if surface == "straight":
            assert (losses[-1] >= 10 * losses[0]) == (rate > LIMITS[optimizer]), (optimizer, rate)
