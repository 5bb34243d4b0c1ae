"""The package as a whole: what it imports, what it exports, and what its docstrings say."""

import ast
import graphlib
import importlib
import importlib.util
import inspect
import platform
import re
import subprocess
import sys
import typing
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
import torch
from torch import nn

import pytorch_rl_basics as rl
from pytorch_rl_basics.__main__ import main

# The contract: other people's scripts call these by position and by name.
SIGNATURES = {
    "GaussianPolicy": "state_dim=3, action_dim=1, hidden=(64, 64)",
    "PolicyNetwork": "state_dim=4, n_actions=2, hidden=(), activation=Tanh",
    "QNetwork": "state_dim=4, n_actions=2, hidden=64",
    "ReplayBuffer": "capacity, state_dim, action_dim=None, dtype=None, device=None",
    "TwinCritic": "state_dim=3, action_dim=1, hidden=(64, 64)",
    "ValueNetwork": "state_dim=4, hidden=(64, 64), activation=Tanh",
    "build_mlp": "state_dim=4, hidden=64, n_actions=2",
    "clipped_surrogate": "log_probs, old_log_probs, advantages, clip=0.2",
    "cubic_gradient": "x",
    "discounted_returns": "rewards, gamma",
    "entropy": "logits",
    "epsilon_greedy": "q_values, epsilon",
    "fit_random_targets": "model, optimizer, steps=100, batch_size=32, log_every=20",
    "gae": "rewards, values, next_values, terminated, done, gamma, lam",
    "hint": "exercise",
    "mse_backward": "model, states, targets",
    "policy_loss": "log_probs, advantages",
    "polyak_update": "model, target, tau",
    "sample_actions": "policy, states",
    "select_log_probs": "logits, actions",
    "solution": "exercise",
    "squashed_gaussian_log_prob": "pre_tanh, mean, log_std",
    "sum_gradient": "x",
    "td_target": "rewards, terminated, next_q, gamma",
    "train_step": "model, optimizer, batch, targets",
    "xray": "loss, model, optimizer=None",
    "train_with_target": "q, q_target, optimizer, batches, gamma, sync_every=10",
}
MODULES = ["gradients", "losses", "networks", "policies", "replay", "returns", "training"]

PUBLIC = [(name, getattr(rl, name)) for name in rl.__all__]
FUNCTIONS = [pair for pair in PUBLIC if inspect.isfunction(pair[1])]
CLASSES = [pair for pair in PUBLIC if inspect.isclass(pair[1])]
each_function = pytest.mark.parametrize(("name", "function"), FUNCTIONS)

IMPORT = """
import sys, torch
extras = ("matplotlib", "gymnasium", "IPython", "imageio_ffmpeg", "pygraphviz", "rich", "tqdm")
for name in (*extras, "sphinx", "pytest"):
    sys.modules[name] = None  # an import of it fails
state, threads, before = torch.get_rng_state(), torch.get_num_threads(), set(sys.modules)
import pytorch_rl_basics
assert torch.equal(torch.get_rng_state(), state)
assert torch.get_num_threads() == threads
assert torch.get_default_dtype() == torch.float32 and torch.is_grad_enabled()
print(*sorted({name.split(".")[0] for name in set(sys.modules) - before} - sys.stdlib_module_names))
"""


