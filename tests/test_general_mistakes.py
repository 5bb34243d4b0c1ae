"""Mistakes that any exercise can have are named, and a report's code shows the difference."""

import contextlib
import io
import tomllib
from pathlib import Path

import pytest
import torch
from trials import learners

import pytorch_rl_basics as rl
from pytorch_rl_basics import check
from pytorch_rl_basics.checker.evidence import gather
from pytorch_rl_basics.checker.example import Example
from pytorch_rl_basics.checker.general import RULES, name_in_general, texts
from pytorch_rl_basics.checker.sandbox import sandbox
from pytorch_rl_basics.exercises import EXERCISES, check_of

CASES = tomllib.loads(Path("docs/general_mistakes.toml").read_text(encoding="utf-8"))
PROBES = [
    pytest.param(name, probe, id=f"{name}-{number}")
    for name in EXERCISES
    for number, probe in enumerate(check_of(name).probes)
]


def written(code, name):
    scope = {}
    exec(code, scope)
    return scope[name]


@pytest.mark.parametrize("slug", RULES)
def test_each_is_named_where_it_is_made(slug):
    name = CASES[slug]["exercise"]
    assert slug not in (mistake.slug for mistake in check_of(name).mistakes)
    report = check(written(CASES[slug]["code"], name))
    assert report.mistake == slug, report
    assert "{" not in report.message


def test_each_has_its_texts_and_its_case():
    assert RULES.keys() == texts().keys() == CASES.keys()


@pytest.mark.parametrize("name", EXERCISES)
def test_right_code_gives_no_evidence(name):
    answer = check_of(name)
    for function in (function for function, right, _ in learners(name) if right):
        found = gather(answer.truth, function, answer.answers)
        assert not found.label, (function, found.label)
        assert name_in_general(found) is None, function


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("future = reward + 0.97 * future", "always 0.97"),
        ("future = reward + 0.123 * future", "the same with another value of it."),
        ("future = 2.5 * (reward + gamma * future / 2.5)", "2.5 times what it should be"),
        ("future = max(min(reward, 4.0), -0.7) + gamma * future", "below -0.7 or above 4"),
    ],
)
def test_the_constant_is_in_the_message(wrong, said):
    code = f"""
import torch
def discounted_returns(rewards, gamma):
    future, returns = 0.0, []
    for reward in reversed(rewards):
        {wrong}
        returns.insert(0, future)
    return torch.tensor(returns)
"""
    report = check(written(code, "discounted_returns"))
    assert said in report.explanation or (report.mistake is None and "below" in said), report


@pytest.mark.parametrize(
    ("attempt", "slug"),
    [
        (lambda x: x.clamp(max=20), "bounded-input"),
        (lambda x: torch.where(x == 30, 20, x), None),  # a bound for the numbers of this call only
    ],
)
def test_a_bound_holds_for_other_numbers_as_well(attempt, slug):
    example = Example.of("same_again", {"x": torch.tensor([-4.0, 1.0, 30.0])})
    answers = [(example, example.run(lambda x: x))]
    named = name_in_general(gather(lambda x: x, attempt, answers))
    assert (named and named.slug) == slug


def test_what_is_right_is_said():
    def train_step(model, optimizer, batch, targets):
        optimizer.zero_grad()
        loss = ((model(batch) - targets) ** 2).mean()
        (loss + 0.1 * next(model.parameters()).abs().sum()).backward()
        optimizer.step()
        return loss.item()

    report = check(train_step)
    assert report.mistake is None
    assert "The loss is right; the step is not." in report.explanation


def output(code, scope):
    """Run a report's code, and give the lines of the library's function and of the learner's."""
    printed = io.StringIO()
    with sandbox(), contextlib.redirect_stdout(printed):  # a mistake may leave gradients off
        exec(code, scope)
    right, own = printed.getvalue().split("what your function gives")
    return right.splitlines()[1:], own.splitlines()[1:]


@pytest.mark.parametrize(("name", "probe"), PROBES)
def test_the_code_of_every_call_runs_and_shows_the_same_for_right_code(name, probe):
    function = getattr(rl, name)
    right, own = output(probe.example.snippet(function), {name: function})
    assert right == own
    assert right


@pytest.mark.parametrize("name", EXERCISES)
def test_the_code_of_a_report_shows_how_the_results_differ(name):
    shows = []
    for mistake in check_of(name).mistakes:
        function = mistake.forms[0].function
        report = check(function, name)
        assert report.snippet, report
        try:
            right, own = output(report.snippet, {name: function})
        except Exception:  # the mistake itself raises an error, which the learner sees as well
            right, own = "", "an error"
        shows.append(right != own)
    assert sum(shows) >= 0.7 * len(shows), "most mistakes show in what the code prints"


def test_reproduce_prints_the_code(capsys):
    def td_target(rewards, terminated, next_q, gamma):
        return rewards

    check(td_target).reproduce()
    printed = capsys.readouterr().out
    assert "show(rl.td_target)" in printed
    assert printed.rstrip().endswith("show(td_target)")
    check(rl.td_target).reproduce()
    assert capsys.readouterr().out == "The report shows no call.\n"


def test_a_changed_input_is_given_to_one_call_only():
    example = Example.of("double", {"x": torch.tensor([1.0, 2.0])})

    def double(x):
        x *= 2
        return x.sum()

    values = [example.run(double).values["the result"].item() for _ in range(2)]
    assert values == [6.0, 6.0]
    assert example.run(double, {"x": lambda x: x + 1}).values["the result"].item() == 10.0
