"""``watch``, and the file that keeps a learner's progress."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pytorch_rl_basics import __main__ as command_line
from pytorch_rl_basics.checker.report import Report
from pytorch_rl_basics.command_line import progress, watch
from pytorch_rl_basics.command_line.verdicts import Verdict
from pytorch_rl_basics.command_line.workbook import FILE_NAMES
from pytorch_rl_basics.exercises import EXERCISES, solution

COMMAND = [sys.executable, "-m", "pytorch_rl_basics"]
FIRST, SECOND, THIRD = list(FILE_NAMES)[:3]
LIMIT = 60  # seconds for a session, far more than it takes


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Start a workbook, and go there."""
    assert command_line.main(["start", str(tmp_path / "mine")]) == 0
    monkeypatch.chdir(tmp_path / "mine")
    return tmp_path / "mine"


@pytest.fixture
def run(folder, capsys):
    """Run a command, and give what it prints."""
    capsys.readouterr()

    def command(*words):
        assert command_line.main(words) == 0
        return capsys.readouterr().out

    return command


def kept(folder: Path) -> dict:
    return json.loads((folder / progress.NAME).read_text(encoding="utf-8"))


# -- whole sessions ---------------------------------------------------------------------------


class Terminal:
    """A session of ``watch`` in a terminal of its own."""

    def __init__(self, folder: Path) -> None:
        self.end, end = os.openpty()
        tty = os.ttyname(end)  # opened by a new session, it becomes the one that Ctrl-C goes to
        self.process = subprocess.Popen(
            ["sh", "-c", f'exec "$@" <{tty} >{tty} 2>&1', "sh", *COMMAND, "watch"],
            cwd=folder, env={**os.environ, "TERM": "dumb"}, start_new_session=True,
            # a background job without job control ignores Ctrl-C, and so would this process
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )  # fmt: skip
        self.other_end = end
        self.deadline, self.output = time.monotonic() + LIMIT, ""

    def until(self, text: str) -> str:
        """Read until a text appears; give what was read."""
        while text not in self.output:
            left = self.deadline - time.monotonic()
            assert select.select([self.end], [], [], max(left, 0))[0], self.output
            self.output += os.read(self.end, 10_000).decode()
        read, _, self.output = self.output.partition(text)
        return read + text

    def type(self, keys: str) -> None:
        """Send keys to the session."""
        os.write(self.end, keys.encode())


@pytest.fixture
def terminal(folder):
    pytest.importorskip("pty")
    started = Terminal(folder)
    yield started
    started.process.kill()
    started.process.wait()
    os.close(started.end)
    os.close(started.other_end)


def test_a_session_in_a_terminal_follows_the_course(folder, terminal):
    assert "not attempted yet" in terminal.until("q (quit)")
    (folder / FIRST).write_text("def f(:\n", encoding="utf-8")
    assert "could not be run" in terminal.until("q (quit)")
    terminal.type("h\n")
    terminal.until("cubic_gradient, hint 1 of")

    right = folder / "saved"  # as editors do: write another file, and rename it
    right.write_text(solution("cubic_gradient"), encoding="utf-8")
    (folder / FIRST).unlink()
    time.sleep(2 * watch.POLL)
    right.rename(folder / FIRST)
    assert "1 of 1 passed" in terminal.until(f"Next: build_mlp, in {SECOND}")
    terminal.type("h\nh\ns\nl\n")
    terminal.until("build_mlp, hint 2 of")
    terminal.until("def build_mlp(")
    terminal.until("✓  1  cubic_gradient")
    terminal.until("squashed_gaussian_log_prob")  # the end of the list
    assert terminal.process.poll() is None
    terminal.type("\x03")
    assert terminal.process.wait(LIMIT) == 0
    assert kept(folder)["cubic_gradient"] == {"passed": True, "hints": 1}
    assert kept(folder)["build_mlp"] == {"passed": False, "hints": 2}


@pytest.mark.parametrize("keys", [None, b"H\r\n\xff\nl"])
def test_without_a_terminal_the_end_of_the_input_ends_the_session(folder, keys):
    (folder / FIRST).write_text(solution("cubic_gradient"), encoding="utf-8")
    closed = "<&-" if keys is None else ""
    run = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", *COMMAND, "watch", FIRST], cwd=folder,
        input=keys, capture_output=True, timeout=LIMIT, check=True,
        env={**os.environ, "PYTHONIOENCODING": "cp1252"},
    )  # fmt: skip
    output = run.stdout.decode("cp1252")
    assert run.stderr == b""
    assert "+  1 cubic_gradient " in output
    assert f"Next: build_mlp, in {SECOND}" in output
    assert ("build_mlp, hint 1 of 4" in output) == bool(keys)
    assert ("+  1  cubic_gradient " in output) == bool(keys)
    assert output.count("Save a file to check it") == (4 if keys else 1)