def test_the_import_brings_torch_alone_and_changes_nothing():
    result = subprocess.run(
        [sys.executable, "-c", IMPORT], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == ["pytorch_rl_basics"]


@pytest.mark.parametrize(("name", "wanted"), SIGNATURES.items())
def test_a_public_name_keeps_its_signature(name, wanted):
    found = [
        p.name
        if p.default is p.empty
        else f"{p.name}={getattr(p.default, '__name__', repr(p.default))}"
        for p in inspect.signature(getattr(rl, name)).parameters.values()
    ]
    assert ", ".join(found) == wanted


def test_all_is_sorted_and_every_name_in_it_has_a_tested_signature():
    assert sorted(set(rl.__all__)) == rl.__all__
    assert set(SIGNATURES) <= set(rl.__all__)


@pytest.mark.parametrize("module", MODULES)
def test_every_public_function_of_a_module_is_exported(module):
    content = vars(importlib.import_module(f"pytorch_rl_basics.{module}"))
    own = {
        name
        for name, value in content.items()
        if getattr(value, "__module__", "").endswith(f".{module}") and not name.startswith("_")
    }
    assert own
    assert own <= set(rl.__all__)
    assert all(getattr(rl, name) is content[name] for name in own)


@each_function
def test_a_public_function_is_typed(name, function):
    hints = typing.get_type_hints(inspect.unwrap(function))
    assert set(hints) == {*inspect.signature(function).parameters, "return"}


def sections(function):
    """Split a docstring at its Google-style headings."""
    parts = re.split(r"^(Args|Returns|Raises):$", inspect.getdoc(function), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@each_function
def test_a_docstring_describes_each_argument_and_error_and_shows_an_example(name, function):
    found = sections(function)
    described = re.findall(r"^    (\w+): \S", found["Args"], flags=re.MULTILINE)
    assert described == list(inspect.signature(function).parameters)
    errors = re.findall(r"^    ([\w, ]+): \S", found["Raises"], flags=re.MULTILINE)
    assert {error for line in errors for error in line.split(", ")} <= {
        "KeyError",
        "TypeError",
        "ValueError",
    }
    assert errors
    assert ">>> " in inspect.getdoc(function)


@each_function
def test_a_docstring_says_what_comes_back(name, function):
    gives_nothing = inspect.signature(function).return_annotation in (None, "None")
    assert ("Returns" in sections(function)) == (not gives_nothing)


@pytest.mark.parametrize(
    ("name", "network"), [case for case in CLASSES if issubclass(case[1], nn.Module)]
)
def test_a_network_says_its_shapes_and_shows_an_example(name, network):
    assert ">>> " in network.__doc__
    assert "(B, state_dim)" in network.__doc__
    assert "(B, state_dim)" in network.forward.__doc__


@pytest.mark.parametrize("name", ["__init__", *MODULES, "exercises"])
def test_a_module_says_in_one_line_what_it_is_for(name):
    module = rl if name == "__init__" else importlib.import_module(f"pytorch_rl_basics.{name}")
    assert re.fullmatch(r"[A-Z].*\.", module.__doc__.strip())


def test_the_command_line_prints_the_versions(capsys):
    assert main(["--version"]) == 0
    package, python = version("pytorch-rl-basics"), platform.python_version()
    expected = f"pytorch-rl-basics {package}, torch {torch.__version__}, Python {python}\n"
    assert capsys.readouterr().out == expected


# -- how the package is built -----------------------------------------------------------------

PACKAGE, FOLDER = rl.__name__, Path(rl.__file__).parent
FILES = {
    ".".join(path.relative_to(FOLDER.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in FOLDER.rglob("*.py")
}
OLD_NAMES = {f"{PACKAGE}.runs", f"{PACKAGE}.video"}  # they import what replaced them


def rows() -> dict[str, int]:
    """Give the row of each module and folder in CONTRIBUTING.md; helpers of all are in row 0."""
    text = (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text("utf-8")
    section = text.partition("## How the package is built")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    found = {
        name: row
        for row, cell in enumerate(cells, start=1)
        for name in re.findall(r"`(\w+)(?:\.py|/)`", cell)
    }
    helpers = {name.split(".")[1]: 0 for name in FILES if re.search(r"\._[a-z]", name)}
    return helpers | found


def imports(name: str) -> Iterator[str]:
    """List the modules of the package that a module imports."""
    path = FILES[name]
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            members = [f"{base}.{alias.name}" for alias in node.names]
            names = [member if member in FILES else base for member in members]
        yield from (name for name in names if name in FILES)


def test_the_table_of_the_package_has_every_module():
    parts = {name.split(".")[1] for name in FILES.keys() - {PACKAGE, *OLD_NAMES}}
    assert parts == rows().keys()


@pytest.mark.parametrize("name", sorted(FILES.keys() - {PACKAGE, *OLD_NAMES}))
def test_a_module_names_only_modules_of_its_own_row_and_of_those_above(name):
    row = rows()
    written = re.findall(rf"{PACKAGE}\.\w+", FILES[name].read_text("utf-8"))
    named = {*imports(name), *FILES.keys() & written}
    assert not [one for one in named if row[one.split(".")[1]] > row[name.split(".")[1]]]


def test_no_modules_import_each_other():
    graph = {name: set(imports(name)) for name in FILES}
    assert sum(map(len, graph.values())) > 100
    graphlib.TopologicalSorter(graph).prepare()  # raises CycleError
