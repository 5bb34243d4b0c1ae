"""The benchmark: its clock, its verdicts, its statistics, its file; without any training."""

import math
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import __main__ as command_line
from benchmarks import ablations, clock, examination, goals, results, summary, tables, worths
from benchmarks.clock import Clock, marginal
from benchmarks.contestants import AGENTS, CARTPOLE, PENDULUM
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


def test_only_trainings_that_spent_their_budget_have_returns():
    trials = [trial(final_return=3.0, training_return=1.0), trial()]
    assert summary.finals(trials) == [3.0]
    assert summary.training_returns(trials) == [1.0]


@pytest.mark.parametrize(("task", "mean"), [(CARTPOLE, 22 / 8), (PENDULUM, 2.0)])
def test_the_return_in_training_counts_environment_steps(task, mean):
    examiner = Examiner(task, 0, (), Clock())
    returns = [1.0, 1.0]
    examiner.note(None, 1_000, returns)
    returns += [2.0, 4.0]  # after the last look
    assert examiner.training_return() == pytest.approx(mean)
    assert examiner.solved == {}


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
    assert not any(outcome.met for outcome in bad)
    assert good[0].what == "still solved at the end"


def test_an_agent_may_miss_the_aim_and_be_no_slower_than_before():
    trials = trials_of("ppo", [1.0] * 10, 7.99, 500)
    assert [(outcome.measured, outcome.met) for outcome in goals.outcomes("ppo", trials)] == [
        ("10 of 10", True),
        ("7.9 ×", False),
        ("7.9 ×", True),
    ]


def test_one_seed_that_ends_unsolved_is_seen():
    trials = trials_of("dqn", [0.5] * 10, 100.0, 500)
    trials[0] = replace(trials[0], final_return=474.9)
    still = next(goals.outcomes("dqn", trials))
    assert (still.measured, still.met) == ("9 of 10", False)


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
    table = tables.solving("strict", {"reinforce": Entry(MADE, trials)})
    assert [row[0] for row in table.rows] == ["REINFORCE", "SB3's A2C"]
    assert table._repr_markdown_().startswith("|")


def test_dqn_is_not_compared_by_strict_solved():
    entries = {"dqn": Entry(MADE, trials_of("dqn", [1.0] * 10, 25.0, 500))}
    assert tables.solving("strict", entries).rows == []
    assert [row[-1] for row in tables.solving("greedy", entries).rows] == ["25.0 ×", ""]


def test_a_rival_that_two_agents_share_stands_there_once():
    entries = {
        algorithm: Entry(MADE, trials_of(algorithm, [1.0] * 10, 25.0, 500))
        for algorithm in ("reinforce", "a2c")
    }
    rows = [row[0] for row in tables.solving("greedy", entries).rows]
    assert rows == ["REINFORCE", "SB3's A2C", "A2C"]


WORTHS = {  # low and high of the final return, then of the return in training
    OURS: [490, 500, 400, 420],
    "no clip": [480, 495, 410, 430],
    "one epoch": [100, 489, 400, 420],
    "λ = 0": [490, 500, 421, 440],
}


def worths_of(algorithm):
    finals = (500, 470)
    trials = [
        trial(contestant=name, algorithm=algorithm, final_return=final, training_return=410.4)
        for name in WORTHS
        for final in finals
    ]
    return {algorithm: Entry(MADE, trials, WORTHS)}


def test_changes_are_sorted_by_intervals_that_do_not_overlap():
    table = tables.nulls(worths_of("ppo"))
    assert table.rows == [("PPO", "no clip", "one epoch", "λ = 0")]
    assert table.title == "1 of 3 changes make no difference."


def test_many_seeds_cost_multiples_of_one_and_learn_the_same():
    numbers = {
        **{"one": [2.0, 4.0], "vmap": [9.0, 12.0, 90.0], "bmm": [6.0]},
        **{"act": [1.0, 5.0, 1.5], "update": [1.0, 10.0, 9.0]},
        **{"separate, final return": [500.0], "together, final return": [480.0]},
        **{"separate, steps": [80_000.0], "together, steps": [90_000.0]},
        **{"p, final return": [0.5], "detectable, final return": [0.3]},
        **{"p, steps": [0.25], "detectable, steps": [0.12]},
    }
    entries = {"a2c": Entry(MADE, numbers=numbers)}
    assert tables.cost_of_many(entries).rows[1:] == [
        ("one update on 1,024 steps", "10.0", "9.0"),
        ("a whole training, A2C", "4.0", "2.0"),
    ]
    assert len(tables.cost_of_many({"ppo": entries["a2c"]}).rows) == 1  # only A2C has single calls
    assert tables.equality(entries).rows == [
        ("A2C, final return", "500", "480", "0.50", "30 %"),
        ("A2C, steps", "80,000", "90,000", "0.25", "12 %"),
    ]


