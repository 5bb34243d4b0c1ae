"""The registry, the ladder of hints, and solutions that run on their own."""

import ast
import contextlib
import inspect
import io
import re
from pathlib import Path

import pytest
import torch
from torch import nn

import pytorch_rl_basics as rl
from pytorch_rl_basics.exercises import EXERCISES, Exercise, get_exercise, hint, registry, solution
from pytorch_rl_basics.exercises.source import _lines, reference_source

each_exercise = pytest.mark.parametrize("name", EXERCISES)


@pytest.fixture(autouse=True)
def _first_hint(monkeypatch):
    monkeypatch.setattr(registry, "_hints_given", {})


# -- the registry -----------------------------------------------------------------------------


@each_exercise
def test_an_exercise_has_the_name_of_a_public_function(name):
    exercise = EXERCISES[name]
    assert isinstance(exercise, Exercise)
    assert exercise.name == name
    assert getattr(rl, name) is exercise.function
    assert get_exercise(name) is exercise


@each_exercise
def test_an_exercise_says_what_to_write_and_where_it_is_used(name):
    exercise = EXERCISES[name]
    assert exercise.task.startswith(f"Write `{name}(")
    for text in (exercise.title, exercise.task, exercise.in_rl, *exercise.hints):
        assert text == text.strip() != ""
        assert "  " not in text
        assert text.count("`") % 2 == 0
    assert not exercise.title.endswith(".")


def test_the_exercises_are_those_of_the_site_in_their_order():
    numbered = [(e.number, e.name) for e in EXERCISES.values() if e.number is not None]
    assert numbered == [
        (1, "cubic_gradient"),
        (2, "build_mlp"),
        (2, "mse_backward"),
        (3, "epsilon_greedy"),
        (4, "sample_actions"),
        (5, "fit_random_targets"),
        (6, "sum_gradient"),
        (7, "select_log_probs"),
        (8, "train_with_target"),
    ]


@pytest.mark.parametrize("ask", [get_exercise, hint, solution])
def test_an_unknown_name_is_answered_with_the_names_there_are(ask):
    with pytest.raises(KeyError, match="no exercise is named 'epsilon-greedy'") as caught:
        ask("epsilon-greedy")
    assert all(name in str(caught.value) for name in EXERCISES)


@pytest.mark.parametrize("number", [3, "3"])
def test_a_number_names_an_exercise(number):
    assert get_exercise(number).name == "epsilon_greedy"
    assert hint(number).startswith("epsilon_greedy, hint 1 of")
    assert hint("epsilon_greedy").startswith("epsilon_greedy, hint 2 of")
    assert solution(number) == solution("epsilon_greedy")


@pytest.mark.parametrize("ask", [get_exercise, hint, solution])
@pytest.mark.parametrize("number", [2, "2"])
def test_a_number_of_two_functions_is_answered_with_both_names(ask, number):
    with pytest.raises(KeyError, match="exercise 2 has 2 functions: build_mlp and mse_backward"):
        ask(number)


@pytest.mark.parametrize("name", [0, 9, "", "None", None, True, 3.0, []])
def test_what_is_neither_a_name_nor_a_number_is_refused(name):
    with pytest.raises(KeyError, match="no exercise is named"):
        hint(name)


# -- hints ------------------------------------------------------------------------------------


def code_in(text):
    """Give the pieces of code in a text, between backticks, attributes without their dot."""
    return [code.removeprefix(".") for code in re.findall(r"`([^`]+)`", text)]


@each_exercise
def test_the_hints_come_one_by_one_and_then_again(name):
    hints = EXERCISES[name].hints
    assert 3 <= len(hints) <= 4
    assert len(set(hints)) == len(hints)
    ladder = [f"{name}, hint {i} of {len(hints)}: {text}" for i, text in enumerate(hints, start=1)]
    given = [hint(name).partition("\nused in: ")[0] for _ in range(2 * len(hints))]
    assert given == ladder * 2


def test_each_exercise_has_a_ladder_of_its_own():
    assert "hint 1" in hint("td_target")
    assert "hint 1" in hint("policy_loss")
    assert "hint 2" in hint("td_target")


