"""The benchmark: its clock, its verdicts, its statistics, its file; without any training."""

import math
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import __main__ as command_line
from benchmarks import clock, examination, goals, results, summary, tables
from benchmarks.clock import Clock, marginal
from benchmarks.contestants import AGENTS, CARTPOLE
from benchmarks.examination import Examiner, examine
from benchmarks.results import OURS, THEIRS, Entry, Made, Mark, Trial

ROOT = Path(__file__).parents[1]


class Time:
    """A time that passes when it is told to."""

    seconds = 0.0

    def __call__(self):
        """Give the time."""
        return self.seconds


# -- The clock --------------------------------------------------------------------------------


def test_a_paused_clock_stands_still():
    time = Time()
    time.seconds = 5
    stopwatch = Clock(time)
    time.seconds += 2
    with stopwatch.paused():
        time.seconds += 100
    time.seconds += 1
    assert stopwatch.read() == 3


def test_what_two_trainings_have_in_common_cancels_out(monkeypatch):
    time = Time()
    monkeypatch.setattr(clock, "Clock", lambda: Clock(time))

    def train(work):
        time.seconds += 7 + 0.25 * work  # seven seconds to get ready
        return work

    assert marginal(train, 4, 20) == 0.25


# -- Solved -----------------------------------------------------------------------------------


@pytest.fixture
def examined(monkeypatch):
    """Give an examiner, its time, what greedy episodes will return, and the record of them."""
    time, coming, asked = Time(), [], []

    def greedy_returns(policy, env_id, episodes, seed):
        time.seconds += 50
        asked.append((env_id, episodes, seed))
        return np.full(episodes, float(coming.pop(0)))

    monkeypatch.setattr(examination, "greedy_returns", greedy_returns)
    examiner = Examiner(CARTPOLE, 3, ("greedy",), Clock(time))
    return SimpleNamespace(examiner=examiner, time=time, coming=coming, asked=asked)


def test_greedy_solved_takes_two_stages(examined):
    examiner = examined.examiner
    examined.coming += [474, 500, 474, 475, 475]
    verdicts = []
    for steps in (1_000, 2_000, 3_000):
        examined.time.seconds += 1
        verdicts.append(examiner.look(None, steps, []))
    assert verdicts == [False, False, True]
    # The first look stopped after the first stage; none of the examinations took time.
    assert [episodes for _, episodes, _ in examined.asked] == [20, 20, 100, 20, 100]
    assert examiner.solved == {"greedy": Mark(cpu_seconds=3.0, env_steps=3_000)}
    assert len({seed for *_, seed in examined.asked}) == 5  # each on episodes of its own


def test_it_keeps_the_first_time_and_asks_no_more(examined):
    examiner = examined.examiner
    examined.coming += [500, 500]
    assert examiner.look(None, 1_000, [])
    assert examiner.look(None, 2_000, [])
    assert len(examined.asked) == 2
    assert examiner.solved["greedy"].env_steps == 1_000


def test_strict_solved_is_the_mean_of_the_last_hundred_returns(examined):
    examiner = examined.examiner
    examiner.until = ("strict",)
    examined.coming += [0] * 3
    assert not examiner.look(None, 1_000, [500.0] * 99)
    assert not examiner.look(None, 2_000, [500.0] * 99 + [0.0] * 6)  # 94 good ones: 470
    assert examiner.look(None, 3_000, [0.0] * 50 + [500.0] * 95 + [0.0] * 5)  # 475
    assert examiner.solved == {"strict": Mark(0.0, 3_000)}


def test_all_that_is_asked_for_ends_the_training(examined):
    examiner = examined.examiner
    examined.coming += [500, 500]
    examiner.until = ("greedy", "strict")
    assert not examiner.look(None, 1_000, [])
    assert examiner.look(None, 2_000, [500.0] * 100)
    examiner.until = ()
    assert not examiner.look(None, 3_000, [500.0] * 100)


@pytest.mark.parametrize(
    ("until", "steps", "final"), [((), 3_000, 480), (("greedy",), 2_000, None)]
)
def test_a_training_under_an_examiners_eyes(examined, until, steps, final):
    examined.coming += [0, 480, 480, 480]

    def train(seed, look):
        assert seed == 3
        for env_steps in (1_000, 2_000, 3_000):
            if look(None, env_steps, [500.0] * env_steps):
                break
        return None, env_steps

    trial = examine(OURS, "ppo", train, CARTPOLE, 3, until)
    assert (trial.env_steps, trial.final_return) == (steps, final)
    assert trial.greedy.env_steps == 2_000
    assert trial.strict.env_steps == 1_000
    assert trial.greedy.cpu_seconds <= trial.cpu_seconds < 1


