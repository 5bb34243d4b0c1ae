"""The figures on autograd, shapes and the target network show what PyTorch computes."""

import itertools
import json
import random
import re
import subprocess
from pathlib import Path

import pytest
import torch
from test_error_field import NODE

FIGURES = Path(__file__).parents[2] / "docs" / "_static" / "interactive"


def run(figure, code, given):
    """Call a figure's functions in node: `code` makes the answer of `figure` and `given`."""
    program = (
        f"const figure = require({json.dumps(str(FIGURES / figure))});"
        f"const given = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        f"console.log(JSON.stringify({code}))"
    )
    asked = json.dumps(given)
    return json.loads(subprocess.check_output([NODE, "-e", program], input=asked, text=True))


# -- Autograd, step by step -----------------------------------------------------------------------

ORDER = ("loss", "gap", "q", "product", "b", "w")  # in which the gradients are shown


class _Program:
    """The program of the figure, in PyTorch."""

    def __init__(self):
        self.leaves = {
            name: torch.tensor(value, dtype=torch.float64, requires_grad=True)
            for name, value in (("w", 1.0), ("b", 0.5))
        }
        self.cut, self.error = "", ""
        self.forget()

    def forget(self):
        self.results, self.shown, self.freed = {}, {}, False

    def compute_next(self):
        known = self.leaves | self.results
        known |= {self.cut: known[self.cut].detach()} if self.cut in known else {}
        name = ("product", "q", "gap", "loss")[len(self.results)]
        code = {"product": "w * 2.0", "q": "product + b", "gap": "q - 1.5", "loss": "gap**2"}[name]
        self.results[name] = eval(code, {}, known)

    def backward(self, steps):
        """Show the gradients of some more nodes, and store them after the last one."""
        if self.freed or not self.results["loss"].requires_grad:
            try:
                self.results["loss"].backward()
            except RuntimeError as error:
                self.error = str(error)
            return
        nodes = self.results | self.leaves
        asked = [name for name in ORDER if nodes[name].requires_grad]
        inputs, keep = [nodes[name] for name in asked], {"retain_graph": True, "allow_unused": True}
        found = torch.autograd.grad(self.results["loss"], inputs, **keep)
        path = [(name, grad) for name, grad in zip(asked, found, strict=True) if grad is not None]
        self.shown = dict(path[: len(self.shown) + steps])
        if len(self.shown) == len(path):
            self.results["loss"].backward()
            self.freed = True

    def do(self, action):
        self.error = ""
        whole = len(self.results) == 4
        if self.shown and not self.freed and action not in ("next", "backward"):
            return
        match action:
            case "next" if whole and not self.freed:
                self.backward(1)
            case "next" | "forward":
                if whole:
                    self.forget()
                for _ in range(1 if action == "next" else 4 - len(self.results)):
                    self.compute_next()
            case "backward":
                if whole:
                    self.backward(len(ORDER))
            case "zero":
                for leaf in self.leaves.values():
                    leaf.grad = None
            case "update":
                torch.optim.SGD(self.leaves.values(), lr=0.1).step()
                self.forget()
            case cut:
                self.cut = "" if self.cut == cut else cut
                self.forget()

    def state(self):
        unstored = {} if self.freed else self.shown
        grads = {name: leaf.grad for name, leaf in self.leaves.items()}
        for name in grads.keys() & unstored.keys():
            grads[name] = unstored[name] + (0 if grads[name] is None else grads[name])
        groups = {"values": self.results | self.leaves, "flow": self.shown, "grads": grads}
        return {
            key: {name: value.item() for name, value in group.items() if value is not None}
            for key, group in groups.items()
        }


def test_values_gradients_and_errors_of_the_graph_are_those_of_torch():
    actions = ("next", "forward", "backward", "zero", "update", "product", "b", "q")
    rng = random.Random(0)
    walks = [*itertools.product(actions, repeat=3)]
    walks += [rng.choices(actions, weights=[8, 2, 2, 1, 1, 1, 1, 1], k=40) for _ in range(50)]
    code = """given.map((walk) => walk.reduce((seen, action) =>
      [...seen, figure.press(seen.at(-1), action)], [figure.start()]).slice(1))"""
    raised = 0
    for walk, states in zip(walks, run("autograd.js", code, walks), strict=True):
        program = _Program()
        for action, state in zip(walk, states, strict=True):
            program.do(action)
            values = {"w": state["w"], "b": state["b"], **state["values"]}
            stored = {name: grad for name, grad in state["grads"].items() if grad is not None}
            got = {"values": values, "flow": state["flow"], "grads": stored}
            for key, expected in program.state().items():
                assert got[key] == pytest.approx(expected, rel=1e-9, abs=1e-9), (walk, action)
            error = re.match(r"RuntimeError: (.*?)\. ", state["said"])
            assert bool(error) == bool(program.error)
            assert not error or error[1] in program.error
            raised += bool(error)
            said = state["said"].translate({0x2212: "-", ord("·"): "*", ord("²"): "**2"})
            for left, right in re.findall(
                r"(?<![\w*])([-\d(][-+*\d.() ]*) = (-?\d+(?:\.\d+)?)", said
            ):
                assert eval(left) == pytest.approx(float(right), rel=1e-2, abs=1e-2), said
    assert raised > 20