@each_exercise
def test_no_hint_is_the_whole_solution(name):
    body = ast.parse(solution(name)).body[-1].body
    for text in EXERCISES[name].hints:
        assert "def " not in text
        statements = {ast.dump(node) for code in code_in(text) for node in ast.parse(code).body}
        assert not {ast.dump(node) for node in body} <= statements


@each_exercise
def test_the_first_hint_is_an_idea_without_code(name):
    assert not code_in(EXERCISES[name].hints[0]) or name == "sum_gradient"  # it names `x`


@each_exercise
def test_every_console_can_print_the_texts(name):
    exercise = EXERCISES[name]
    for text in (exercise.title, exercise.task, *exercise.hints, exercise.in_rl, solution(name)):
        assert text.encode("cp1252")


@each_exercise
def test_the_code_in_the_texts_is_python(name):
    exercise = EXERCISES[name]
    for text in (exercise.task, *exercise.hints, exercise.in_rl):
        for code in code_in(text):
            ast.parse(code)


# -- solutions --------------------------------------------------------------------------------


def model():
    torch.manual_seed(1)
    return nn.Linear(4, 2)


def parameters(module):
    return [parameter.detach().clone() for parameter in module.parameters()]


def run_build_mlp(function):
    return parameters(function()), function()(torch.ones(3, 4)), str(function())


def run_mse_backward(function):
    network = model()
    loss = function(network, torch.randn(5, 4), torch.randn(5, 2))
    return loss, [parameter.grad for parameter in network.parameters()]


def run_epsilon_greedy(function):
    q_values = torch.tensor([0.0, 2.0, 1.0])
    return [function(q_values, epsilon) for epsilon in (0.0, 0.5, 1.0) for _ in range(20)]


def run_fit_random_targets(function):
    network = model()
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        losses = function(network, torch.optim.SGD(network.parameters(), lr=0.1), 7, 3, 2)
    return losses, parameters(network), printed.getvalue()


def run_train_step(function):
    network = model()
    optimizer = torch.optim.Adam(network.parameters())
    batch, targets = torch.randn(5, 4), torch.randn(5, 2)
    return [function(network, optimizer, batch, targets) for _ in range(3)], parameters(network)


def run_train_with_target(function):
    q, q_target = model(), model()
    optimizer = torch.optim.SGD(q.parameters(), lr=0.1)
    batches = [
        (
            torch.randn(3, 4),
            torch.tensor([0, 1, 1]),
            torch.randn(3),
            torch.randn(3, 4),
            torch.tensor([False, True, False]),
        )
        for _ in range(5)
    ]
    return function(q, q_target, optimizer, batches, 0.9, 2), parameters(q), parameters(q_target)


def run_polyak_update(function):
    network, target = model(), nn.Linear(4, 2)
    nothing = function(network, target, 0.3)
    return nothing, parameters(network), parameters(target)


def run_policy_loss(function):
    log_probs = torch.randn(4, requires_grad=True)
    loss = function(log_probs, torch.randn(4, requires_grad=True))
    loss.backward()
    return loss, log_probs.grad


RUNS = {
    "cubic_gradient": lambda f: [f(3.0), f(-1)],
    "build_mlp": run_build_mlp,
    "mse_backward": run_mse_backward,
    "epsilon_greedy": run_epsilon_greedy,
    "sample_actions": lambda f: f(model(), torch.randn(9, 4)),
    "fit_random_targets": run_fit_random_targets,
    "sum_gradient": lambda f: f(torch.randn(4, requires_grad=True)),
    "select_log_probs": lambda f: f(1000 * torch.randn(3, 3), torch.tensor([2, 0, 1])),
    "train_with_target": run_train_with_target,
    "train_step": run_train_step,
    "policy_loss": run_policy_loss,
    "polyak_update": run_polyak_update,
    "squashed_gaussian_log_prob": lambda f: f(*torch.randn(3, 5, 2, requires_grad=True)),
    "gae": lambda f: f(*torch.randn(3, 5, 2), *torch.rand(2, 5, 2).gt(0.7), 0.9, 0.8),
    "clipped_surrogate": lambda f: f(*torch.randn(3, 5, requires_grad=True), 0.2),
    "discounted_returns": lambda f: [f([1, 2.0, 3], 0.5), f(torch.randn(4).double(), 0.9)],
    "td_target": lambda f: f(
        torch.randn(3), torch.tensor([True, False, False]), torch.randn(3, 3), 0.9
    ),
}


