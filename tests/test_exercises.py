"""The registry, the ladder of hints, and solutions that run on their own."""

import ast
import inspect
import re

import pytest

import pytorch_rl_basics as rl
from pytorch_rl_basics.checker.facts import same
from pytorch_rl_basics.checker.probes import look
from pytorch_rl_basics.exercises import (
    EXERCISES,
    check_of,
    get_exercise,
    hint,
    registry,
    solution,
)
from pytorch_rl_basics.exercises.source import _lines, reference_source

each_exercise = pytest.mark.parametrize("name", EXERCISES)


@pytest.fixture(autouse=True)
def _first_hint(monkeypatch):
    monkeypatch.setattr(registry, "_hints_given", {})


# -- the registry -----------------------------------------------------------------------------


@each_exercise
def test_an_exercise_has_the_name_of_a_public_function(name):
    exercise = EXERCISES[name]
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


def test_the_exercises_come_in_the_order_of_their_pages():
    assert [exercise.number for exercise in EXERCISES.values()] == [1, 2, *range(2, 18)]
    for exercise in EXERCISES.values():
        assert f"/exercise_{exercise.number}_" in exercise.page


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


@pytest.mark.parametrize("name", [0, 18, "", "None", None, True, 3.0, []])
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
    assert [hint(name) for _ in range(2 * len(hints))] == ladder * 2


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


@each_exercise
def test_a_solution_runs_on_its_own_and_does_what_the_library_does(name):
    namespace = {}
    exec(solution(name), namespace)
    for probe in check_of(name).probes:
        library, own = (look(probe, function) for function in (getattr(rl, name), namespace[name]))
        assert library["error"] is None
        assert own.keys() == library.keys()
        assert [label for label in library if not same(own[label], library[label])] == []


@each_exercise
def test_a_solution_holds_neither_docstring_nor_validation(name):
    text = solution(name)
    *_, definition = ast.parse(text).body
    assert isinstance(definition, ast.FunctionDef)
    assert definition.name == name
    assert ast.get_docstring(definition) is None
    decorators = ["torch.no_grad()"] * (name == "polyak_update")
    assert [ast.unparse(node) for node in definition.decorator_list] == decorators
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


def test_a_function_without_docstring_and_validation_keeps_all_its_lines():
    assert reference_source(_lines).endswith(inspect.getsource(_lines).rstrip())


def test_only_a_function_has_such_a_source():
    with pytest.raises(TypeError, match="QNetwork is not a plain function"):
        reference_source(rl.QNetwork)
