"""The checker is right: about learners' code, its own mistakes, and what it leaves behind."""

import contextlib
import functools
import importlib
import json
import re
import signal
import sys
import threading
import time

import pytest
import torch
from trials import RESULTS, count, learners, trials

import pytorch_rl_basics as rl
from pytorch_rl_basics import check
from pytorch_rl_basics.checker import sandbox
from pytorch_rl_basics.checker.edits import IMPORTS, load_mistakes
from pytorch_rl_basics.exercises import EXERCISES, check_of
from pytorch_rl_basics.exercises.fit_random_targets.losses import _find

MISTAKES = [
    pytest.param(name, mistake, id=f"{name}-{mistake.slug}")
    for name in EXERCISES
    for mistake in check_of(name).mistakes
]


@pytest.fixture(autouse=True)
def the_usual_seed():
    """Leave the checker as it was found."""
    seed = sandbox.SEED
    yield
    sandbox.SEED = seed


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("exercise", EXERCISES)
def test_learners_get_the_right_verdict(exercise, seed, record_property):
    found = trials(exercise, seed)
    for trial in found:
        assert trial.report.passed == trial.right, f"{trial.attempt}:\n{trial.report}"
        if trial.mistake is not None:
            assert trial.report.mistake == trial.mistake, f"{trial.attempt}:\n{trial.report}"
    if seed == 0:
        written = json.loads(RESULTS.read_text())[exercise]
        counts = count(found)
        assert counts["named"] >= written.pop("named"), "nox -s trials counts the worst seed"
        assert written.items() - {("seeds", written["seeds"])} <= counts.items()
    record_property("check", exercise)
    record_property("milliseconds", [1000 * trial.seconds for trial in found])


@pytest.mark.parametrize("exercise", EXERCISES)
def test_there_are_enough_learners(exercise):
    cases = list(learners(exercise))
    assert sum(right for _, right, _ in cases) >= 6
    named = {mistake for _, _, mistake in cases if mistake}
    known = {mistake.slug for mistake in check_of(exercise).mistakes}
    assert named >= known - {"forgotten-return"}


@pytest.mark.parametrize("exercise", EXERCISES)
def test_there_are_enough_mistakes_nearly_all_of_them_edits(exercise):
    few = EXERCISES[exercise].number in (1, 2, 6)
    mistakes = check_of(exercise).mistakes
    assert len(mistakes) == len({mistake.slug for mistake in mistakes})
    assert len(mistakes) >= (5 if few else 10)
    assert sum(not mistake.forms[0].right for mistake in mistakes) <= 0.15 * len(mistakes)
    text = (EXERCISES[exercise].folder / "mistakes.toml").read_text(encoding="utf-8")
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize(("exercise", "mistake"), MISTAKES)
def test_a_known_mistake_is_refused_under_its_own_name(exercise, mistake):
    assert mistake.misconception.endswith(".")
    assert mistake.fix
    assert mistake.seen
    (mistake.misconception + mistake.fix).encode("cp1252")  # any console can print it
    for form in mistake.forms:
        assert form.source != form.right
        report = check(form.function, exercise)
        assert not report.passed
        assert report.mistake == mistake.slug, report


def test_a_loss_belongs_to_the_update_whose_loss_is_nearest():
    assert _find(1.0, [2.0, 1.0005, 1.0001]) == 3
    assert _find(1.5, [2.0, 1.0]) is None


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_code_that_mistakes_are_edits_of_is_right(exercise):
    right = {
        form.right
        for mistake in check_of(exercise).mistakes
        for form in mistake.forms
        if form.right
    }
    assert right
    for code in right:
        namespace = {}
        exec(IMPORTS + code, namespace)
        assert check(namespace[exercise]).passed, code


GOOD = """
misconception = "It triples."
fix = "Multiply by 2."
edits = [["2 * x", "3 * x"]]
"""
BAD = {  # what is wrong with a table -> the table, and what the error says besides file and name
    "no match": (GOOD.replace('"2 * x"', '"2x"'), "found 0 times"),
    "two matches": (GOOD.replace('"2 * x"', '"x"'), "found 2 times"),
    "no change": (GOOD.replace("3 * x", "2 * x"), "'2 * x' -> '2 * x'"),
    "no new text": (GOOD.replace(', "3 * x"', ""), "at least 2"),
    "no list of texts": (GOOD.replace("[[", "[").replace("]]", "]"), "an edit is a list"),
    "no edits": (GOOD.replace('[["2 * x", "3 * x"]]', "[]"), "neither `edits` nor `code`"),
    "a key is missing": (GOOD.replace("fix", "cure"), "'fix'"),
    "a key is unknown": (GOOD + "first_difference = true", "'first_difference'"),
    "an unknown right code": (GOOD + 'of = "nope"', "'nope'"),
}


