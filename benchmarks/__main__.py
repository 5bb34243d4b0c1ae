"""The command line: ``nox -s bench -- --algorithm dqn --seeds 100:110 --json out.json``."""

import argparse
from pathlib import Path

import torch

from . import results, worths
from .contestants import AGENTS
from .provenance import made_here
from .results import Entry, Results
from .tables import report

KINDS = ("solving", "like-for-like", "scaling", "ablations", "many", "sweep", "scale")


def main(arguments: list[str] | None = None) -> None:
    """Measure what is asked for, print it, and keep it."""
    given = parser().parse_args(arguments)
    if given.tables:
        worths.write_into(worths.SCRIPTS, results.read(given.tables))
        return
    algorithms = given.algorithm or list(AGENTS)
    torch.set_num_threads(1)
    found: Results = {}
    for kind in given.only or KINDS:
        new = {kind: measure(kind, algorithms, given.seeds)}
        found = results.merge(found, new)
        if given.json:  # after each kind: an interrupted run keeps what it has
            old = results.read(given.json) if given.json.exists() else {}
            results.write(results.merge(old, new), given.json)
    print(report(found))


def measure(kind: str, algorithms: list[str], seeds: range) -> dict[str, Entry]:
    """Make one kind of measurement."""
    from . import ablations, like_for_like, many, scale_up, scaling, solving, sweep

    made = made_here()
    if kind == "solving":
        trials = solving.solve(algorithms, seeds)
        return {algorithm: Entry(made, trials[algorithm]) for algorithm in algorithms}
    if kind == "ablations":
        return {
            algorithm: Entry(made, trials, ablations.intervals(trials))
            for algorithm, trials in ablations.ablate(algorithms, seeds).items()
        }
    if kind == "many":
        numbers = many.many(algorithms, seeds)
    elif kind == "like-for-like":
        numbers = like_for_like.updates_per_second(algorithms)
    elif "a2c" in algorithms:
        measures = {"sweep": lambda: sweep.sweep(seeds), "scale": scale_up.up}
        numbers = {"a2c": measures.get(kind, scaling.grow)()}
    else:
        numbers = {}
    return {algorithm: Entry(made, numbers=named) for algorithm, named in numbers.items()}


def parser() -> argparse.ArgumentParser:
    """Describe the arguments."""
    described = argparse.ArgumentParser(
        "nox -s bench --", description="Measure the agents against stable-baselines3."
    )
    add = described.add_argument
    add("--algorithm", action="append", choices=AGENTS, help="one of them; may be repeated")
    seeds = "first:end, end left out; by default 100:110"
    add("--seeds", type=seed_range, default=range(100, 110), help=seeds)
    add("--json", type=Path, help="merge the results into this file; each keeps its own date")
    add("--only", action="append", choices=KINDS, help="one kind of measurement; may be repeated")
    tables = "measure nothing; write this file's worths into the tables of the tutorials"
    add("--tables", type=Path, metavar="JSON", help=tables)
    return described


def seed_range(text: str) -> range:
    """Read ``first:end`` as the seeds from the first up to the end, which is left out."""
    first, end = map(int, text.split(":"))
    if not 0 <= first < end:
        raise ValueError
    return range(first, end)


if __name__ == "__main__":
    main()
