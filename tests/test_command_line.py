"""The command line: starter files, verdicts on files, processes that die, what is printed."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pytorch_rl_basics import __main__ as command_line
from pytorch_rl_basics.checker.report import Report, fill
from pytorch_rl_basics.command_line import progress, runner, terminal, workbook
from pytorch_rl_basics.command_line.verdicts import Begun, Verdict, judge
from pytorch_rl_basics.exercises import EXERCISES, solution

COMMAND = [sys.executable, "-m", "pytorch_rl_basics"]
WRONG = """
import torch.nn.functional as F

def select_log_probs(logits, actions):
    return F.log_softmax(logits, dim=0).gather(1, actions.unsqueeze(-1)).squeeze(-1)
"""
each_exercise = pytest.mark.parametrize("name", EXERCISES)


def judged(path: Path) -> list[Verdict]:
    """Judge a file in this process."""
    return [message for message in judge(path) if isinstance(message, Verdict)]


@pytest.fixture
def write(tmp_path):
    """Write a file, and give its path."""

    def write_file(text: str, name: str = "mine.py") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


# -- the workbook -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("my exercises") / "new"
    assert command_line.main(["start", str(path)]) == 0
    return path


def test_start_writes_a_file_for_each_exercise(folder):
    names = {path.name for path in folder.iterdir()}
    assert names == {*workbook.FILE_NAMES, progress.NAME}
    assert len(workbook.FILE_NAMES) == len(EXERCISES)


@each_exercise
def test_a_starter_file_says_what_to_do_and_gives_nothing_away(folder, name):
    text = (folder / workbook.file_name(EXERCISES[name])).read_text(encoding="utf-8")
    assert " ".join(EXERCISES[name].task.split()) in " ".join(text.split())
    assert f"Page:      {EXERCISES[name].page}.html\n" in text
    assert f"def {name}(" in text
    assert "Returns:" in text or "-> None:" in text
    assert "\\" not in text  # no TeX
    assert ":math:" not in text
    assert "Raises:" not in text
    assert not any(hint in text for hint in EXERCISES[name].hints)
    function = ast.parse(text).body[-1]
    assert isinstance(function, ast.FunctionDef)
    assert [type(statement) for statement in function.body] == [ast.Expr, ast.Raise]


@each_exercise
def test_a_starter_file_is_not_attempted_yet(folder, name):
    [verdict] = judged(folder / workbook.file_name(EXERCISES[name]))
    assert (verdict.exercise, verdict.report.passed, verdict.report.mistake) == (name, False, None)
    assert not verdict.report.attempted
    assert EXERCISES[name].hints[0] in verdict.report.message


def test_start_overwrites_nothing(tmp_path, capsys):
    kept = tmp_path / "exercise_3_epsilon_greedy.py"
    kept.write_text("# mine")
    assert command_line.main(["start", str(tmp_path)]) == 0
    assert command_line.main(["start", str(tmp_path)]) == 0
    assert kept.read_text() == "# mine"
    first, again = capsys.readouterr().out.split("Open the first file")[:2]
    assert first.count("kept ") == 1
    assert first.count("wrote ") == len(EXERCISES) - 1
    assert again.count("kept ") == len(EXERCISES)


def test_a_folder_stands_for_its_exercises_in_their_order(folder, tmp_path, monkeypatch):
    names = [path.name for path in workbook.find([str(folder), str(folder)])]
    assert names == list(workbook.FILE_NAMES)
    monkeypatch.chdir(folder)
    two = [Path("exercise_2_build_mlp.py"), Path("exercise_2_mse_backward.py")]
    assert workbook.find(["td_target", "2", "1"]) == [
        Path("exercise_10_td_target.py"), *two, Path("exercise_1_cubic_gradient.py")
    ]  # fmt: skip
    ordered = [
        "exercise_1_cubic_gradient.ipynb", "exercise_2_build_mlp.py", "exercise_2_mlp.ipynb",
        "exercise_9_mine.py", "bridge_policy_loss.py", "part_gae.py",
        "exercise_16_clipped_surrogate.py",
    ]  # fmt: skip
    for name in ("setup.py", "notes.ipynb", *reversed(ordered)):
        (tmp_path / name).touch()
    assert [path.name for path in workbook.find([str(tmp_path)])] == ordered
    monkeypatch.chdir(tmp_path)
    pages = [Path("exercise_1_cubic_gradient.ipynb"), Path("exercise_2_mlp.ipynb")]
    assert workbook.find(["1", "mse_backward"]) == pages


@pytest.mark.parametrize("prefix", ["part", "bridge"])
def test_the_files_of_older_workbooks_are_found_and_not_written_twice(
    tmp_path, monkeypatch, write, prefix
):
    older = write(solution("td_target"), f"{prefix}_td_target.py")
    assert command_line.main(["start", str(tmp_path)]) == 0
    assert older.exists()
    assert not (tmp_path / "exercise_10_td_target.py").exists()
    monkeypatch.chdir(tmp_path)
    assert workbook.find(["td_target"]) == [Path(older.name)]
    names = [path.name for path in workbook.find(["."])]
    assert names == [
        name.replace("exercise_10_td_target", f"{prefix}_td_target") for name in workbook.FILE_NAMES
    ]
    (verdict,) = judged(older)
    assert (verdict.exercise, verdict.report.passed) == ("td_target", True)


# -- files that can be executed, and others ---------------------------------------------------


def test_each_function_of_a_file_is_checked_and_each_is_announced(write):
    text = WRONG + "td_target = 3\ndef build_mlp(): raise NotImplementedError\n"
    messages = list(judge(write(text)))
    names = ["build_mlp", "select_log_probs", "td_target"]
    assert [message for message in messages if isinstance(message, Begun)] == [
        Begun(None),
        *map(Begun, names),
    ]
    verdicts = [message for message in messages if isinstance(message, Verdict)]
    assert [verdict.exercise for verdict in verdicts] == names
    assert verdicts[2].report.headline == "not checked: 3 is not a function"
    assert judged(write(text))[0].report.headline == "not attempted yet"
    assert list(judge(write(WRONG), done=["select_log_probs"])) == [Begun(None)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1\ndef f(:\n", ["SyntaxError: ", "line 2: def f(:"]),
        ("x = 1\nx.y\n", ["AttributeError: ", "line 2: x.y", "python exercise_1"]),
        ("import nowhere_to_be_found", ["ModuleNotFoundError", "Install nowhere_to_be_found"]),
        ("def f():\n    exit()\nf()", ["SystemExit: ", "line 2: exit()", "__main__"]),
        ("raise KeyboardInterrupt", ["KeyboardInterrupt: (no message)", "line 1"]),
        ("", ["no exercise in it", "a function named cubic_gradient"]),
        ("def cubic(x): return 1", ["no exercise in it", "Name it cubic_gradient"]),
        ("from pytorch_rl_basics import *", ["no exercise in it", "imported, not written here"]),
        ("\0", ["Error: ", "null bytes"]),
    ],
)
def test_a_file_that_cannot_be_checked_says_why(write, text, said):
    [verdict] = judged(write(text, "exercise_1_cubic_gradient.py"))
    assert (verdict.exercise, verdict.report.passed) == ("cubic_gradient", False)
    assert verdict.report.attempted
    for part in said:
        assert part in verdict.report.message


def test_a_file_that_cannot_be_read_says_so(tmp_path):
    [verdict] = judged(tmp_path / "gone.py")
    assert "got:      FileNotFoundError: " in verdict.report.message


def test_a_file_of_any_name_without_an_exercise_is_told_the_names(write):
    [verdict] = judged(write("def f(): pass"))
    assert verdict.exercise is None
    assert all(name in verdict.report.message for name in EXERCISES)


def test_a_file_runs_as_a_module_of_its_own(write):
    names = write(
        "from __future__ import annotations\n"
        "import dataclasses, inspect\n"
        "@dataclasses.dataclass\n"
        "class A:\n    x: int = 0\n"
        "assert __name__ != '__main__' and __file__.endswith('mine.py')\n"
        "def policy_loss(log_probs, advantages): raise NotImplementedError\n"
        "if __name__ == '__main__': exit()\n"
    )
    assert [verdict.report.headline for verdict in judged(names)] == ["not attempted yet"]
    assert not (names.parent / "__pycache__").exists()


@pytest.mark.parametrize(
    ("declared", "passes"), [("", False), ("# coding: latin-1\n", True), ("# coding: x\n", False)]
)
def test_a_file_is_read_in_the_encoding_that_python_reads_it_in(write, declared, passes):
    path = write("")
    text = f"{declared}{solution('select_log_probs')}\n# grün\n"
    path.write_bytes(text.encode("latin-1"))
    run = subprocess.run([sys.executable, path], capture_output=True, check=False)
    assert (run.returncode == 0) == passes
    [verdict] = judged(path)
    assert verdict.report.passed == passes
    assert ("SyntaxError: " in verdict.report.message and "as UTF-8" in verdict.report.message) == (
        not passes
    )


# -- downloaded pages and notebooks -----------------------------------------------------------

PAGE = """
from pytorch_rl_basics import check
# %%
{0}
print(check(cubic_gradient))
# %%
from pytorch_rl_basics import own_or_reference
cubic_gradient, caption = own_or_reference(cubic_gradient)
def helper(x): return 0
import a_package_for_pictures
raise SystemExit("the page was run")
"""
RIGHT = "import torch\ndef cubic_gradient(x): return torch.tensor(3 * x**2 + 2.0)"


def notebook(path, *cells):
    """Write a notebook with these code cells."""
    found = [{"cell_type": "code", "source": text.splitlines(keepends=True)} for text in cells]
    path.write_text(json.dumps({"cells": [{"cell_type": "markdown", "source": ""}, *found]}))
    return path


@pytest.mark.parametrize(
    ("attempt", "headline"),
    [
        (RIGHT, "passed"),
        ("import torch\ncubic_gradient = lambda x: torch.tensor(3 * x**2 + 2.0)", "passed"),
        (f"def cubic_gradient(x): raise NotImplementedError\n{RIGHT}", "passed"),
        (f"{RIGHT}\ndef cubic_gradient(x): raise NotImplementedError", "not attempted yet"),
        ("def cubic_gradient(x): return helper(x)\n" + RIGHT.replace("cubic_gradient", "helper"),
         "passed"),
        (RIGHT.replace("2.0", "TWO") + "\nTWO = 1.0\nTWO += 1", "passed"),
        ("N = {}\nN['two'] = [0]\nN['two'].append(2.0)\n" + RIGHT.replace("2.0", "N['two'][1]"),
         "passed"),
        ("class P: pass\nP.two = 2.0\n" + RIGHT.replace("2.0", "P.two"), "passed"),
        ("N = {}\n@lambda f: N.update(two=f)\ndef two(): return 2.0\n"
         + RIGHT.replace("2.0", "N['two']()"), "passed"),
        ("import torch\nloss = torch.nn.MSELoss()\nclass A:\n    def __call__(self, x):\n"
         "        return loss(torch.tensor(3 * x**2 + 2.0), torch.zeros(())).sqrt()\n"
         "cubic_gradient = A()", "passed"),
        ("from __future__ import annotations\nfrom torch import *\n"
         "def cubic_gradient(x: What) -> Ever: return tensor(3 * x**2 + 2.0)", "passed"),
        (RIGHT.replace("cubic", "my_cubic") + "\ncubic_gradient = my_cubic_gradient", "passed"),
        ("def cubic_gradient(x): return caption", "error-name-not-defined"),
        ("pass", "no exercise in it"),
        ("x.y\ndef cubic_gradient(x): raise NotImplementedError", "not attempted yet"),
        ("def cubic_gradient(x=z): raise NotImplementedError", "could not be run"),
    ],
)  # fmt: skip
def test_of_a_page_only_the_learner_s_function_and_what_it_needs_is_run(
    write, tmp_path, attempt, headline, capsys
):
    page = PAGE.format(attempt)
    if attempt.startswith("from __future__"):
        page = attempt + page.replace(attempt, "")
    cells = ["%pip install site/package.whl\nimport a_package\n!ls", *page.split("# %%\n")]
    for path in (write(page), notebook(tmp_path / "mine.ipynb", *cells)):
        assert [verdict.report.headline for verdict in judged(path)] == [headline]
    assert capsys.readouterr().out == ""


def test_a_page_s_own_name_for_the_learner_s_function_counts(write):
    text = "from pytorch_rl_basics import check, gae\n"
    text += "def my_gae(*args): return gae(*args)\nprint(check(my_gae, 'gae'))\n1 / 0\n"
    assert [(one.exercise, one.report.headline) for one in judged(write(text))] == [
        ("gae", "passed")
    ]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["x = 1", "y = 2\ndef f(:\n    pass"], "where:    code cell 2, line 2: def f(:"),
        (["x = 1", "\nreturn 3"], "where:    code cell 2, line 2: return 3"),
        (["y", "%matplotlib inline\n1/0; cubic_gradient = z"], "code cell 2, line 2: 1/0; cubic"),
        (["def cubic_gradient(x):\n    print(x)\n    x.y"], "only tensors have that, at line 3"),
        (["%%bash\nfor", "%%time\n" + RIGHT, "check?"], "cubic_gradient: passed."),
        (["x = !ls\nf = 3", "await f", RIGHT], "cubic_gradient: passed."),
        ([RIGHT, "a thought:\nfor x in : pass"], "cubic_gradient: passed."),
    ],
)  # fmt: skip
def test_lines_of_a_notebook_are_counted_in_their_cell(tmp_path, cells, said):
    [verdict] = judged(notebook(tmp_path / "exercise_1_cubic_gradient.ipynb", *cells))
    assert verdict.exercise == "cubic_gradient"
    assert said in verdict.report.message
    assert "python exercise" not in verdict.report.message


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"cells": [{}]}', "\ufeff"])
def test_what_is_no_notebook_is_refused(write, text):
    [verdict] = judged(write(text, "mine.ipynb"))
    assert "ValueError: this is not a Jupyter notebook" in verdict.report.message


def test_a_checker_that_fails_does_not_blame_the_learner(write, monkeypatch):
    def broken(function, exercise):
        raise RuntimeError("oh no")

    monkeypatch.setattr("pytorch_rl_basics.command_line.verdicts.check", broken)
    [verdict] = judged(write(WRONG))
    assert verdict.report.headline == "not checked"
    assert "The checker itself failed: RuntimeError('oh no')" in verdict.report.message


# -- processes that die -----------------------------------------------------------------------

DEADLY = {
    "loop": "def cubic_gradient(x):\n    y = 0\n    while True:\n        y += 1\n",
    "loop_caught": (
        "def cubic_gradient(x):\n"
        "    while True:\n"
        "        try:\n"
        "            raise ValueError\n"
        "        except BaseException:\n"
        "            pass\n"
    ),
    "loop_at_once": "import time\nwhile True:\n    time.sleep(0.01)\n",
    "sleep_in_c": "import time\ntime.sleep(1000)\n",
    "exit": "import os\ndef cubic_gradient(x):\n    os._exit(0)\n",
    "segfault": "import ctypes\ndef cubic_gradient(x):\n    return ctypes.string_at(0)\n",
    "killed": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n",
    "kills_late": (
        "import os, signal, time\n"
        "def cubic_gradient(x): os.kill(os.getppid(), signal.SIGKILL), time.sleep(0.3)\n"
        "def policy_loss(log_probs, advantages): raise NotImplementedError\n"
    ),
    "two": (
        "import os\n"
        "def build_mlp(): os._exit(3)\n"
        "def policy_loss(log_probs, advantages): raise NotImplementedError\n"
    ),
    "asks": "input('name? ')\n",
    "talks": (
        "import os, sys\n"
        "print('A' * 10), os.write(1, b'B' * 10), os.write(2, b'C' * 10)\n"
        "assert sys.argv == [__file__] and os.environ['MPLBACKEND'] == 'agg'\n"
        "import helper_of_mine\n"
        "def policy_loss(log_probs, advantages): raise NotImplementedError\n"
    ),
}


@pytest.fixture(scope="module")
def deaths(tmp_path_factory):
    """Run files that end their process, in a folder whose name is not plain."""
    folder = tmp_path_factory.mktemp("pytorch_rl_basics größe 1")
    (folder / "helper_of_mine.py").touch()
    for name, text in DEADLY.items():
        (folder / f"{name}.py").write_text(text)
    verdicts = runner.run([folder / f"{name}.py" for name in DEADLY], limit=1)
    found: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        found.setdefault(Path(verdict.file).stem, []).append(verdict)
    return found


@pytest.mark.parametrize(
    ("name", "exercise", "headline", "line"),
    [
        ("loop", "cubic_gradient", "took longer than 1 s", ""),
        ("loop_caught", "cubic_gradient", "took longer than 1 s", ""),
        ("loop_at_once", None, "took longer than 1 s", "line 3: time.sleep(0.01)"),
        ("sleep_in_c", None, "took longer than 1 s", "line 2: time.sleep(1000)"),
        ("exit", "cubic_gradient", "ended Python (exit code 0)", ""),
        ("segfault", "cubic_gradient", "crashed Python", "line 3: return ctypes.string_at(0)"),
        ("killed", None, "was killed by the system", ""),
        ("asks", None, "could not be run", "line 1: input('name? ')"),
    ],
)
def test_the_end_of_a_process_is_reported(deaths, name, exercise, headline, line):
    [verdict] = deaths[name]
    assert (verdict.exercise, verdict.report.passed, verdict.report.mistake) == (
        exercise,
        False,
        None,
    )
    assert verdict.report.headline.startswith(headline)
    assert f"where:    {line}" in verdict.report.message or not line
    assert verdict.seconds > 0


def test_an_endless_loop_is_told_where(deaths):
    [verdict] = deaths["loop"]
    assert any(f"line {line}: " in verdict.report.message for line in (3, 4))


@pytest.mark.parametrize(
    ("name", "headlines"),
    [
        ("two", ["ended Python (exit code 3)", "not attempted yet"]),
        ("kills_late", ["killed the process that started it", "not attempted yet"]),
        ("talks", ["not attempted yet"]),
    ],
)
def test_the_other_functions_are_still_checked_and_prints_are_no_trouble(deaths, name, headlines):
    assert [verdict.report.headline for verdict in deaths[name]] == headlines


def test_where_nothing_can_be_forked_a_new_process_is_started(write, monkeypatch, capsys):
    monkeypatch.setattr(runner, "START", "spawn")
    path = write(solution("select_log_probs"))
    assert command_line.main(["check", str(path), "--json"]) == 0
    assert [verdict["passed"] for verdict in json.loads(capsys.readouterr().out)] == [True]


def test_a_real_call(folder):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    (folder / "wrong.py").write_text(WRONG)
    (folder / "right.py").write_text(solution("select_log_probs"))
    files = ["exercise_13_policy_loss.py", "wrong.py", "right.py", "select_log_probs"]
    done = subprocess.run(
        [*COMMAND, "check", *files], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert "softmax-over-the-batch" in done.stdout
    assert "1 of 4 passed" in done.stdout
    assert "expected: its values: " in done.stdout


@pytest.mark.parametrize("file", ["random.py", "queue.py", "torch.py", "numpy/__init__.py"])
def test_a_file_that_hides_a_module_is_named(tmp_path, file):
    name, file = file.rpartition("/")[0] or Path(file).stem, tmp_path / file
    file.parent.mkdir(exist_ok=True)
    file.write_text("print('this was run')")
    calls = [*COMMAND, "list"], [sys.executable, "-c", "import pytorch_rl_basics"]
    for call, code in zip(calls, (2, 1), strict=True):
        done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (code, "")
        last = done.stderr.splitlines()[-1]
        assert f"{file} hides the module {name!r} that PyTorch imports. Rename" in last
        assert code == 1 or done.stderr.count("\n") == 1


def test_a_file_that_hides_nothing_that_is_needed_is_no_trouble(tmp_path):
    for name in ("test", "code", "shlex", "sympy"):
        (tmp_path / f"{name}.py").write_text("print('this was run')")
    (tmp_path / "random").mkdir()  # no package
    (tmp_path / "mine.py").write_text(RIGHT)
    call = [*COMMAND, "check", "mine.py"]
    done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "this was run" not in done.stdout


@pytest.mark.parametrize("arguments", [["list"], ["--help"], ["check", "mine.py", "other.py"]])
def test_a_reader_that_goes_away_ends_it_quietly(tmp_path, arguments):
    (tmp_path / "mine.py").write_text(RIGHT)
    (tmp_path / "other.py").write_text(WRONG)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    buffered = {**os.environ, "PYTHONUNBUFFERED": ""}
    with subprocess.Popen([*COMMAND, *arguments], cwd=tmp_path, env=buffered, **pipes) as process:
        if "check" in arguments:
            assert b"cubic_gradient" in process.stdout.readline()
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == (b"", 1)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_nothing_that_is_printed_needs_more_than_the_console_has(tmp_path, encoding):
    call = [sys.executable, "-c", PRINTS]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run(call, env=environment, cwd=tmp_path, capture_output=True, check=False)
    output = done.stdout.decode(encoding)
    assert done.stderr == b""
    assert "+  1 cubic_gradient " in output
    assert "3 -> 4" in output
    assert "?" not in output.partition("3 -> 4")[2]


PRINTS = f"""
from pathlib import Path
from pytorch_rl_basics import __main__, check, hint, solution
from pytorch_rl_basics.exercises import EXERCISES
def cubic_gradient(x): print("\\N{{CHECK MARK}} 3 \\N{{RIGHTWARDS ARROW}} 4" + "5" * 100)
for name in EXERCISES:
    for _ in EXERCISES[name].hints: hint(name).encode("cp1252"), print(hint(name))
    print(solution(name))
