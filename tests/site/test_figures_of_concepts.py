"""The figures on autograd, shapes and the target network show what PyTorch computes."""

import ast
import itertools
import json
import random
import re

import pytest
import torch
from built import run

# -- Autograd, step by step -----------------------------------------------------------------------

ORDER = ("loss", "gap", "q", "product", "b", "w")  # in which the gradients are shown
RESULTS = {"product": "w * 2.0", "q": "product + b", "gap": "q - 1.5", "loss": "gap**2"}
WALK = "given.reduce(script.press, script.start())"
WALKS = """return given.map((walk) => walk.reduce((seen, action) =>
  [...seen, script.press(seen.at(-1), action)], [script.start()]).slice(1))"""


class _Program:
    """The program of the figure, in PyTorch: a whole pass at a time."""

    def __init__(self):
        number = {"dtype": torch.float64, "requires_grad": True}
        self.leaves = {"w": torch.tensor(1.0, **number), "b": torch.tensor(0.5, **number)}
        self.results, self.flow, self.cut, self.error = {}, {}, "", ""

    def forward(self):
        self.results, self.flow = {}, {}
        for name, code in RESULTS.items():
            known = self.leaves | self.results
            cut = {self.cut: known[self.cut].detach()} if self.cut in known else {}
            self.results[name] = eval(code, {}, known | cut)

    def backward(self):
        nodes, loss = self.results | self.leaves, self.results["loss"]
        asked = [name for name in ORDER if nodes[name].requires_grad]
        try:
            inputs, keep = [nodes[name] for name in asked], {"retain_graph": True}
            found = torch.autograd.grad(loss, inputs, allow_unused=True, **keep)
            loss.backward()
            pairs = zip(asked, found, strict=True)
            self.flow = {name: grad for name, grad in pairs if grad is not None}
        except (RuntimeError, IndexError) as error:
            self.error = str(error)

    def do(self, action):
        self.error = ""
        match action:
            case "forward":
                self.forward()
            case "backward" if self.results:
                self.backward()
            case "zero":
                for leaf in self.leaves.values():
                    leaf.grad = None
            case "update":
                torch.optim.SGD(self.leaves.values(), lr=0.1).step()
                self.results, self.flow = {}, {}
            case "product" | "b" | "q":
                self.cut = "" if self.cut == action else action
                self.results, self.flow = {}, {}

    def state(self):
        grads = {name: leaf.grad for name, leaf in self.leaves.items()}
        groups = {"values": self.results | self.leaves, "flow": self.flow, "grads": grads}
        return {
            key: {name: value.item() for name, value in group.items() if value is not None}
            for key, group in groups.items()
        }


def shown(state):
    """Give what the figure shows, as the program does."""
    values = {"w": state["w"], "b": state["b"], **state["values"]}
    grads = {name: grad for name, grad in state["grads"].items() if grad is not None}
    return {"values": values, "flow": state["flow"], "grads": grads}


def test_values_gradients_and_errors_of_the_graph_are_those_of_torch():
    actions = ("forward", "backward", "zero", "update", "product", "b", "q")
    rng, raised = random.Random(0), 0
    walks = [*itertools.product(actions, repeat=3)]
    walks += [rng.choices(actions, weights=[6, 6, 1, 1, 1, 1, 1], k=40) for _ in range(50)]
    for walk, states in zip(walks, run("interactive/autograd.js", WALKS, walks), strict=True):
        program = _Program()
        for action, state in zip(walk, states, strict=True):
            program.do(action)
            for key, expected in program.state().items():
                assert shown(state)[key] == pytest.approx(expected, rel=1e-9, abs=1e-9), walk
            error = re.match(r"RuntimeError: (.*?)\. ", state["said"])
            assert bool(error) == bool(program.error)
            assert not error or error[1] in program.error
            raised += bool(error)
            said = state["said"].translate({0x2212: "-", ord("·"): "*", ord("²"): "**2"})
            sums = re.findall(r"(?<![\w*])([-\d(][-+*\d.() ]*) = (-?\d+(?:\.\d+)?)", said)
            for left, right in sums:
                assert eval(left) == pytest.approx(float(right), rel=1e-2, abs=1e-2), said
    assert raised > 20


