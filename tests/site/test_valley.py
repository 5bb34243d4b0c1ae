"""What the figure "Down the valley" draws is what PyTorch's optimizers do."""

import json

import numpy as np
import torch
import valley
from built import run

ASK = """return given.map(([surface, ...rest]) => {
  const points = script.path(surface, ...rest);
  return [points, points.map((point) => script.surfaces[surface](point)[0])];
});"""
LIMITS = {"SGD": 2 / 3.2, "Momentum": 2 * 1.9 / 3.2, "Adam": np.inf}  # 3.2: the curvature


def test_each_path_is_that_of_torch_and_diverges_where_theory_says_so(soups):
    page = soups["concepts/training_step.html"]
    data = json.loads(page.select_one("#interactive-valley > script").string)
    names = [(s, o, r) for s in valley.SURFACES for o in valley.OPTIMIZERS for r in data["rates"]]
    asked = [[*one, data["start"], data["steps"]] for one in names]
    for (surface, optimizer, rate), (points, losses) in zip(
        names, run("interactive/valley.js", ASK, asked), strict=True
    ):
        if rate < 0.6:  # larger steps on the curved surface are chaotic
            expected = valley.path(surface, optimizer, rate)
            np.testing.assert_allclose(points, expected, rtol=1e-9, atol=1e-9)
            w1, w2 = torch.tensor(expected, dtype=torch.float64).T
            np.testing.assert_allclose(losses, valley.SURFACES[surface](w1, w2), atol=1e-9)
        if surface == "straight":
            assert (losses[-1] >= 10 * losses[0]) == (rate > LIMITS[optimizer]), (optimizer, rate)