print(check(cubic_gradient))
Path("mine.py").write_text({RIGHT!r})
__main__.main(["check", "mine.py"])
"""


# -- what is printed --------------------------------------------------------------------------

VERDICTS = [
    Verdict(
        "a/exercise_6_sum_gradient.py", "sum_gradient",
        Report(True, "sum_gradient", None, "passed"), 1,
    ),
    Verdict(
        "exercise_10_td_target.py", "td_target",
        Report(False, "td_target", None, "not attempted yet", False, hint="Think."), 0.25,
    ),
    Verdict(
        "mine.py", "policy_loss",
        Report(False, "policy_loss", "sign-lost", "not yet", advice="Put - in front."), 0.5,
    ),
    Verdict(
        "other.py", None,
        Report(False, "other.py", None, "could not be run", where="line 1: [x"), 0,
    ),
]  # fmt: skip


@pytest.fixture(params=["plain", "rich", "terminal without rich"])
def output(request, monkeypatch, capsys):
    """Show verdicts in each of the ways there are, and give what was printed."""

    def show(verdicts: list[Verdict]) -> str:
        if request.param != "plain":
            monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
            monkeypatch.setenv("COLUMNS", "120")
        if request.param == "rich":
            pytest.importorskip("rich")
            monkeypatch.setenv("TERM", "xterm-256color")
            monkeypatch.delenv("NO_COLOR", raising=False)
        if request.param == "terminal without rich":
            monkeypatch.setitem(sys.modules, "rich.console", None)
        assert terminal.show(iter(verdicts)) == verdicts
        printed = capsys.readouterr().out
        assert ("\x1b[" in printed) == (request.param == "rich")
        return printed

    return show


def test_verdicts_are_shown_as_a_table_and_the_first_thing_to_do_in_full(output):
    printed = output(VERDICTS)
    for part in (
        "✓  6 sum_gradient                passed                                1.00 s",
        "· 10 td_target                   not attempted yet                     0.25 s",
        "✗ 13 policy_loss                 sign-lost                             0.50 s  mine.py",
        "✗    other.py                    could not be run                      0.00 s",
        "1 of 4 passed",
        "policy_loss: not yet.",
        "file:     mine.py",
        "a hint:   python -m pytorch_rl_basics hint policy_loss",
    ):
        assert part in printed
    assert "Think." not in printed
    assert "[x" not in printed


def test_first_comes_what_is_wrong_then_what_is_not_attempted():
    assert terminal.first(VERDICTS) == [VERDICTS[2]]
    assert terminal.first(VERDICTS[:2]) == [VERDICTS[1]]
    assert terminal.first(VERDICTS[:1]) == []


def test_what_a_pass_leaves_open_is_shown(output):
    report = Report(True, "cubic_gradient", None, "passed", note="By hand [1].")
    assert report.message == "cubic_gradient: passed. By hand [1]."
    assert report.message in output([Verdict("mine.py", "cubic_gradient", report, 0)])


def test_long_lines_are_indented_under_their_label():
    report = Report(False, "x", None, "not yet", printed=("a " * 10, "c " * 10)).message
    assert fill(report + "\n\nno label " + "b " * 10, 24).splitlines() == [
        "x: not yet.",
        "printed:  a a a a a a a",
        "          a a a",
        "          c c c c c c c",
        "          c c c",
        "",
        "no label b b b b b b b b",
        "b b",
    ]


def test_json_has_what_a_script_needs(monkeypatch, capsys):
    monkeypatch.setattr(command_line, "run", lambda paths, limit: iter(VERDICTS))
    assert command_line.main(["check", __file__, "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    older = ["file", "exercise", "passed", "mistake", "message", "seconds"]
    newer = ["attempted", "call", "got", "expected", "advice", "delegated"]
    assert [list(one) for one in found] == [older + newer] * 4
    assert [one["mistake"] for one in found] == [None, None, "sign-lost", None]


@pytest.mark.parametrize(("verdicts", "code"), [(VERDICTS, 1), (VERDICTS[:1], 0)])
def test_the_exit_code_says_whether_all_pass(monkeypatch, capsys, verdicts, code):
    monkeypatch.setattr(command_line, "run", lambda paths, limit: iter(verdicts))
    assert command_line.main(["check", __file__]) == code
    assert f"1 of {len(verdicts)} passed" in capsys.readouterr().out


def test_the_limit_and_the_files_are_passed_on(folder, monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(command_line, "run", lambda *given: asked.append(given) or iter([]))
    monkeypatch.chdir(folder)
    command_line.main(["check"])
    command_line.main(["check", "--limit", "2.5", "epsilon_greedy"])
    assert [path.name for path in asked[0][0]] == list(workbook.FILE_NAMES)
    assert [limit for _, limit in asked] == [10.0, 2.5]
    assert asked[1][0] == [Path("exercise_3_epsilon_greedy.py")]


@each_exercise
def test_hints_climb_and_the_last_one_leads_to_the_solution(name, capsys):
    hints = EXERCISES[name].hints
    for rung, hint in enumerate(hints, start=1):
        assert command_line.main(["hint", name, str(rung)]) == 0
        output = capsys.readouterr().out
        assert f"{name}, hint {rung} of {len(hints)}:" in output
        assert "".join(hint.split()) in "".join(output.split())
        following = f"hint {name} {rung + 1}" if rung < len(hints) else f"solution {name}"
        assert output.endswith(f"pytorch_rl_basics {following}\n")
    assert command_line.main(["hint", name]) == 0
    assert f"{name}, hint 1 of" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("asked", "name"), [("policy_loss", "policy_loss"), ("8", "train_with_target")]
)
def test_a_solution_is_the_librarys(asked, name, capsys):
    assert command_line.main(["solution", asked]) == 0
    assert capsys.readouterr().out == solution(name) + "\n"
    assert command_line.main(["hint", asked, "2"]) == 0
    assert f"{name}, hint 2 of" in capsys.readouterr().out


def test_list_names_every_exercise(capsys):
    assert command_line.main(["list"]) == 0
    assert (
        "3  epsilon_greedy              Choose actions with epsilon-greedy\n"
        in capsys.readouterr().out
    )
    assert command_line.main(["list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in rows] == list(EXERCISES)
    known = {"number": 1, "name": "cubic_gradient", "title": "The gradient of a cubic"}
    assert rows[0] == {**known, "passed": False, "hints": 0}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["hint", "q_learning"], "no exercise is named 'q_learning'. The names are: cubic_"),
        (["solution", "q_learning"], "no exercise is named 'q_learning'. The names are: cubic_"),
        (["hint", "td_target", "5"], "td_target has hints 1 to 4, not 5."),
        (["hint", "td_target", "0"], "td_target has hints 1 to 4, not 0."),
        (["check", "q_learning.py"], "there is no file q_learning.py."),
        (["hint", "2"], "exercise 2 has 2 functions: build_mlp and mse_backward."),
        (["solution", "2"], "exercise 2 has 2 functions: build_mlp and mse_backward."),
        (["solution", "99"], "no exercise is named '99'."),
        (["check", "td_target"], "there is no file exercise_10_td_target.py."),
        (["check", "2"], "there is no file exercise_2_build_mlp.py."),
        (["check", "notes.md"], "notes.md is neither a Python file (.py) nor a notebook (.ipynb)."),
        (["check"], "no exercise files (exercise_*.py) in "),
        (["start", "notes.md"], "File exists: 'notes.md'"),
    ],
)
def test_a_command_that_makes_no_sense_gets_one_clear_line(
    tmp_path, monkeypatch, capsys, arguments, said
):
    monkeypatch.chdir(tmp_path)
    Path("notes.md").touch()
    assert command_line.main(arguments) == 2
    output, error = capsys.readouterr()
    assert output == ""
    assert error.count("\n") == 1
    assert error.startswith("python -m pytorch_rl_basics: ")
    assert said in error


@pytest.mark.parametrize("limit", ["0", "-1", "nan", "soon"])
def test_a_limit_is_a_number_above_0(capsys, limit):
    with pytest.raises(SystemExit, match="2"):
        command_line.main(["check", "--limit", limit])
    assert "argument --limit: " in capsys.readouterr().err


def test_without_a_command_the_help_is_shown(capsys):
    assert command_line.main([]) == 2
    assert "write a starter file for each exercise" in capsys.readouterr().out


def test_an_interrupt_ends_quietly(monkeypatch, capsys):
    def interrupted(paths, limit):
        raise KeyboardInterrupt

    monkeypatch.setattr(command_line, "run", interrupted)
    assert command_line.main(["check", __file__]) == 130
    assert capsys.readouterr() == ("", "stopped.\n")