# -- what was saved ---------------------------------------------------------------------------


@pytest.fixture
def events(folder, monkeypatch):
    """Wait for events; the input ends after some seconds, for a test that would wait for ever."""
    monkeypatch.setattr(watch, "POLL", 0.02)
    monkeypatch.setattr(watch, "_read_lines", lambda lines: (time.sleep(5), lines.put("q")))
    return watch.events(Path(FIRST))


def test_what_is_saved_is_noticed_once_and_only_when_it_is_complete(events, monkeypatch):
    assert next(events) == Path(FIRST)
    looks = iter([[], [], [("x", 1)], [("x", 2)], [], [("x", 2)], [("x", 2)], [("y", 1)]])
    looked = []

    def look(begin):
        looked.append(next(looks, [("x", 2), ("y", 1)]))
        return {Path(name): (state,) for name, state in looked[-1]}

    monkeypatch.setattr(watch, "_look", look)
    assert (next(events), len(looked)) == (Path("x"), 7)  # it was written, and gone for a moment
    assert (next(events), len(looked)) == (Path("y"), 9)
    with pytest.raises(StopIteration):
        next(events)


def test_a_file_is_known_by_time_size_and_identity(folder):
    path, before = Path(FIRST), watch._look(Path(FIRST))
    assert set(before) == {Path(name) for name in FILE_NAMES}
    path.rename("other")
    assert set(before) - set(watch._look(path)) == {path}
    path.write_bytes(Path("other").read_bytes())
    state = Path("other").stat()
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert watch._look(path)[path] != before[path]
    assert {**watch._look(path), path: before[path]} == before
    before = watch._look(path)
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns + 1_000_000_000))
    assert watch._look(path)[path] != before[path]


def test_a_file_that_is_replaced_during_a_look_is_looked_at_later(folder, monkeypatch):
    monkeypatch.setattr(Path, "exists", lambda path: True)
    assert watch._look(Path("gone.py")) == {}


# -- what comes next --------------------------------------------------------------------------


def verdict(name: str, passed: bool, file: str = "mine.py") -> Verdict:
    return Verdict(file, name, Report(passed, name or file, None, "passed" if passed else "no"), 0)


@pytest.mark.parametrize(
    ("done", "verdicts", "current", "following"),
    [
        ([], [verdict("cubic_gradient", False)], "gae", "cubic_gradient"),
        ([], [verdict(None, False)], "gae", "gae"),
        ([], [verdict("cubic_gradient", True)], "cubic_gradient", "build_mlp"),
        (["build_mlp"], [verdict("cubic_gradient", True)], "gae", "mse_backward"),
        ([], [verdict("mse_backward", True)], "gae", "epsilon_greedy"),
        ([], [verdict("squashed_gaussian_log_prob", True)], "gae", "cubic_gradient"),
        (list(EXERCISES), [verdict("gae", True)], "gae", "gae"),
        ([], [verdict("gae", True), verdict("build_mlp", False)], "gae", "build_mlp"),
    ],
)
def test_the_next_exercise(folder, monkeypatch, capsys, done, verdicts, current, following):
    for name in done:
        progress.note(folder, name, passed=True)
    monkeypatch.setattr(watch, "run", lambda paths, limit: iter(verdicts))
    assert watch.check(Path("mine.py"), current, 1) == following
    output = capsys.readouterr().out
    assert ("All exercises pass." in output) == (len(done) == len(EXERCISES))
    assert ("Next: " in output) == (verdicts[-1].report.passed and "All" not in output)
    for one in verdicts if verdicts[0].exercise else []:
        assert kept(folder)[one.exercise]["passed"] == one.report.passed


@pytest.mark.parametrize(
    ("words", "done", "begin"),
    [
        ([], [], FIRST),
        ([], ["cubic_gradient", "build_mlp"], THIRD),
        (["2"], ["build_mlp"], THIRD),
        (["epsilon_greedy"], ["epsilon_greedy"], "exercise_3_epsilon_greedy.py"),
        ([], list(EXERCISES), FIRST),
        (["mine.py"], list(EXERCISES), "mine.py"),
        (["../mine"], ["cubic_gradient"], SECOND),
    ],
)
def test_where_a_session_begins(folder, run, monkeypatch, words, done, begin):
    (folder / "mine.py").touch()
    for name in done:
        progress.note(folder, name, passed=True)
    begun = []

    def events(path):
        begun.append((path, Path.cwd()))
        yield "h"

    monkeypatch.setattr(watch, "events", events)
    if words == ["../mine"]:
        monkeypatch.chdir("/")
        words = [str(folder)]
    assert "hint 1 of" in run("watch", *words)
    assert begun == [(Path(begin), folder)]