def test_what_the_page_asks_readers_to_try_happens():
    code = "given.map((walk) => walk.reduce(figure.press, figure.start()))"
    once, each = ["forward", "backward", "update"], ["forward", "backward", "update", "zero"]
    walks = [[*once, "forward"], [*once, *once, "forward"], [*each, *each, "forward"]]
    losses = [state["values"]["loss"] for state in run("autograd.js", code, walks)]
    assert losses == pytest.approx([0, 1, 0], abs=1e-12)
    (cut,) = run("autograd.js", code, [["product", "forward", "backward"]])
    assert (cut["grads"], cut["values"]["loss"]) == ({"w": None, "b": 2}, 1)


def test_without_scripts_the_page_shows_the_same_values_and_gradients(soups):
    code, walk = "given.reduce(figure.press, figure.start())", ["forward", "backward"]
    state = run("autograd.js", code, walk)
    values = {"w": 1, "b": 0.5, "s": 2, "target": 1.5, **state["values"]}
    rows = soups["concepts/tensors_and_gradients.html"].select("#interactive-autograd tbody tr")
    assert len(rows) == len(values)
    for row in rows:
        node, value, gradient = (cell.get_text() for cell in row.select("td"))
        name = node.split(" = ")[0]
        assert float(value.split(" = ")[-1]) == values[name]
        shown = gradient.split(" = ")[-1]
        assert (None if shown == "none" else float(shown)) == state["flow"].get(name)


# -- Shapes ---------------------------------------------------------------------------------------


def with_torch(rows, dim, flat, squeeze, minus, index):
    """Compute what the figure on shapes computes, or give the error's message."""
    table = 10 * torch.arange(rows).unsqueeze(-1) + torch.arange(2)  # (rows, 2)
    index = torch.tensor(index[:rows])
    try:
        result = table.gather(dim, index if flat else index.unsqueeze(-1))
    except RuntimeError as error:
        return str(error)
    if squeeze != "no":
        result = result.squeeze(*map(int, squeeze))
    return result - 10 * torch.arange(rows) if minus else result


def test_gather_squeeze_and_broadcasting_are_those_of_torch():
    choices = itertools.product((8, 1), (0, 1), (False, True), ("no", "0", "1", ""), (False, True))
    rng, answers = random.Random(0), set()
    names = ("rows", "dim", "flat", "squeeze", "minus", "index")
    settings = [
        dict(zip(names, (*choice, rng.choices((0, 1), k=8)), strict=True))
        for choice in choices
        for _ in range(8)
    ]
    code = """given.map((settings) => {
      const result = figure.compute(settings);
      const said = figure.explain(settings, result);
      return { ...result, said, answer: figure.answer(result), all: figure.options(settings.rows) };
    })"""
    for setting, got in zip(settings, run("shapes.js", code, settings), strict=True):
        expected = with_torch(**setting)
        if isinstance(expected, str):
            assert got["error"].removeprefix("RuntimeError: ") in expected
            assert got["said"].startswith(got["error"])
        else:
            assert (tuple(got["shape"]), got["data"]) == (
                expected.shape,
                expected.flatten().tolist(),
            )
        answer = "error" if isinstance(expected, str) else str(tuple(expected.shape))
        assert got["answer"] == answer
        assert answer in got["all"]
        answers.add(answer)
    assert answers == {"(8,)", "(8, 1)", "(8, 8)", "(1, 1)", "(1,)", "()", "error"}


# -- The target network's lag ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def lag(soups):
    """Read the figure's data and its static table from the page."""
    box = soups["tutorials/exercises/exercise_8_target_network.html"].select_one("#interactive-lag")
    return json.loads(box.script.string), box.table


def test_runs_differ_after_the_first_copy_only(lag):
    data, _ = lag
    for gamma in data["gammas"]:
        for often, seldom in itertools.pairwise(data["syncs"]):
            one, other = (data["curves"][f"{sync} {gamma}"] for sync in (often, seldom))
            assert len(one) == len(other) == 150
            assert one[: often + 1] == other[: often + 1]
            assert one[often + 1 :] != other[often + 1 :]


def test_what_the_figure_says_of_a_run_is_what_the_table_shows(lag):
    data, table = lag
    code = """given.syncs.flatMap((sync) => given.gammas.map((gamma) =>
      [sync, gamma, figure.explain(given.curves[`${sync} ${gamma}`], sync, gamma)]))"""
    ends = {
        (sync, gamma): float(cell.get_text())
        for gamma, row in zip(data["gammas"], table.select("tr")[1:], strict=True)
        for sync, cell in zip(data["syncs"], row.select("td"), strict=True)
    }
    for sync, gamma, said in run("lag.js", code, data):
        assert f"after 149 updates and {149 // sync} copies" in said
        shown = float(re.search(r"distance is ([\d.,]*\d)", said)[1].replace(",", ""))
        assert shown == pytest.approx(ends[sync, gamma], rel=0.05)
        assert ("close to Q*" in said or "small enough" in said) == (ends[sync, gamma] < 0.1)
        first, *later = data["curves"][f"{sync} {gamma}"]
        assert ("run away" in said) == (later[-1] > 10 * first)
        assert ("rises again" in said) == (10 * first >= later[-1] > first)
    assert ends[1, 0.99] > 100 > 0.1 > ends[10, 0.99]