def load(path, table):
    right = '[right]\nloop = """\ndef double(x):\n    return 2 * x\n"""\n'
    path.write_text(f"{right}[tripled]{table}", encoding="utf-8")
    return load_mistakes(path, "double", "its/page")


@pytest.mark.parametrize(("table", "said"), BAD.values(), ids=BAD)
def test_an_error_in_a_mistake_is_named_with_its_file(table, said, tmp_path):
    path = tmp_path / "mistakes.toml"
    (mistake,) = load(path, GOOD)[:1]
    assert (mistake.seen, mistake.forms[0].function(2)) == ("its/page", 6)
    assert load(path, GOOD + 'seen = "habits"')[0].seen == "habits"
    with pytest.raises(ValueError, match=f"{re.escape(f'{path}, tripled: ')}.*") as caught:
        load(path, table)
    assert said in str(caught.value)
    with pytest.raises(ValueError, match=re.escape(str(path))):
        load(path, "]")


def test_each_value_makes_a_form_of_its_own(tmp_path):
    table = GOOD.replace("3 * x", "VALUE * x") + "values = [3, 4]"
    forms = load(tmp_path / "mistakes.toml", table)[0].forms
    assert [form.function(2) for form in forms] == [6, 8]
    several = GOOD.replace('"3 * x"', '"3 * x", "4 * x"')
    assert load(tmp_path / "mistakes.toml", several)[0].forms == forms


@pytest.mark.parametrize("exercise", EXERCISES)
def test_an_unwritten_stub_is_not_a_mistake(exercise):
    def stub(*args, **kwargs):
        raise NotImplementedError

    report = check(stub, exercise)
    assert not report.passed
    assert report.mistake is None
    assert not report.attempted
    assert report.hint == EXERCISES[exercise].hints[0]


def test_a_return_forgotten_in_one_branch_is_named():
    def epsilon_greedy(q_values, epsilon):
        if torch.rand(1).item() < epsilon:
            torch.randint(len(q_values), (1,)).item()
        else:
            return q_values.argmax().item()

    assert check(epsilon_greedy).mistake == "forgotten-return"


def test_an_unknown_exercise_is_an_error_that_lists_the_names():
    with pytest.raises(KeyError, match=r"epsilon_greedy.*td_target"):
        check(rl.td_target, "td_targets")


def test_a_number_names_its_exercise_and_the_function_s_name_chooses_of_two():
    assert check(rl.epsilon_greedy, 3).passed
    assert check(lambda x: 29, 1).exercise == "cubic_gradient"
    assert check(rl.build_mlp, 2).exercise == "build_mlp"
    assert check(rl.mse_backward, "2").exercise == "mse_backward"
    with pytest.raises(KeyError, match="2 functions: build_mlp and mse_backward"):
        check(rl.epsilon_greedy, 2)


PRINTS = {  # what an attempt prints, and what its report shows of it
    "one line": ("x is 3.0\n", ["x is 3.0"]),
    "nothing": ("", []),
    "blank lines": ("\n \n", []),
    "many lines": ("a\nb\nc\nd\ne\nf\n", [*"abcde", "…"]),
    "long lines": (f"{'a' * 61}\n{'b' * 60}\n", [f"{'a' * 59}…", "b" * 60]),
    "control characters": ("\x1b[1ma\tb\rc", [" [1ma b", "c"]),
    "very much": ("a" * 10_000_000, [f"{'a' * 59}…"]),
}


@pytest.mark.parametrize(("text", "shown"), PRINTS.values(), ids=PRINTS)
@pytest.mark.parametrize("right", [True, False])
def test_a_report_shows_the_first_lines_that_the_attempt_prints(text, shown, right, capsys):
    def sum_gradient(x):
        print(text, end="")
        print("an error" * 10_000, file=sys.stderr)
        return torch.ones_like(x) * right

    report = check(sum_gradient)
    assert report.passed == right
    assert [line.strip() for line in report.printed] == [line.strip() for line in shown]
    assert ("printed:" in report.message) == bool(shown)
    assert capsys.readouterr() == ("", "")


def test_what_a_stub_prints_is_shown_and_what_the_task_asks_to_print_only_if_it_fails():
    def stub(x):
        print("here")
        raise NotImplementedError

    def too_long(model, optimizer, steps=100, batch_size=32, log_every=20):
        print("a step more")
        return rl.fit_random_targets(model, optimizer, steps + 1, batch_size, log_every)

    assert "printed:  here\n" in check(stub, "sum_gradient").message
    assert check(rl.fit_random_targets).message == "fit_random_targets: passed."
    assert "printed:  a step more\n          step" in check(too_long, 5).message


