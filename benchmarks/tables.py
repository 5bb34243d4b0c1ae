"""The results as tables, for a terminal and for the site's benchmark page."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from tabulate import tabulate

from . import summary
from .contestants import AGENTS, Kind
from .goals import outcomes, staying
from .results import OURS, THEIRS, Entry, Results, Trial
from .summary import Summary, summarise

Entries = dict[str, Entry]


class Table(NamedTuple):
    """Rows of text under a header."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: int = 1  # columns of words, at the left; the others hold numbers

    def __str__(self) -> str:
        return f"{self.title}\n\n{self._written('simple')}\n"

    def _repr_markdown_(self) -> str:
        whole = [
            (*row[: self.words], *(cell.replace(" ", "\u00a0") for cell in row[self.words :]))
            for row in self.rows
        ]  # numbers do not break across lines
        return self._replace(rows=whole)._written("pipe")

    def _written(self, style: str) -> str:
        align = ["left"] * self.words + ["right"] * (len(self.header) - self.words)
        return str(tabulate(self.rows, self.header, style, colalign=align, disable_numparse=True))


def report(results: Results) -> str:
    """Say everything that was measured, the goals last."""
    makers = {
        "like-for-like": like_for_like,
        "scaling": scaling,
        "ablations": ablations,
        "starts": starts,
    }
    said: list[object] = [make(results[kind]) for kind, make in makers.items() if results.get(kind)]
    if results.get("solving"):
        entries = results["solving"]
        said += [final(entries), solving(entries), goals(entries), verdict(entries)]
    return "\n".join(map(str, said))


def goals(entries: Entries) -> Table:
    """Hold each agent against its goals."""
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
        row = (name(OURS, algorithm), *_stays(algorithm, trials), _number(budget), seconds)
        rows.append(row)
    header = ("agent", "stays solved", "final return", "env steps", "CPU s")
    return Table("After the whole budget: median [range] over seeds", header, rows)


def solving(entries: Entries) -> Table:
    """Compare each agent with its rival: CPU seconds and environment steps until solved."""
    rows = []
    for algorithm in _in_order(entries):
        rival = AGENTS[algorithm].rival
        for contestant, trained in ((OURS, algorithm), (THEIRS, rival)):
            trials = summary.of(entries[algorithm].trials, contestant, trained)
            if not trials:
                continue
            compared = "strict" in AGENTS[algorithm].until  # otherwise the rival stopped before
            strict = _solved("strict", trials) if compared else ("", "")
            rows.append(
                (
                    name(contestant, trained),
                    *_solved("greedy", trials),
                    _number(summarise(summary.steps_to("greedy", trials)).median),
                    *strict,
                )
            )
    rows = list(dict.fromkeys(rows))  # a rival that two agents share, once
    header = ("agent", "greedy", "CPU s", "env steps", "strict", "CPU s")
    return Table("Trained until solved: median [range] over seeds", header, rows)


def ablations(entries: Entries) -> Table:
    """Compare each agent with itself without one of its details."""
    rows = []
    for algorithm in _in_order(entries):
        trials = entries[algorithm].trials
        for contestant in dict.fromkeys(trial.contestant for trial in trials):
            some = summary.of(trials, contestant, algorithm)
            label = f"{AGENTS[algorithm].title}, {'as it is' if contestant == OURS else contestant}"
            rows.append((label, *_stays(algorithm, some), *_solved("greedy", some)))
    header = ("agent", "stays", "final return", "greedy", "CPU s")
    return Table("Without a detail: median [range] over seeds", header, rows)


def nulls(entries: Entries) -> Table:
    """Separate the details that change how many seeds end solved from those that do not."""
    rows, count, total = [], 0, 0
    for algorithm in _in_order(entries):
        trials = entries[algorithm].trials
        names = dict.fromkeys(trial.contestant for trial in trials)
        stay = {name: staying(algorithm, summary.of(trials, name, algorithm)) for name in names}
        least = stay.pop(OURS)
        same = [name for name, seeds in stay.items() if seeds >= least]
        fewer = [name for name in stay if name not in same]
        rows.append((AGENTS[algorithm].title, *(", ".join(part) or "–" for part in (same, fewer))))
        count, total = count + len(same), total + len(stay)
    header = ("agent", "no difference", "fewer seeds end solved")
    return Table(f"{count} of {total} ablations make no difference.", header, rows, words=3)


def starts(entries: Entries) -> Table:
    """List how far each seed of a short training came, with and without a detail."""
    rows = [
        (f"{AGENTS[algorithm].title}, {name}", " ".join(f"{mean:.0f}" for mean in means))
        for algorithm in _in_order(entries)
        for name, means in entries[algorithm].numbers.items()
    ]
    header = ("agent", "mean return of the last episodes, one per seed")
    return Table("The start of a training", header, rows)


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


def name(contestant: str, algorithm: str) -> str:
    """Name who trains what."""
    title = AGENTS[algorithm].title
    return title if contestant == OURS else f"SB3's {title}"


def verdict(entries: Entries) -> str:
    """Say in a sentence which goals are missed."""
    rows = [row for name in _in_order(entries) for row in outcomes(name, entries[name].trials)]
    missed = [
        f"{row.agent}, {row.what}: {row.measured}, goal {row.goal}" for row in rows if not row.met
    ]
    if not missed:
        return f"All {len(rows)} goals are met."
    return f"{len(rows) - len(missed)} of {len(rows)} goals are met. Missed: {'; '.join(missed)}."


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
    count = summary.count_within(seconds)
    return f"{count} of {len(trials)}", _spread(summarise(seconds), "{:.2f}") if count else ""


def _stays(algorithm: str, trials: Sequence[Trial]) -> tuple[str, str]:
    """Give how many trainings end solved, and the returns of their final weights."""
    finals = [trial.final_return for trial in trials if trial.final_return is not None]
    spread = _spread(summarise(finals), "{:.0f}")
    return f"{staying(algorithm, trials)} of {len(trials)}", spread


def _spread(numbers: Summary, form: str) -> str:
    """Write a median and its range."""
    median, lowest, highest = (
        form.format(number) if math.isfinite(number) else "never" for number in numbers
    )
    return f"{median} [{lowest} – {highest}]"


def _number(number: float) -> str:
    """Write a number with a sensible number of digits."""
    if not math.isfinite(number):
        return "never"
    return f"{number:,.0f}" if number >= 100 else f"{number:.2g}" if number < 1 else f"{number:.1f}"


def _in_order(entries: Entries) -> list[str]:
    """Give the algorithms in the order in which they are presented."""
    return [algorithm for algorithm in AGENTS if algorithm in entries]
