"""The results as tables, for a terminal and for the site's benchmark page."""

import math
from collections.abc import Sequence
from statistics import fmean, median
from typing import NamedTuple

from tabulate import tabulate

from . import summary
from .contestants import AGENTS, Kind
from .goals import outcomes, staying
from .results import OURS, THEIRS, Entry, Results, Trial
from .summary import Summary, summarise

Entries = dict[str, Entry]
CALLS = {"act": "choose actions for 32 states", "update": "one update on 1,024 steps"}
KINDS = ("no difference", "worse", "better")


class Table(NamedTuple):
    """Rows of text under a header."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: int = 1  # columns of words, at the left; the others hold numbers

    def __str__(self) -> str:
        return f"{self.title}\n\n{self.written('simple')}\n"

    def _repr_markdown_(self) -> str:
        whole = [
            (*row[: self.words], *(cell.replace(" ", "\u00a0") for cell in row[self.words :]))
            for row in self.rows
        ]  # numbers do not break across lines
        return self._replace(rows=whole).written("pipe")

    def written(self, style: str) -> str:
        """Write it in a style of tabulate's."""
        align = ["left"] * self.words + ["right"] * (len(self.header) - self.words)
        return str(tabulate(self.rows, self.header, style, colalign=align, disable_numparse=True))


def report(results: Results) -> str:
    """Say everything that was measured, the goals last."""
    makers = {
        **{"like-for-like": like_for_like, "scaling": scaling},
        **{"many": cost_of_many, "scale": scale_up},
    }
    said: list[object] = [make(results[kind]) for kind, make in makers.items() if results.get(kind)]
    said += [worth(*agent) for agent in results.get("ablations", {}).items()]
    if results.get("solving"):
        entries = results["solving"]
        said += [final(entries), solving("strict", entries), solving("greedy", entries)]
        said.append(goals(entries))
    return "\n".join(map(str, said))


def goals(entries: Entries) -> Table:
    """Compare each agent with its goals."""
    rows = [
        (row.agent, row.what, row.goal, row.measured, "met" if row.met else "missed")
        for algorithm in _in_order(entries)
        for row in outcomes(algorithm, entries[algorithm].trials)
    ]
    return Table("The goals", ("agent", "what", "goal", "measured", "outcome"), rows, words=2)


def final(entries: Entries) -> Table:
    """Give the returns of our final weights, and how often they are still above the mark."""
    rows = []
    for algorithm in _in_order(entries):
        trials = summary.of(entries[algorithm].trials, OURS, algorithm)
        budget = summarise([trial.env_steps for trial in trials]).median
        seconds = _spread(summarise([trial.cpu_seconds for trial in trials]), "{:.1f}")
        solved = f"{staying(algorithm, trials)} of {len(trials)}"
        returns = _spread(summarise(summary.finals(trials)), "{:.0f}")
        row = (name(OURS, algorithm), solved, returns, _number(budget), seconds)
        rows.append(row)
    header = ("agent", "still solved", "final return", "env steps", "CPU s")
    return Table("After the whole budget: median [range] over seeds", header, rows)


def solving(kind: Kind, entries: Entries) -> Table:
    """Compare each agent with its rival: CPU seconds and environment steps until solved."""
    rows = []
    for algorithm in _in_order(entries):
        agent = AGENTS[algorithm]
        if kind not in agent.until:
            continue
        sides = [
            (contestant, trained, summary.of(entries[algorithm].trials, contestant, trained))
            for contestant, trained in ((OURS, algorithm), (THEIRS, agent.rival))
        ]
        own, other = (summary.seconds_to(kind, trials) for _, _, trials in sides)
        times = summary.times(summary.ratio(own, other)) if other else ""
        for contestant, trained, trials in sides:
            if trials:
                steps = _number(summarise(summary.steps_to(kind, trials)).median)
                found = times if contestant == OURS else ""
                rows.append((name(contestant, trained), *_solved(kind, trials), steps, found))
    rows = list(dict.fromkeys(rows))  # a rival that two agents share, once
    header = ("agent", "solved", "CPU s", "env steps", "SB3 / ours")
    return Table(f"{kind.capitalize()} solved: median [range] over seeds", header, rows)


def worth(algorithm: str, entry: Entry) -> Table:
    """Say what each detail of one agent is worth, for the agent's page."""
    rows = []
    for contestant, ends in entry.numbers.items():
        trials = summary.of(entry.trials, contestant, algorithm)
        solved = f"{staying(algorithm, trials)} of {len(trials)}"
        final = _interval(summary.finals(trials), ends[:2])
        training = _interval(summary.training_returns(trials), ends[2:])
        rows.append(("as it is" if contestant == OURS else contestant, solved, final, training))
    header = ("trained", "solved", "final return", "return in training")
    return Table(AGENTS[algorithm].title, header, rows)


def nulls(entries: Entries) -> Table:
    """Sort the changes by what they do to the two returns, as far as the intervals show it."""
    rows, count, total = [], 0, 0
    for algorithm in _in_order(entries):
        found = verdicts(entries[algorithm])
        kinds = [[what for what, kind in found.items() if kind == each] for each in KINDS]
        rows.append((AGENTS[algorithm].title, *("; ".join(some) or "–" for some in kinds)))
        count, total = count + len(kinds[0]), total + len(found)
    header = ("agent", *KINDS)
    return Table(f"{count} of {total} changes make no difference.", header, rows, words=4)


def verdicts(entry: Entry, beside: str = OURS) -> dict[str, str]:
    """Say of each row whether an interval is apart from the one of the agent as it is."""
    ends = dict(entry.numbers)
    usual, kinds = ends.pop(beside), {}
    for what, found in ends.items():
        lower = any(found[i + 1] < usual[i] for i in (0, 2))
        higher = any(found[i] > usual[i + 1] for i in (0, 2))
        kinds[what] = KINDS[1 if lower else 2 if higher else 0]
    return kinds


