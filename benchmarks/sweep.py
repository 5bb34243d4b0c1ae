"""A sweep over three settings of A2C: chosen on some seeds, reported on others."""

from collections.abc import Sequence
from itertools import product

from tqdm import tqdm

from . import agents
from .contestants import AGENTS
from .examination import examine
from .scripts import definitions

PAGE, MAX_STEPS, NEW = "practice/evaluate.py", 30_000, 20
USUAL = (64, 0.005, 0.0)


def sweep(seeds: Sequence[int]) -> dict[str, list[float]]:
    """Train with each combination of settings, then the best and the usual one on new seeds.

    Returns:
        Final returns, one per seed, by "(width, learning rate, entropy weight)", "chosen", "usual".
    """
    page = definitions(PAGE)
    plan = list(product(page.WIDTHS, page.RATES, page.WEIGHTS))
    found = {str(each): finals(each, seeds) for each in tqdm(plan, "sweep")}
    chosen = max(plan, key=lambda each: page.IQM(found[str(each)]))
    new = range(max(seeds) + 1, max(seeds) + 1 + NEW)
    return found | {"chosen": finals(chosen, new), "usual": finals(USUAL, new)}


def finals(settings: tuple[int, float, float], seeds: Sequence[int]) -> list[float]:
    """Give the mean returns of 100 fresh greedy episodes at the end, one per seed."""
    width, rate, weight = settings
    changes = {"hidden": (width, width), "actor_rate": rate, "entropy_weight": weight}
    train = agents.training("a2c", max_steps=MAX_STEPS, **changes)
    trials = [examine("", "a2c", train, AGENTS["a2c"].task, seed, looking=False) for seed in seeds]
    return [float(trial.final_return or 0) for trial in trials]