@pytest.mark.parametrize("cut", [[], ["product"], ["b"]])
def test_single_steps_do_what_whole_passes_do(cut):
    (states,) = run("interactive/autograd.js", WALKS, [[*cut, *["next"] * 10]])
    steps = next(i for i, state in enumerate(states) if state["freed"])
    (whole,) = run("interactive/autograd.js", WALKS, [[*cut, "forward", "backward"]])
    assert shown(states[steps]) == shown(whole[-1])
    for before, after in itertools.pairwise(states[len(cut) : steps + 1]):
        known = before["values"] | {f"d {name}": g for name, g in before["flow"].items()}
        now = after["values"] | {f"d {name}": g for name, g in after["flow"].items()}
        assert (len(now), known.items() <= now.items()) == (len(known) + 1, True)


def test_what_the_page_asks_readers_to_try_happens():
    once, each = ["forward", "backward", "update"], ["forward", "backward", "update", "zero"]
    walks = [[*once, "forward"], [*once, *once, "forward"], [*each, *each, "forward"]]
    states = run("interactive/autograd.js", WALKS, walks)
    losses = [walk[-1]["values"]["loss"] for walk in states]
    assert losses == pytest.approx([0, 1, 0], abs=1e-12)
    cut = run("interactive/autograd.js", f"return {WALK}", ["product", "forward", "backward"])
    assert (cut["grads"], cut["values"]["loss"]) == ({"w": None, "b": 2}, 1)


def test_without_scripts_the_page_shows_the_same_values_and_gradients(soups):
    state = run("interactive/autograd.js", f"return {WALK}", ["forward", "backward"])
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
    code = """return given.map((settings) => {
      const result = script.compute(settings);
      const said = script.explain(settings, result);
      return { ...result, said, answer: script.answer(result), all: script.options(settings.rows) };
    })"""
    for setting, got in zip(settings, run("interactive/shapes.js", code, settings), strict=True):
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
        if answer == "error":
            continue
        before = str(tuple(with_torch(**{**setting, "minus": False}).shape))
        if setting["squeeze"] != "no":
            whole = tuple(with_torch(**{**setting, "squeeze": "no", "minus": False}).shape)
            gone = len(whole) - len(ast.literal_eval(before))
            one = re.search(r"squeeze\((\d)\) drops dimension \1, ", got["said"])
            assert not one or whole[int(one[1])] == 1
            assert ("drops" in got["said"]) == (gone > 0)
            assert ("every dimension" in got["said"]) == (gone > 1)
        if setting["minus"]:
            assert f"Then {before} meets ({setting['rows']},)" in got["said"]
            assert ("entry by entry" in got["said"]) == (before == f"({setting['rows']},)")
            assert ("repeated" in got["said"]) == (answer == "(8, 8)")
            assert ("missing size counts as 1, so the result is" in got["said"]) == (
                setting["rows"] == 1 and before != "(1,)"
            )
            assert "result is" not in got["said"] or got["said"].endswith(f"result is {answer}.")
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
    code = """return given.syncs.flatMap((sync) => given.gammas.map((gamma) =>
      [sync, gamma, script.explain(given.curves[`${sync} ${gamma}`], sync, gamma)]))"""
    ends = {
        (sync, gamma): float(cell.get_text())
        for gamma, row in zip(data["gammas"], table.select("tr")[1:], strict=True)
        for sync, cell in zip(data["syncs"], row.select("td"), strict=True)
    }
    for sync, gamma, said in run("interactive/lag.js", code, data):
        assert f"after 149 updates and {149 // sync} copies" in said
        shown = float(re.search(r"distance is ([\d.,]*\d)", said)[1].replace(",", ""))
        assert shown == pytest.approx(ends[sync, gamma], rel=0.05)
        assert ("close to Q*" in said or "small enough" in said) == (ends[sync, gamma] < 0.1)
        first, *later = data["curves"][f"{sync} {gamma}"]
        assert ("run away" in said) == (later[-1] > 10 * first)
        assert ("rises again" in said) == (10 * first >= later[-1] > first)
    assert ends[1, 0.99] > 100 > 0.1 > ends[10, 0.99]