def test_a_session_is_quiet_when_it_is_interrupted(run, monkeypatch):
    def interrupted(begin):
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr(watch, "events", interrupted)
    assert run("watch") == ""


def test_a_session_without_a_workbook_says_how_to_get_one(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert command_line.main(["watch"]) == 2
    assert "`python -m pytorch_rl_basics start FOLDER` writes them." in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


# -- progress ---------------------------------------------------------------------------------


@pytest.mark.parametrize("place", [".", ".."])
def test_hints_go_on_where_they_were(folder, run, monkeypatch, place):
    monkeypatch.chdir(place)
    count = len(EXERCISES["gae"].hints)
    for number in [*range(1, count + 1), 1]:
        assert f"gae, hint {number} of {count}" in run("hint", "gae")
    assert f"gae, hint {count - 1} of" in run("hint", "gae", str(count - 1))
    assert f"gae, hint {count} of" in run("hint", "gae")
    assert "policy_loss, hint 1 of" in run("hint", "policy_loss")
    lines = (folder / progress.NAME).read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(EXERCISES) + 2
    assert f'  "gae": {{"passed": false, "hints": {count}}},' in lines


def test_the_current_folder_comes_before_the_one_below(folder, run):
    assert command_line.main(["start", "below"]) == 0
    run("hint", "gae")
    assert kept(folder)["gae"]["hints"] == 1


def test_between_two_workbooks_no_hint_is_remembered(folder, run, monkeypatch):
    assert command_line.main(["start", "../other"]) == 0
    monkeypatch.chdir("..")
    assert "gae, hint 1 of" in run("hint", "gae")
    assert "gae, hint 1 of" in run("hint", "gae")
    assert {path.name for path in Path().iterdir()} == {"mine", "other"}


def test_the_list_shows_what_passed_in_the_last_check(folder, run, capsys):
    path = folder / FIRST
    for text, passed in ((solution("cubic_gradient"), True), ("def f(:", False)):
        path.write_text(text, encoding="utf-8")
        assert command_line.main(["check", FIRST]) == (0 if passed else 1)
        capsys.readouterr()
        assert ("✓  1  cubic_gradient  " in run("list")) == passed
        assert json.loads(run("list", "--json"))[0]["passed"] == passed


def test_a_check_makes_no_file_of_its_own(folder):
    (folder / progress.NAME).unlink()
    (folder / FIRST).write_text(solution("cubic_gradient"), encoding="utf-8")
    assert command_line.main(["check", FIRST]) == 0
    assert {path.name for path in folder.iterdir()} == set(FILE_NAMES)


def test_start_keeps_the_progress(folder, run):
    run("hint", "gae")
    run("start")
    assert "gae, hint 2 of" in run("hint", "gae")


@pytest.mark.parametrize(
    "damaged",
    [b"{", b"[1]", b"3", b"\xff\xfe\xff", b"[" * 100_000, b'{"gae": 1}', b'{"gae": {}}',
     b'{"gae": {"passed": true, "hints": "many"}}', b'{"gae": {"passed": true, "hints": 1e999}}'],
)  # fmt: skip
def test_a_damaged_file_is_kept_and_progress_starts_again(folder, capsys, damaged):
    for number in (1, 2):
        (folder / progress.NAME).write_bytes(damaged)
        capsys.readouterr()
        assert command_line.main(["hint", "gae"]) == 0
        output, error = capsys.readouterr()
        assert "gae, hint 1 of" in output
        assert error.count("\n") == 1
        assert "is damaged (" in error
        assert f"exercise_progress_damaged_{number}.json" in error
        assert (folder / f"exercise_progress_damaged_{number}.json").read_bytes() == damaged
        assert kept(folder)["gae"]["hints"] == 1


def test_a_file_with_a_byte_order_mark_or_other_exercises_is_not_damaged(folder, run):
    text = '{"gae": {"passed": true, "hints": 2}, "older": {"passed": true, "hints": 2}}'
    (folder / progress.NAME).write_text(text, encoding="utf-8-sig")
    assert "gae, hint 3 of" in run("hint", "gae")
    assert "older" not in run("list")
    assert kept(folder)["older"] == {"passed": True, "hints": 2}


def test_a_file_that_cannot_be_written_does_not_stop_a_check(folder, monkeypatch):
    def refused(*arguments, **options):
        raise PermissionError("read-only")

    monkeypatch.setattr(Path, "write_text", refused)
    assert command_line.main(["hint", "gae"]) == 0
    assert list(progress.noted([verdict("gae", True)])) == [verdict("gae", True)]
    assert (folder / progress.NAME).read_bytes() == b""