def like_for_like(entries: Entries) -> Table:
    """Compare the updates that a CPU second pays for."""
    rows = []
    for algorithm in _in_order(entries):
        numbers = entries[algorithm].numbers
        ours, theirs = summarise(numbers[OURS]), summarise(numbers[THEIRS])
        times = f"{ours.median / theirs.median:.1f} ×"
        spreads = (_spread(ours, "{:.0f}"), _spread(theirs, "{:.0f}"))
        rows.append((AGENTS[algorithm].title, *spreads, times))
    header = ("agent", "ours", "SB3", "ratio")
    return Table("Updates per CPU second, like for like: median [range]", header, rows)


def scaling(entries: Entries) -> Table:
    """Say what an environment step costs with more and more environments side by side."""
    columns = entries["a2c"].numbers
    counts = [f"{count:.0f}" for count in columns["environments"]]
    costs = [map(_number, columns[what]) for what in ("stepping", "acting", OURS, THEIRS)]
    rows = list(zip(counts, *costs, strict=True))
    header = ("environments", "stepping", "acting", "A2C", "SB3's A2C")
    return Table("CPU µs per environment step, by environments side by side", header, rows)


def cost_of_many(entries: Entries) -> Table:
    """Give the cost of ten agents as a multiple of that of one."""
    calls = CALLS if "a2c" in entries else {}
    costs = {words: entries["a2c"].numbers[name] for name, words in calls.items()}
    for algorithm in _in_order(entries):
        seconds = entries[algorithm].numbers
        tens = (median(seconds[name]) for name in ("vmap", "bmm"))
        costs[f"a whole training, {AGENTS[algorithm].title}"] = [fmean(seconds["one"]), *tens]
    rows = [(what, *(f"{ten / one:.1f}" for ten in tens)) for what, (one, *tens) in costs.items()]
    return Table("Ten agents cost as much as", ("ten agents", "vmap", "baddbmm"), rows)


def scale_up(entries: Entries) -> Table:
    """Say what each way to scale up cost."""
    rows = [(name, f"{row[0]:.2f}") for name, row in entries["a2c"].numbers.items()]
    return Table("Scale up", ("measured", "CPU"), rows)


def equality(entries: Entries) -> Table:
    """Compare agents that were trained together with those that were trained separately."""
    rows = []
    for algorithm in _in_order(entries):
        found = entries[algorithm].numbers
        for what, unit in (("final return", "{:.0f}"), ("steps", "{:,.0f}")):
            medians = (
                unit.format(median(found[f"{name}, {what}"])) for name in ("separate", "together")
            )
            p, shift = found[f"p, {what}"][0], found[f"detectable, {what}"][0]
            title = f"{AGENTS[algorithm].title}, {what}"
            rows.append((title, *medians, f"{p:.2f}", f"{100 * shift:.0f} %"))
    return Table("Separate", ("median of 30", "separate", "together", "p", "detects"), rows)


def name(contestant: str, algorithm: str) -> str:
    """Name who trains what."""
    title = AGENTS[algorithm].title
    return title if contestant == OURS else f"SB3's {title}"


def origin(results: Results) -> str:
    """Say in a sentence when everything was measured, where, and with what."""
    made = [entry.made for entries in results.values() for entry in entries.values()]
    days = sorted({one.date[:10] for one in made})
    machines = {f"{one.machine['processor']} ({one.machine['cores']} cores)" for one in made}
    versions = {" ".join(version) for one in made for version in one.versions.items()}
    when = " to ".join(dict.fromkeys((days[0], days[-1])))
    where = " and ".join(sorted(machines))
    return f"Measured {when} on {where} with {', '.join(sorted(versions))}."


def origins(results: Results) -> Table:
    """Say when each entry was measured, and how busy the machine was."""
    who: dict[tuple[str, str, str], list[str]] = {}
    for kind, entries in results.items():
        for algorithm in _in_order(entries):
            made = entries[algorithm].made
            key = (kind, made.date, made.machine["load"])
            who.setdefault(key, []).append(AGENTS[algorithm].title)
    rows = [(kind, ", ".join(titles), date, load) for (kind, date, load), titles in who.items()]
    header = ("measurement", "agents", "began", "load")
    return Table("When it was measured", header, rows, words=3)


def _solved(kind: Kind, trials: Sequence[Trial]) -> tuple[str, str]:
    """Give how many trainings were solved, and in how many CPU seconds."""
    seconds = summary.seconds_to(kind, trials)
    count = sum(map(math.isfinite, seconds))
    return f"{count} of {len(trials)}", _spread(summarise(seconds), "{:.2f}") if count else ""


def _spread(numbers: Summary, form: str) -> str:
    """Write a median and its range."""
    median, lowest, highest = (
        form.format(number) if math.isfinite(number) else "never" for number in numbers
    )
    return f"{median} [{lowest} – {highest}]"


def _interval(numbers: Sequence[float], ends: Sequence[float]) -> str:
    """Write a mean and its interval."""
    low, high = ends
    return f"{fmean(numbers):.0f} [{low:.0f}, {high:.0f}]"


def _number(number: float) -> str:
    """Write a number with a sensible number of digits."""
    if not math.isfinite(number):
        return "never"
    return f"{number:,.0f}" if number >= 100 else f"{number:.2g}" if number < 1 else f"{number:.1f}"


def _in_order(entries: Entries) -> list[str]:
    """Give the algorithms in the order in which they are presented."""
    return [algorithm for algorithm in AGENTS if algorithm in entries]
