"""A class in one command: a folder per student; the table, CSV, JUnit and JSON; interruptions."""

import contextlib
import csv
import functools
import json
import os
import re
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from string import ascii_uppercase
from types import SimpleNamespace

import pytest
import torch
from helpers import ends

from pytorch_rl_basics import __main__ as command_line
from pytorch_rl_basics.command_line import classroom
from pytorch_rl_basics.exercises import EXERCISES, solution

COMMAND = [sys.executable, "-m", "pytorch_rl_basics", "check"]
FILE = "exercise_7_select_log_probs.py"
RIGHT = solution("select_log_probs")
WRONG = """
import torch.nn.functional as F
def select_log_probs(logits, actions):
    return F.log_softmax(logits, dim=0).gather(1, actions.unsqueeze(-1)).squeeze(-1)
"""
DELEGATES = """
import pytorch_rl_basics as rl
def select_log_probs(*both): return rl.select_log_probs(*both)
"""
KILLS_ITS_PARENT = """
import os, signal, time
os.kill(os.getppid(), signal.SIGKILL)
time.sleep(0.3)
"""
KILLS_ITS_GRANDPARENT = """
import os, signal, time
status = open(f"/proc/{os.getppid()}/status").read()
os.kill(int(status.split("PPid:")[1].split()[0]), signal.SIGKILL)
time.sleep(0.3)
"""
STUDENTS = {
    "=broken": {FILE: "x = 1\ndef f(:\n", "exercise_14_gae.py": "gae = 3\n"},
    "deep": {f"repository/mine/{FILE}": RIGHT, f"repository/.git/{FILE}": WRONG},
    "delegates": {FILE: DELEGATES},
    "empty": {"notes.py": RIGHT},
    "ends": {FILE: KILLS_ITS_GRANDPARENT},
    "hangs": {
        FILE: "def select_log_probs(*a):\n    while True: pass\n",
        "exercise_14_gae.py": "gae = 3\n",
    },
    "kills": {FILE: KILLS_ITS_PARENT},
    "prints": {FILE: "while True: print('x' * 1000)\n"},
    "starts": {FILE: "def select_log_probs(*a): raise NotImplementedError"},
    "two": {"exercise_7_mine.py": WRONG, FILE: RIGHT},
    "untouched": {
        FILE: "def select_log_probs(*a): raise NotImplementedError",
        "exercise_7_x.py": RIGHT,
    },
}
STUDENTS |= {f"student_{n}": {FILE: RIGHT if n % 3 else WRONG} for n in range(60 - len(STUDENTS))}
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # Python 3.12


