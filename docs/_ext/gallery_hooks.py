"""What sphinx-gallery does for this site: a script's fresh state, its order, its page's frame."""

import gc
import random
import re
import warnings
from importlib import import_module

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pypandoc
import torch
from sphinx.application import Sphinx
from sphinx_gallery import gen_rst, notebook

SEED = 0
READING_ORDER = (
    *("zero_grad", "backward_twice", "in_place", "leaving_the_graph", "devices"),
    *("minus_sign", "seeding", "xray"),
    *("values", "policies"),
    *("dqn", "reinforce", "actor_critic", "ppo", "policy_gradients", "continuous_actions", "sac"),
    *("save_and_resume", "own_environment", "evaluate", "does_not_learn", "many_seeds"),
    *("scale_up", "a2c_torchrun"),
)
IN_THE_COURSE = tuple(
    f"tutorials/{gallery}/index"
    for gallery in ("worked_examples", "exercises", "parts", "algorithms", "improved")
)
TOCTREE = re.compile(r"\.\. toctree::\n   :hidden:\n\n(?:   \S+\n)+")
NOTE = re.compile(r"\.\. only:: html\n\n    \.\. note::.*?\n\n(?=\S)", re.DOTALL)
SPLIT = "\n\nHere ends a block.\n\n"
_filters = list(warnings.filters)

# The links are at the end of the page, and the archive of one script holds nothing new.
gen_rst.EXAMPLE_HEADER = NOTE.sub("", gen_rst.EXAMPLE_HEADER)
gen_rst.ZIP_DOWNLOAD = ""


def fill_notebook(book: dict, blocks: list, gallery_conf: dict, *_: object) -> None:
    """Write a notebook's cells, with one call of pandoc for all text: each starts a program."""
    texts = SPLIT.join(block.content for block in blocks if block.type == "text")
    converted = pypandoc.convert_text(texts, "md", "rst", **gallery_conf["pypandoc"])
    assert converted.count(SPLIT) == texts.count(SPLIT), f"a block gives no text: {texts}"
    markdown = iter(converted.split(SPLIT))
    for block in blocks:
        if block.type == "code":
            notebook.add_code_cell(book, block.content)
        else:
            notebook.add_markdown_cell(book, next(markdown).strip("\n") + "\n")


notebook.fill_notebook = fill_notebook


def reset(gallery_conf: dict, script: str | None) -> None:
    """Undo what scripts change: figures, their style, random states and filters of warnings."""
    if not gc.get_freeze_count():  # the first script of this process
        import_module("torch._dynamo")  # as the first optimizer would
        gc.freeze()  # the gallery looks for garbage before each script: not in what is imported
    plt.close("all")
    matplotlib.rc_file(matplotlib.matplotlib_fname())  # the gallery's own reset forgets our style
    random.seed(SEED)
    np.random.seed(SEED)
    torch.manual_seed(SEED)
    warnings.filters[:] = _filters
    warnings._filters_mutated()


def reading_order(script: str) -> tuple[int, int, str]:
    """Return the key by which scripts are sorted: READING_ORDER, others by number and name."""
    name = script.removesuffix(".py").removesuffix("_improved")
    number = re.search(r"\d+", name)
    place = READING_ORDER.index(name) if name in READING_ORDER else -1
    return place, int(number[0]) if number else 0, name


def leave_order_to_the_course(app: Sphinx, page: str, source: list[str]) -> None:
    """Remove a gallery's own toctree where docs/index.md lists its scripts one by one."""
    if page in IN_THE_COURSE:
        source[0] = TOCTREE.sub("", source[0])


def setup(app: Sphinx) -> dict:
    """Hook into the reading of pages."""
    app.connect("source-read", leave_order_to_the_course)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
