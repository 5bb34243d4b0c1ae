"""What sphinx-gallery calls around each script: all of them share one process."""

import random
import warnings

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import torch

SEED = 0
READING_ORDER = (
    *("zero_grad", "backward_twice", "in_place", "leaving_the_graph", "devices"),
    *("minus_sign", "seeding", "xray"),
    *("values", "policies"),
    *("reinforce", "actor_critic", "ppo", "dqn", "sac"),  # each builds on those before it
)
_filters = list(warnings.filters)


def reset(gallery_conf: dict, script: str | None) -> None:
    """Give a script the state of a fresh process, whatever ran before it."""
    plt.close("all")
    matplotlib.rc_file(matplotlib.matplotlib_fname())  # the gallery's own reset forgets our style
    random.seed(SEED)
    np.random.seed(SEED)
    np.set_printoptions(**_numpy_print)
    torch.manual_seed(SEED)
    torch.set_printoptions(profile="default")
    torch.set_default_dtype(torch.float32)
    torch.set_grad_enabled(True)
    torch.use_deterministic_algorithms(False)
    torch.autograd.set_detect_anomaly(False)
    torch.set_num_threads(1)
    warnings.filters[:] = _filters
    warnings._filters_mutated()


_numpy_print = np.get_printoptions()


class ReadingOrder:
    """Sort scripts as they should be read: by number, or as READING_ORDER has them."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def __call__(self, script: str) -> tuple[int, str]:
        """Give the key to sort a script by."""
        name = script.removesuffix(".py")
        return (READING_ORDER.index(name) if name in READING_ORDER else -1, name)