def write(folder: Path, students: dict[str, dict[str, str]]) -> Path:
    """Write a class."""
    for student, files in students.items():
        (folder / student).mkdir(parents=True)
        for name, text in files.items():
            path = folder / student / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """Check 60 students, and give what was written and printed."""
    place = tmp_path_factory.mktemp("class")
    folder = write(place / "students", STUDENTS)
    options = ["--csv", "a.csv", "--junit", "a.xml", "--jobs", "2", "--limit", "2"]
    run = subprocess.run(
        [*COMMAND, folder, *options], cwd=place, capture_output=True, encoding="utf-8", check=False
    )
    with (place / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return SimpleNamespace(place=place, folder=folder, run=run, rows=rows)


def of(checked, student: str, exercise: str = "select_log_probs") -> list[dict[str, str]]:
    """Give a student's rows of an exercise."""
    found = [(row["student"], row["exercise"]) for row in checked.rows]
    return [row for row, key in zip(checked.rows, found, strict=True) if key == (student, exercise)]


def test_every_student_has_a_result_in_every_exercise(checked):
    assert checked.run.returncode == 1
    found = sorted((row["student"], row["exercise"]) for row in checked.rows if row["exercise"])
    names = [f"'{name}" if name.startswith("=") else name for name in STUDENTS]
    assert found == sorted((student, exercise) for student in names for exercise in EXERCISES)


@pytest.mark.parametrize(
    ("student", "status", "mistake", "message"),
    [
        ("'=broken", "mistake", "", "could not be run"),
        ("deep", "passed", "", "passed"),
        ("delegates", "delegated", "", "passed"),
        ("empty", "not attempted", "", ""),
        ("ends", "not attempted", "", ""),
        ("hangs", "mistake", "", "took longer than 2 s"),
        ("kills", "mistake", "", "killed the process that started it"),
        ("prints", "mistake", "", "took longer than 2 s"),
        ("starts", "not attempted", "", "not attempted yet"),
        ("two", "passed", "", "passed"),
        ("untouched", "passed", "", "passed"),
        ("student_0", "mistake", "softmax-over-the-batch", "dim"),
        ("student_1", "passed", "", "passed"),
    ],
)
def test_each_kind_of_student_is_judged(checked, student, status, mistake, message):
    [row] = of(checked, student)
    assert (row["status"], row["mistake"]) == (status, mistake)
    assert message in row["message"]
    assert row["message"].startswith(("select_log_probs: ", FILE)) or row["file"] == ""
    [other] = of(checked, student, "td_target")
    assert other["status"] == "not attempted"


def test_what_is_odd_about_files_is_said_in_one_line_each(checked):
    lines = checked.run.stdout.splitlines()
    assert [line for line in lines if ": " in line and "not checked" not in line] == [
        f"=broken: {FILE} could not be run: SyntaxError: invalid syntax, line 2: def f(:",
        "empty: no exercise files (exercise_*.py).",
        "ends: ended the process that checks it.",
        f"two: select_log_probs is in {FILE} and exercise_7_mine.py. "
        f"The better attempt, in {FILE}, counts.",
    ]


def test_the_table_shows_students_by_exercises(checked):
    lines = checked.run.stdout.splitlines()
    column = list(EXERCISES).index("select_log_probs")
    assert lines[0].split() == [*ascii_uppercase[: len(EXERCISES)], "passed"]
    for student, mark in (("deep", "✓"), ("hangs", "✗"), ("empty", "·")):
        [line] = [line for line in lines if line.startswith(f"{student} ") and "·" in line]
        name, *marks, passed = line.split()
        assert (name, len(marks), marks[column], passed) == (
            student, len(EXERCISES), mark, str(int(mark == "✓")),
        )  # fmt: skip
    [summary] = [line for line in lines if "select_log_probs  " in line]
    wrong = sum(text == {FILE: WRONG} for text in STUDENTS.values())
    assert f"{wrong} softmax-over-the-batch" in summary


def test_preparing_the_checks_leaves_the_random_state(monkeypatch):
    monkeypatch.setattr(classroom, "START", "fork")
    monkeypatch.setattr(torch.accelerator, "is_available", lambda: False)
    classroom.check_of.cache_clear()  # what was noted before is not made again
    before = torch.get_rng_state()
    classroom._warm([Path("exercise_8_train_with_target.py")])
    assert torch.equal(torch.get_rng_state(), before)


def test_each_student_is_announced(checked):
    lines = checked.run.stderr.splitlines()
    assert [line.split(":")[0] for line in lines] == [
        f"{number} of 60 students checked" for number in range(1, 61)
    ]
    assert sorted(line.split(": ")[1] for line in lines) == sorted(STUDENTS)


def test_junit_has_a_suite_for_each_student(checked):
    suites = list(ET.parse(checked.place / "a.xml").getroot())
    assert [suite.get("name") for suite in suites] == sorted(STUDENTS)
    [wrong] = [suite for suite in suites if suite.get("name") == "student_0"]
    assert [case.get("name") for case in wrong] == list(EXERCISES)
    [failure] = wrong.iter("failure")
    assert failure.get("message") == "softmax-over-the-batch"
    assert "try:      " in failure.text
    assert len(list(wrong.iter("skipped"))) == len(EXERCISES) - 1


def test_what_is_in_the_csv_is_not_checked_again(checked, monkeypatch, capsys):
    monkeypatch.chdir(checked.place)
    assert command_line.main(["check", "students", "--csv", "a.csv", "--json"]) == 1
    output, error = capsys.readouterr()
    assert error == ""
    found = json.loads(output)
    assert {one["student"] for one in found} == set(STUDENTS)
    [one] = [one for one in found if one["student"] == "two" and one["status"] == "passed"]
    assert (one["exercise"], one["mistake"], one["file"]) == ("select_log_probs", "", FILE)


def test_an_interrupted_run_keeps_what_it_has_and_goes_on(tmp_path):
    waits = "import os, time\nopen('../../pid', 'w').write(str(os.getpid()))\ntime.sleep(1000)\n"
    waits = f"import os\nos.chdir(os.path.dirname(__file__))\n{waits}"
    texts = {"anna": RIGHT, "ben": WRONG, "cleo": waits, "dora": RIGHT}
    folder = write(tmp_path / "students", {name: {FILE: text} for name, text in texts.items()})
    call = [*COMMAND, "students", "--csv", "a.csv", "--limit", "500"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    heed = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # not so after `&`
    with subprocess.Popen(call, cwd=tmp_path, text=True, preexec_fn=heed, **pipes) as process:
        assert "1 of 4 students checked: anna" in process.stderr.readline()
        assert "2 of 4 students checked: ben" in process.stderr.readline()
        while not ((tmp_path / "pid").exists() and (tmp_path / "pid").read_text()):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.communicate() == ("", "stopped.\n")
        assert process.returncode == 130
    assert ends(int((tmp_path / "pid").read_text()))  # it was killed a moment ago
    before = (tmp_path / "a.csv").read_text("utf-8")
    (tmp_path / "a.csv").write_text(before[:-30], "utf-8")  # as if it had been cut off
    (folder / "cleo" / FILE).write_text(RIGHT)
    done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert [line.split(": ")[1] for line in done.stderr.splitlines()] == ["ben", "cleo", "dora"]
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    found = [(one["student"], one["status"]) for one in rows if one["status"] != "not attempted"]
    assert found == [("anna", "passed"), ("ben", "mistake"), ("cleo", "passed"), ("dora", "passed")]
    assert len(rows) == 4 * len(EXERCISES)


def test_a_file_that_has_changed_is_checked_again(tmp_path, monkeypatch, capsys):
    folder = write(tmp_path / "students", {name: {FILE: WRONG} for name in ("anna", "ben")})
    monkeypatch.chdir(tmp_path)
    call = ["check", "students", "--csv", "a.csv"]
    assert command_line.main(call) == 1
    (folder / "ben" / FILE).write_text(RIGHT)
    capsys.readouterr()
    assert command_line.main(call) == 1
    assert capsys.readouterr().err == "2 of 2 students checked: ben\n"
    (folder / "anna" / FILE).unlink()
    assert [path.name for path in classroom.find_students(["students"])] == ["anna", "ben"]
    (folder / FILE).touch()
    assert classroom.find_students(["students"]) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["students", "--csv", "grades.csv"], "grades.csv was not written by `check --csv`."),
        (["students", "--csv", "."], ". was not written by `check --csv`."),
        (["students/anna", "--csv", "a.csv"], "need a folder that has a folder for each student."),
        (["--junit", "a.xml"], "need a folder that has a folder for each student."),
        (["no_students"], "no exercise files (exercise_*.py) in "),
    ],
)
def test_a_class_that_cannot_be_checked_gets_one_line(
    tmp_path, monkeypatch, capsys, arguments, said
):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "students", {"anna": {FILE: RIGHT}})
    write(tmp_path / "no_students", {"anna": {"notes.txt": "x"}})
    Path("grades.csv").write_text("name,grade\nanna,1\n", encoding="utf-8")
    assert command_line.main(["check", *arguments]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert Path("grades.csv").read_text(encoding="utf-8") == "name,grade\nanna,1\n"


# -- the page "Teach with it" -----------------------------------------------------------------

PAGE = (Path(__file__).parents[1] / "docs/teach.md").read_text(encoding="utf-8")
TD_TARGET = "def td_target(rewards, terminated, next_q, gamma):\n    return rewards"
BLOCKS = re.findall(r"^```\{code-block\} python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_steps_of_the_workflow_check_a_student_s_repository(tmp_path):
    steps = re.findall(r"^ +- run: (.*)$", PAGE, re.MULTILINE)
    install, check = steps[:-1], steps[-1]
    assert all(step.startswith("python -m pip install ") for step in install)
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    for text, code in ((WRONG, 1), (RIGHT, 0)):
        (tmp_path / FILE).write_text(text, encoding="utf-8")
        done = subprocess.run(
            ["bash", "-e", "-c", check], cwd=tmp_path, env=environment, capture_output=True
        )
        assert done.returncode == code
        assert (b"softmax-over-the-batch" in done.stdout) == bool(code)


@pytest.mark.parametrize("text", [TD_TARGET, solution("td_target")])
@pytest.mark.parametrize("number", range(3))
def test_each_tool_s_test_fails_on_a_wrong_attempt_only(monkeypatch, text, number):
    names = {}
    exec(text, names)
    otter = SimpleNamespace(test_case=lambda: lambda test: test)
    monkeypatch.setitem(sys.modules, "otter.test_files", otter)
    monkeypatch.setitem(sys.modules, "homework", SimpleNamespace(td_target=names["td_target"]))
    expected = pytest.raises(AssertionError, match="td_target: not yet")
    with expected if text == TD_TARGET else contextlib.nullcontext():
        exec(BLOCKS[number], names)
        if number == 1:
            names["test_td_target"](names["td_target"])
        if number == 2:
            names["test_td_target"]()


def test_the_page_has_a_block_for_each_tool():
    assert len(BLOCKS) == 3
    assert PAGE.index(":::{warning}") < PAGE.index("```{code-cell}")
