"""Curves of exercise 8's corridor, for each `sync_every` and discount factor of the figure."""

import ast
from pathlib import Path
from types import SimpleNamespace

import torch

from pytorch_rl_basics import train_with_target

SCRIPT = Path(__file__).parents[2] / "tutorials/exercises/exercise_8_target_network.py"
CORRIDOR = {"cell", "action", "goes_to", "reward", "outside", "next_cell", "position", "UPDATES"}
SYNCS = (1, 2, 5, 10, 50)
GAMMAS = (0.5, 0.9, 0.99)


def corridor() -> SimpleNamespace:
    """Execute the imports, the functions and the corridor of the exercise's script."""
    tree = ast.parse(SCRIPT.read_text("utf-8"))
    tree.body = [
        node
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef)
        or (isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in CORRIDOR)
    ]
    names: dict = {}
    exec(compile(tree, str(SCRIPT), "exec"), names)
    names["train_with_target"] = train_with_target  # not the learner's
    return SimpleNamespace(**names)


def data() -> dict:
    """Train, and give the distance to Q* before each update, for each pair of settings."""
    page, curves = corridor(), {}
    with torch.random.fork_rng(devices=[]):
        for gamma in GAMMAS:
            for sync in SYNCS:
                (run,) = page.learn(page.make_network, page.position, gamma, sync, seeds=1).tolist()
                curves[f"{sync} {gamma}"] = [float(f"{distance:.3g}") for distance in run]
    return {"syncs": SYNCS, "gammas": GAMMAS, "curves": curves}


def static(data: dict) -> str:
    """Make a table of the last distances."""
    head = "".join(f'<th scope="col">sync_every {sync}</th>' for sync in SYNCS)
    rows = [f'<tr><th scope="col">distance after all updates</th>{head}</tr>']
    for gamma in GAMMAS:
        ends = (data["curves"][f"{sync} {gamma}"][-1] for sync in SYNCS)
        cells = "".join(f"<td>{end:.2g}</td>" for end in ends)
        rows.append(f'<tr><th scope="row">γ = {gamma}</th>{cells}</tr>')
    return f'<div class="table-wrapper"><table class="docutils">{"".join(rows)}</table></div>'
