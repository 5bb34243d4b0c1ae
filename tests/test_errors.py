"""Every entry of the error index raises its message, or says where it was recorded.

The checker's reports explain the errors of attempts by the same entries.
"""

import re
import sys
import tomllib
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from sysconfig import get_path

import pytest
import torch

DOCS = Path(__file__).parents[1] / "docs"
sys.path.insert(0, str(DOCS / "_ext"))

from error_snippets import (  # noqa: E402
    FOLDER,
    FOR_THE_CHECKER,
    GROUPS,
    alone,
    clean,
    entries,
    for_the_checker,
    run,
)

from pytorch_rl_basics import check  # noqa: E402
from pytorch_rl_basics.checker.error_index import name_in_error_index  # noqa: E402
from pytorch_rl_basics.checker.facts import Raised  # noqa: E402
from pytorch_rl_basics.checker.general import texts  # noqa: E402
from pytorch_rl_basics.exercises import EXERCISES, check_of  # noqa: E402

ENTRIES = [entry for group in GROUPS for entry in entries(group)]
each = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.slug)
RECORDS = [
    (entry.slug, place, form)
    for entry in ENTRIES
    for place, form in [(entry.recorded, entry.message), *((p, f) for f, p in entry.also)]
    if place
]

IN_EXERCISES = tomllib.loads(FOR_THE_CHECKER.read_text(encoding="utf-8"))


def lines(code):
    """Count the lines that say something."""
    return sum(bool(line.strip()) for line in code.splitlines())


def pieces(title):
    """Return the parts of a title that a message contains in this order."""
    return [piece.strip() for piece in title.split("…") if piece.strip()]


def test_the_index_is_whole():
    assert len(ENTRIES) >= 240
    assert {path.name for path in FOLDER.iterdir() if path.is_dir()} - {"__pycache__"} == set(
        GROUPS
    )
    assert len({entry.slug for entry in ENTRIES}) == len(ENTRIES)


@each
def test_an_entry_raises_its_message_and_is_fixed(entry):
    if "gymnasium" in entry.failing:
        pytest.importorskip("gymnasium")
    run(entry)


@each
def test_an_entry_is_short_and_well_formed(entry):
    assert (1 if entry.recorded or entry.script else 3) <= lines(entry.failing) <= 13
    assert 1 <= lines(entry.fixed) <= 9
    assert max(map(len, f"{entry.failing}\n{entry.fixed}".splitlines())) <= 82
    assert re.fullmatch(r"(?:[A-Z`]|pip|pygame|matplotlib).*[^.]\.", entry.cause)
    assert not re.search(r"\. [A-Z]", entry.cause), "the cause is one sentence"
    found = ".*".join(map(re.escape, pieces(entry.title)))
    assert re.search(found, entry.message), "the title is not from the message"
    assert bool(entry.recorded) >= bool(entry.when), "recorded where it cannot be raised"
    for page in entry.see:
        sources = (DOCS / f"{page}.md", DOCS.parent / f"{page}.py")
        assert any(source.exists() for source in sources), page


@pytest.mark.parametrize(("slug", "place", "form"), RECORDS)
def test_a_record_is_an_address_a_machine_or_a_file_that_contains_the_message(slug, place, form):
    if place.startswith("http"):
        assert re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+/issues/\d+", place)
    elif " " in place or "/" not in place:
        assert place[0].isalpha()  # a version, a system or a machine, in words
    else:
        source = Path(get_path("platlib"), place)
        if not source.exists():
            pytest.skip(f"{place} is not installed")
        text = source.read_bytes().decode("latin-1")
        joined = re.sub(r"""["']\s*\n\s*(?:rf|fr|f|r)?["']""", "", text)
        words = form.split()
        pairs = [" ".join(pair) for pair in pairwise(words)]
        assert sum(pair in joined for pair in pairs) >= 0.4 * len(pairs), slug


def test_another_message_and_fixed_code_that_raises_are_noticed():
    entry = next(entry for entry in ENTRIES if entry.slug == "no-grad-fn")
    with pytest.raises(ValueError, match="the message is now"):
        run(replace(entry, message="RuntimeError: something else"))
    with pytest.raises(ValueError, match="nothing was raised"):
        run(replace(entry, failing="pass"))
    with pytest.raises(ZeroDivisionError):
        run(replace(entry, fixed="1 / 0"))
    with pytest.raises(UserWarning):
        run(replace(entry, fixed="import warnings; warnings.warn('still there')"))


def test_code_of_a_script_runs_in_a_python_without_packages():
    entry = next(entry for entry in ENTRIES if entry.slug == "no-module-named")
    with pytest.raises(ValueError, match="the message is now"):
        run(replace(entry, failing="import no_such_module"))
    with pytest.raises(ValueError, match="nothing was raised"):
        run(replace(entry, failing="import random"))


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("at /home/me/lib/torch/nn.py, line 3", "at nn.py, line 3"),
        (
            "see https://pytorch.org/docs/stable/x.html",
            "see https://pytorch.org/docs/stable/x.html",
        ),
        ("<object at 0x7f3a>", "<object at 0x...>"),
        ("slow. (Triggered internally at /pytorch/a.cpp:3.)", "slow."),
        ("\x1b[33mWARN: x\x1b[0m", "WARN: x"),
        ("no attribute 'bool8'. Did you mean: 'bool'?", "no attribute 'bool8'"),
        ("on <module '__main__' (built-in)>", "on <module '__main__'>"),
    ],
)
def test_what_differs_between_machines_and_versions_is_removed(raw, cleaned):
    assert clean(raw) == cleaned