def test_agents_that_were_trained_together_are_like_separate_ones():
    for entry in results.read(ROOT / "benchmarks/results.json")["many"].values():
        tests = [numbers[0] for name, numbers in entry.numbers.items() if name.startswith("p, ")]
        assert len(tests) == 2
        assert min(tests) > 0.05


SCRIPT = """# Before.
#
# .. worth: ppo
#
# an old table
#
# .. end of worth
#
# After.
"""


def test_a_table_is_written_between_its_marks(tmp_path):
    script, found = tmp_path / "page.py", {"ablations": worths_of("ppo")}
    script.write_text(SCRIPT)
    worths.write_into([script], found)
    new = script.read_text("utf-8")
    assert new.startswith("# Before.\n#\n# .. worth: ppo\n#\n# ====")
    assert new.endswith("====\n#\n# .. end of worth\n#\n# After.\n")
    rows = [" ".join(line.split()) for line in new.splitlines()]
    assert "# as it is 1 of 2 485 [490, 500] 410 [400, 420]" in rows
    assert worths.renewed(new, found) == new
    assert worths.renewed("no mark", {}) == "no mark"


def test_the_tutorials_quote_the_results():
    found = results.read(ROOT / "benchmarks/results.json")
    quoted = []
    for path in worths.SCRIPTS:
        script = path.read_text("utf-8")
        assert worths.renewed(script, found) == script, "run: python -m benchmarks --tables"
        quoted += worths.TABLE.findall(script)
    assert sorted(quoted) == sorted([*found["ablations"], "many", "scale"])


WORSE = {  # as the pages' texts say; the rows that they name and that are not here differ by chance
    "dqn": {"the base", "all together"}
    | {f"base, {what}" for what in ("double", "dueling", "prioritised", "noisy", "soft copies")},
    "reinforce": {"returns not normalised", "observations not scaled"},
    "a2c": {"λ = 0", "rewards not scaled"},
    "ppo": {"no clip", "one epoch", "λ = 0", "rewards not scaled"},
    "ppo_pendulum": {"no clip", "one epoch", "γ = 0.99", "rewards not scaled"},
    "sac": {"rewards not scaled", "temperature fixed at 0.2"},
}
SOLVED = {  # of ten seeds, as the pages say
    "dqn": {OURS: 10, "the base": 5},
    "a2c": {"λ = 0": 5, "rewards not scaled": 5, "one step of the critic": 8},
    "ppo": {"no clip": 8, "one epoch": 5, "λ = 0": 1},
}


@pytest.mark.parametrize("algorithm", WORSE)
def test_the_texts_beside_the_tables_say_what_the_intervals_show(algorithm):
    entry = results.read(ROOT / "benchmarks/results.json")["ablations"][algorithm]
    assert [*entry.numbers] == [OURS, *ablations.ABLATIONS[algorithm]]
    assert len(entry.trials) == 10 * len(entry.numbers)
    kinds = tables.verdicts(entry)
    assert {what for what, kind in kinds.items() if kind == "worse"} == WORSE[algorithm]
    better = {"observations not scaled"} if algorithm == "ppo_pendulum" else set()
    assert {what for what, kind in kinds.items() if kind == "better"} == better
    if algorithm == "dqn":
        found = tables.verdicts(entry, beside="the base")
        assert {what for what, kind in found.items() if kind != "no difference"} == {OURS}
    if algorithm == "reinforce":  # sixteen environments cost fewer CPU seconds than four
        ours, four = (
            np.median([trial.cpu_seconds for trial in summary.of(entry.trials, who, algorithm)])
            for who in (OURS, "four environments")
        )
        assert four > 2 * ours
    for what, count in SOLVED.get(algorithm, {}).items():
        trials = summary.of(entry.trials, what, algorithm)
        assert (goals.staying(algorithm, trials), len(trials)) == (count, 10)


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