def flat(result):
    """Open nested lists and tuples, and write strings as numbers, for one comparison."""
    if isinstance(result, list | tuple):
        return [entry for part in result for entry in flat(part)]
    return [result]


@each_exercise
def test_a_solution_runs_on_its_own_and_does_what_the_library_does(name):
    namespace = {}
    exec(solution(name), namespace)
    results = []
    for function in (getattr(rl, name), namespace[name]):
        torch.manual_seed(0)
        results.append(flat(RUNS[name](function)))
    for library, own in zip(*results, strict=True):
        assert type(library) is type(own)
        if isinstance(library, torch.Tensor):
            torch.testing.assert_close(own, library, rtol=0, atol=0)
            assert own.requires_grad == library.requires_grad
        else:
            assert own == library


@each_exercise
def test_a_solution_holds_neither_docstring_nor_validation(name):
    text = solution(name)
    *_, definition = ast.parse(text).body
    assert isinstance(definition, ast.FunctionDef)
    assert definition.name == name
    assert ast.get_docstring(definition) is None
    assert {ast.unparse(node) for node in definition.decorator_list} <= {"torch.no_grad()"}
    assert not any(isinstance(node, ast.Assert) for node in ast.walk(definition))
    called = {node.id for node in ast.walk(definition) if isinstance(node, ast.Name)}
    assert not called & {"expects", "require", "require_same_shape"}
    assert not re.search(r"\b_\w", text)  # no private helper
    assert '"""' not in text


@each_exercise
def test_a_solution_imports_torch_the_standard_library_and_public_names_only(name):
    *imports, _ = ast.parse(solution(name)).body
    for node in imports:
        if isinstance(node, ast.Import):
            assert {alias.name.split(".")[0] for alias in node.names} <= {"torch", "math"}
        else:
            assert node.module in {"torch", "collections.abc", "pytorch_rl_basics"}
        if getattr(node, "module", None) == "pytorch_rl_basics":
            assert {alias.name for alias in node.names} <= set(rl.__all__)


@pytest.mark.parametrize("ask", [hint, solution])
def test_a_prompt_shows_the_text_as_it_is(ask):
    text = ask("build_mlp")
    assert isinstance(text, str)
    assert repr(text) == str(text)
    assert "\\n" not in repr(text)


@pytest.mark.parametrize("name", ["entropy", "gae", "polyak_update", "clipped_surrogate"])
def test_the_source_of_other_library_functions_runs_as_well(name):
    namespace = {}
    text = reference_source(getattr(rl, name))
    exec(text, namespace)
    assert callable(namespace[name])
    assert ("@torch.no_grad()" in text) == (name == "polyak_update")


def test_a_function_without_docstring_and_validation_keeps_all_its_lines():
    assert reference_source(_lines).endswith(inspect.getsource(_lines).rstrip())


def test_only_a_function_has_such_a_source():
    with pytest.raises(TypeError, match="QNetwork is not a plain function"):
        reference_source(rl.QNetwork)


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=lambda exercise: exercise.name)
def test_the_page_of_an_exercise_exists_and_speaks_of_it(exercise):
    root = Path(__file__).parents[1]
    source = root / f"docs/{exercise.page}.md"
    if exercise.page.startswith("tutorials/"):
        source = root / f"{exercise.page}.py"
    assert exercise.name in source.read_text()


def test_a_hint_for_a_part_says_where_it_is_used():
    assert "used in: tutorials/exercises/exercise_8_target_network" in hint("td_target")
    assert "used in" not in hint("epsilon_greedy")