def test_the_package_has_the_entries_that_are_on_the_site():
    message = "run `python docs/_ext/error_snippets.py`"
    assert FOR_THE_CHECKER.read_text(encoding="utf-8") == for_the_checker(), message
    assert len(IN_EXERCISES) >= 90


def raised_by(entry):
    """Run the code that fails, as part of an attempt, and give its exception."""
    names = {"__name__": entry.slug}
    try:
        with alone():
            exec(compile(entry.failing, "attempt.py", "exec"), names)
    except Exception as error:
        return Raised.of(error)
    raise AssertionError("nothing was raised")


@pytest.mark.parametrize(
    "entry", [one for one in ENTRIES if one.slug in IN_EXERCISES], ids=lambda entry: entry.slug
)
def test_the_error_of_an_entry_is_named_by_this_entry(entry):
    kind, message = entry.message.split(": ", 1)
    errors = [Raised(kind, message, "line 1")]
    if entry.here and not entry.script and "gymnasium" not in entry.failing:
        errors.append(raised_by(entry))
    for error in errors:
        named = name_in_error_index(error)
        assert named.slug == f"error-{entry.slug}", error
        assert named.misconception == entry.cause
        assert f"errors.html#{entry.slug} " in named.fix


def test_of_two_entries_the_one_with_the_longer_title_is_named():
    error = Raised("AttributeError", "'NoneType' object has no attribute 'item'", "line 1")
    assert name_in_error_index(error).slug == "error-no-attribute-of-none"


def test_messages_of_other_programs_have_no_entry():
    elsewhere = Path(__file__).parent / "site/messages_of_other_programs.txt"
    for line in elsewhere.read_text(encoding="utf-8").splitlines():
        assert name_in_error_index(Raised("Error", line, "line 1")) is None, line


def test_names_from_the_index_are_no_other_mistakes_names():
    own = {mistake.slug for name in EXERCISES for mistake in check_of(name).mistakes}
    assert not any(slug.startswith("error-") for slug in own | texts().keys())


def error_of(error):
    def attempt(*args):
        raise error

    return attempt


class InFloat64(torch.nn.Module):
    """A network of float32 weights whose input is float64."""

    def __init__(self):
        super().__init__()
        self.hidden, self.output = torch.nn.Linear(4, 64), torch.nn.Linear(64, 2)

    def forward(self, states):
        """Map float32 states to outputs."""
        return self.output(self.hidden(states.double()).relu())


ATTEMPTS = [
    ("build_mlp", InFloat64, "double-and-float"),
    ("gae", lambda rewards, *args: rewards.sum().backward(), "no-grad-fn"),
    ("policy_loss", lambda log_probs, weights: log_probs.numpy().mean(), "numpy-requires-grad"),
    ("train_step", lambda model, _, batch, targets: model(batch) @ targets, "mat1-mat2"),
    ("sample_actions", lambda policy, states: policy(states[:, :-1]), "mat1-mat2"),
    ("gae", lambda rewards, *args: rewards + torch.ones(3), "size-of-tensor-a"),
    ("select_log_probs", lambda x, actions: x.gather(1, actions.float()[:, None]), "gather-int64"),
    ("select_log_probs", lambda x, actions: x[range(8), actions + 1], "index-out-of-bounds"),
    ("epsilon_greedy", lambda q_values, epsilon: q_values.astype(int), "tensor-attribute"),
    (
        "discounted_returns",
        lambda rewards, gamma: torch.stack(rewards),
        "expected-tensor-as-element",
    ),
    ("policy_loss", lambda log_probs, weights: F.relu(log_probs), "name-not-defined"),  # noqa: F821
    ("squashed_gaussian_log_prob", lambda *args: torch.log(2.0), "must-be-tensor-not-float"),
]


@pytest.mark.parametrize(("exercise", "attempt", "slug"), ATTEMPTS)
def test_the_error_of_an_attempt_is_explained(exercise, attempt, slug):
    report = check(attempt, exercise)
    entry = next(entry for entry in ENTRIES if entry.slug == slug)
    assert (report.mistake, report.explanation) == (f"error-{slug}", entry.cause), report
    assert f"errors.html#{slug} " in report.advice


@pytest.mark.parametrize(
    ("exercise", "attempt", "mistake"),
    [
        ("td_target", error_of(ValueError("x")), None),
        ("td_target", error_of(IndexError("list index out of range")), None),  # its own words
        ("discounted_returns", lambda rewards, gamma: {}["returns"], None),
        ("epsilon_greedy", lambda q_values: 0, None),  # the call fails, not the attempt's code
        ("train_step", lambda *args: torch.tensor(0.0).backward(), "graph-cut"),  # its exercise's
    ],
)
def test_errors_that_the_index_does_not_explain(exercise, attempt, mistake):
    assert check(attempt, exercise).mistake == mistake