def test_torch_s_own_not_implemented_error_is_no_stub():
    def policy_loss(log_probs, advantages):
        return torch.distributions.TransformedDistribution(
            torch.distributions.Normal(0.0, 1.0), [torch.distributions.TanhTransform()]
        ).entropy()

    def sum_gradient(x):
        return torch.ones(3).to_sparse().argmax()

    for attempt in (policy_loss, sum_gradient, lambda *args: torch.ones(3).to_sparse()):
        report = check(attempt, "policy_loss")
        assert report.attempted
        assert report.verdict == "not yet"


def test_control_characters_of_an_error_are_not_shown():
    def policy_loss(log_probs, advantages):
        raise ValueError("\x1b]0;a title\x07")

    assert "]0;a title" in check(policy_loss).got
    assert check(policy_loss).message.replace("\n", "").isprintable()


def test_ctrl_c_still_stops_a_check():
    def endless(*args):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check(endless, "td_target")


# -- several threads, time limits, and Ctrl-C -------------------------------------------------


def test_threads_may_check_at_once():
    reports = []
    threads = [
        threading.Thread(target=lambda: reports.append(check(rl.epsilon_greedy))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [report.passed for report in reports] == [True] * 4, reports


def loops(*args):
    while True:
        pass


def catches_everything(*args):
    while True:
        with contextlib.suppress(BaseException):
            time.sleep(10)


def catches_once(*args):
    try:
        time.sleep(10)
    except BaseException:
        return 0


ENDLESS = pytest.mark.parametrize("attempt", [loops, catches_everything, catches_once])
needs_a_timer = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timer")


@needs_a_timer
@ENDLESS
def test_an_attempt_ends_when_its_time_is_up(attempt):
    before = signal.getsignal(signal.SIGALRM)
    signal.setitimer(signal.ITIMER_REAL, 1000)
    start = time.perf_counter()
    report = check(attempt, "td_target", seconds=0.2)
    assert time.perf_counter() - start < 8
    assert report.verdict == "took longer than 0.2 s"
    assert "line" in report.where
    assert signal.getsignal(signal.SIGALRM) is before
    assert 900 < signal.setitimer(signal.ITIMER_REAL, 0)[0] < 1000
    assert check(rl.td_target, seconds=60).passed


@needs_a_timer
def test_there_is_no_time_limit_under_a_debugger_or_in_other_threads():
    def slow(*args):
        time.sleep(0.3)
        return 0

    reports = []
    before = sys.gettrace()
    sys.settrace(lambda *_: None)
    try:
        reports.append(check(slow, "td_target", seconds=0.1))
    finally:
        sys.settrace(before)
    work = threading.Thread(target=lambda: reports.append(check(slow, "td_target", seconds=0.1)))
    work.start()
    work.join()
    assert [report.verdict for report in reports] == ["not yet"] * 2


@needs_a_timer
@ENDLESS
def test_ctrl_c_ends_a_check_even_if_the_attempt_catches_it(attempt):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(0.2, lambda: signal.pthread_kill(main, signal.SIGINT))
    main = threading.main_thread().ident
    try:
        timer.start()
        start = time.perf_counter()
        with pytest.raises(KeyboardInterrupt):
            check(attempt, "td_target")
        assert time.perf_counter() - start < 8
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        timer.join()
        signal.signal(signal.SIGINT, before)


# -- attempts that ask for the answer, or change it -------------------------------------------


def delegations(name):
    """List attempts that pass without code of their own."""
    module = importlib.import_module(f"pytorch_rl_basics.exercises.{name}.check")
    function = EXERCISES[name].function
    return [
        functools.partial(function),
        lambda *args, **kwargs: getattr(rl, name)(*args, **kwargs),
        lambda *args, **kwargs: check_of(name).truth(*args, **kwargs),
        lambda *args, **kwargs: module.truth(*args, **kwargs),
        check_of(name).truth,
    ]


@pytest.mark.parametrize("name", EXERCISES)
def test_delegation_passes_and_is_noted(name):
    for attempt in delegations(name):
        report = check(attempt, name)
        assert (report.passed, report.delegated) == (True, True)
        assert "not code of your own" in report.note


@pytest.mark.parametrize("name", EXERCISES)
def test_own_code_is_not_delegated(name):
    for attempt, right, _ in list(learners(name))[:4]:
        assert right
        assert not check(attempt, name).delegated
    report = check(EXERCISES[name].function)
    assert (report.passed, report.delegated, "of your own" in report.note) == (True, False, False)


def test_reading_the_answer_is_noted():
    def td_target(*args):
        frame = sys._getframe()
        while "expected" not in frame.f_locals:
            frame = frame.f_back
        return frame.f_locals["expected"]["its values"]

    report = check(td_target)
    assert (report.passed, report.delegated) == (True, True)
