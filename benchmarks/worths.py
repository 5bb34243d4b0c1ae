"""Keep the tables of worths in the tutorials equal to the results."""

import re
from collections.abc import Iterable
from pathlib import Path

from . import tables
from .results import Results
from .scripts import TUTORIALS
from .tables import Table

SCRIPTS = sorted(TUTORIALS.glob("*/*.py"))
TABLE = re.compile(r"^# \.\. worth: (\w+)\n(?:#.*\n)*?# \.\. end of worth$", re.MULTILINE)
"""The comment lines between which a table stands."""


def write_into(scripts: Iterable[Path], found: Results) -> None:
    """Write the tables into scripts."""
    for script in scripts:
        old = script.read_text("utf-8")
        if (new := renewed(old, found)) != old:
            script.write_text(new, "utf-8")


def renewed(script: str, found: Results) -> str:
    """Write a script with its tables as the results give them."""

    def written(match: re.Match[str]) -> str:
        rows = table(match[1], found).written("rst").splitlines()
        lines = (f".. worth: {match[1]}", "", *rows, "", ".. end of worth")
        return "\n".join(f"# {line}".rstrip() for line in lines)

    return TABLE.sub(written, script)


def table(name: str, found: Results) -> Table:
    """Give an agent's table of ablations, that of many seeds at once, or of scaling up."""
    if name == "many":
        return tables.cost_of_many(found["many"])
    if name == "scale":
        return tables.scale_up(found["scale"])
    return tables.worth(name, found["ablations"][name])