# -- Statistics -------------------------------------------------------------------------------

SECONDS = st.lists(st.floats(0.01, 100) | st.just(math.inf), min_size=1, max_size=11)


@given(SECONDS)
def test_median_and_range(seconds):
    found = summary.summarise(seconds)
    ordered = np.sort(seconds)
    assert (found.lowest, found.highest) == (ordered[0], ordered[-1])
    assert found.median == (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


@given(SECONDS, SECONDS)
def test_the_ratio_is_of_the_medians(ours, theirs):
    own, other = np.median(ours), np.median(theirs)
    found = summary.ratio(ours, theirs)
    if math.isinf(own):
        assert math.isnan(found)
    else:
        assert found == pytest.approx(other / own)


def test_what_is_never_solved_is_endless():
    trials = [trial(greedy=Mark(1.0, 4_000)), trial(), trial(greedy=Mark(3.0, 6_000))]
    assert summary.seconds_to("greedy", trials) == [1.0, math.inf, 3.0]
    assert summary.steps_to("greedy", trials) == [4_000, math.inf, 6_000]
    assert summary.count_within([1.0, math.inf, 3.0]) == 2
    assert summary.count_within([1.0, math.inf, 3.0], limit=2) == 1


def trial(**parts):
    return Trial(
        **{
            "contestant": OURS,
            "algorithm": "a2c",
            "seed": 0,
            "cpu_seconds": 9.0,
            "env_steps": 9_000,
        }
        | parts
    )


# -- Goals ------------------------------------------------------------------------------------


def trials_of(algorithm, ours, theirs, final):
    """Ten trainings a side, that take so many seconds to either kind of solved."""
    marks = [{kind: Mark(seconds, 1_000) for kind in ("greedy", "strict")} for seconds in ours]
    own = [trial(algorithm=algorithm, final_return=final, **both) for both in marks]
    mark = Mark(theirs, 1_000)
    rival = trial(contestant=THEIRS, algorithm=AGENTS[algorithm].rival, greedy=mark, strict=mark)
    return own + [rival] * 10


@pytest.mark.parametrize("algorithm", AGENTS)
def test_goals_are_met_or_missed(algorithm):
    mark = AGENTS[algorithm].task.mark
    good = list(goals.outcomes(algorithm, trials_of(algorithm, [0.1] * 10, 100.0, mark)))
    bad = list(goals.outcomes(algorithm, trials_of(algorithm, [9.0] * 10, 10.0, mark - 1)))
    assert all(outcome.met for outcome in good)
    met = {outcome.what for outcome in bad if outcome.met}
    assert met <= {"greedy solved", "strict solved"}  # slowly, but on all seeds
    assert good[0].what == "stays solved"


def test_one_slow_seed_is_seen():
    slow = trials_of("dqn", [0.5] * 9 + [3.1], 100.0, 500)
    missed = [outcome for outcome in goals.outcomes("dqn", slow) if not outcome.met]
    assert [(outcome.what, outcome.measured) for outcome in missed] == [
        ("greedy solved, in 3 s", "9 of 10")
    ]


def test_nine_of_ten_may_stay():
    trials = trials_of("dqn", [0.5] * 10, 100.0, 500)
    one = [replace(trials[0], final_return=474.9), *trials[1:]]
    two = [replace(trials[0], final_return=None), *one[:1], *trials[2:]]
    assert [next(goals.outcomes("dqn", some)).met for some in (one, two)] == [True, False]


# -- The file ---------------------------------------------------------------------------------

MADE = Made("2030-01-01 00:00 UTC", {"cores": "2"}, {"torch": "9"})
FOUND = {
    "solving": {"a2c": Entry(MADE, [trial(greedy=Mark(0.5, 1_000), final_return=488.5), trial()])},
    "scaling": {"a2c": Entry(MADE, numbers={"environments": [1.0, 2.0]})},
}


def test_results_come_back_as_they_were(tmp_path):
    results.write(FOUND, tmp_path / "results.json")
    assert results.read(tmp_path / "results.json") == FOUND


def test_new_results_take_the_place_of_their_own_kind_and_algorithm_only(tmp_path):
    later = Entry(replace(MADE, date="later"), [trial(seed=7)])
    merged = results.merge(FOUND, {"solving": {"dqn": later}, "ablations": {"a2c": later}})
    assert merged == {
        "solving": FOUND["solving"] | {"dqn": later},
        "scaling": FOUND["scaling"],
        "ablations": {"a2c": later},
    }
    assert results.merge(merged, {"solving": {"a2c": later}})["solving"]["a2c"] == later
    assert FOUND["solving"].keys() == {"a2c"}  # the old ones are left alone


def test_a_file_of_another_format_is_refused(tmp_path):
    (tmp_path / "old.json").write_text('{"solving": {}}')
    with pytest.raises(ValueError, match="format"):
        results.read(tmp_path / "old.json")


# -- Tables -----------------------------------------------------------------------------------


def test_tables_say_what_was_measured():
    trials = trials_of("reinforce", [0.25, 0.75] * 5, 25.0, 500)
    text = tables.report({"solving": {"reinforce": Entry(MADE, trials)}})
    assert "0.50 [0.25 – 0.75]" in text
    assert "25.00 [25.00 – 25.00]" in text
    assert "50.0 ×" in text
    table = tables.solving({"reinforce": Entry(MADE, trials)})
    assert [row[0] for row in table.rows] == ["REINFORCE", "SB3's A2C"]
    assert table._repr_markdown_().startswith("|")


def test_a_rival_that_two_agents_share_stands_there_once():
    entries = {
        algorithm: Entry(MADE, trials_of(algorithm, [1.0] * 10, 25.0, 500))
        for algorithm in ("reinforce", "a2c")
    }
    rows = [row[0] for row in tables.solving(entries).rows]
    assert rows == ["REINFORCE", "SB3's A2C", "A2C"]


def test_an_ablation_that_changes_nothing_is_listed_as_such():
    finals = {OURS: (500, 470), "no clip": (9, 500), "one epoch": (475, 100), "λ = 0": (9, 9)}
    trials = [
        trial(contestant=name, algorithm="ppo", final_return=final)
        for name, both in finals.items()
        for final in both
    ]
    table = tables.nulls({"ppo": Entry(MADE, trials)})
    assert table.rows == [("PPO", "no clip, one epoch", "λ = 0")]
    assert table.title == "2 of 3 ablations make no difference."


@pytest.mark.parametrize("algorithm", AGENTS)
def test_the_agents_pages_quote_the_results(algorithm):
    ablations = results.read(ROOT / "benchmarks/results.json")["ablations"]
    page = (ROOT / "tutorials/improved" / AGENTS[algorithm].script).read_text("utf-8")
    quoted = re.findall(r"^# (\S.*?)  +(\d of 5)  +(-?\d+)$", page, re.MULTILINE)
    measured = [
        (row[0].partition(", ")[2], row[1], row[2].partition(" ")[0])
        for row in tables.ablations({algorithm: ablations[algorithm]}).rows
    ]
    assert quoted == measured


# -- The command line -----------------------------------------------------------------------------


def test_the_command_line(tmp_path, monkeypatch, capsys):
    asked = []

    def measure(kind, algorithms, seeds):
        asked.append((kind, algorithms, list(seeds)))
        return {"a2c": Entry(MADE, [trial(seed=seeds[0], final_return=1.0)])}

    monkeypatch.setattr(command_line, "measure", measure)
    path = str(tmp_path / "out.json")
    for seeds in ("4:6", "5:7"):
        words = ["--algorithm", "a2c", "--seeds", seeds, "--only", "solving", "--json", path]
        command_line.main(words)
    assert asked == [("solving", ["a2c"], [4, 5]), ("solving", ["a2c"], [5, 6])]
    assert results.read(tmp_path / "out.json")["solving"]["a2c"].trials[0].seed == 5
    assert "missed" in capsys.readouterr().out


def test_seeds_that_cannot_be_read_are_refused(capsys):
    for text in ("7", "a:b", "3:3"):
        with pytest.raises(SystemExit):
            command_line.parser().parse_args(["--seeds", text])
        assert "seeds" in capsys.readouterr().err
