"""What sphinx-gallery calls around each script, and how its pages join the course's order."""

import random
import re
import warnings

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import torch
from sphinx.application import Sphinx

SEED = 0
READING_ORDER = (
    *("zero_grad", "backward_twice", "in_place", "leaving_the_graph", "devices"),
    *("minus_sign", "seeding", "xray"),
    *("values", "policies"),
    *("reinforce", "actor_critic", "ppo", "dqn", "sac"),  # each builds on those before it
)
IN_THE_COURSE = ("tutorials/worked_examples/index", "tutorials/exercises/index")
TOCTREE = re.compile(r"\.\. toctree::\n   :hidden:\n\n(?:   \S+\n)+")
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


def leave_order_to_the_course(app: Sphinx, page: str, source: list[str]) -> None:
    """Remove a gallery's own toctree where docs/index.md lists its scripts one by one."""
    if page in IN_THE_COURSE:
        source[0] = TOCTREE.sub("", source[0])


def setup(app: Sphinx) -> dict:
    """Hook into the reading of pages."""
    app.connect("source-read", leave_order_to_the_course)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
