"""The error index's entries: one file each, with failing code, its message and the fix.

The numbers in the names of the files are the order on the page. A file reads::

    '''A piece of the message, which is the entry's title; … stands for what varies

    The cause in one sentence.

    see: pages that explain it, separated by spaces, if there are any
    when: a Python expression, if only some machines or versions raise the message
    recorded: a file of an installed package, an address or a machine, if not all can raise it
    run: a file's name, or -c for code typed at a prompt, if it takes a Python without packages
    also: another form of the message | where that was recorded

    The whole message, as Python prints it.
    '''
    code that fails

    # %%
    fixed code, with the names of the code above

Lines that begin with ``# $`` are commands for a terminal. Where the message is only recorded, the
code that fails is not run.

As a script it writes what the checker knows of the entries: ``python docs/_ext/error_snippets.py``.
"""

import ast
import contextlib
import importlib.util
import io
import json
import re
import subprocess
import sys
import tempfile
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

FOLDER = Path(__file__).parents[1] / "errors"
GROUPS = {  # what a newcomer meets first comes first
    "install": "Install and import",
    "notebooks": "Notebooks and processes",
    "environments": "Environments",
    "shapes": "Shapes",
    "dtypes": "Dtypes and conversions",
    "autograd": "Autograd",
    "modules": "Modules and optimizers",
    "devices": "GPUs and other devices",
    "sampling": "Sampling",
    "saving": "Saving and loading",
}
IN_EXERCISES = ("shapes", "dtypes", "autograd", "modules", "sampling")  # groups
ALSO_IN_EXERCISES = {
    *("name-not-defined", "no-module-named", "module-has-no-attribute"),
    *("expected-same-device", "not-compiled-with-cuda", "no-nvidia-driver"),
}
NOT_IN_EXERCISES = {  # their cause is true of the failing code, but not wherever the error appears
    *("broadcast-input-array", "module-attribute", "generator", "logits-nan", "loc-nan"),
    *("sample-larger-than-population", "population-numpy", "random-from-empty"),
    # and these are about functions that no exercise needs
    *("conv-channels", "conv-input", "input-and-bias-type", "embedding-indices", "multi-target"),
    *("index-out-of-range-in-self", "one-value-per-channel", "2d-or-3d-input", "object-array"),
    *("class-probabilities", "target-dtype", "between-0-and-1", "more-than-one-group"),
    *("deepcopy-non-leaf", "anomaly-nan", "assign-array", "not-json-serializable"),
}
FOR_THE_CHECKER = FOLDER.parents[1] / "src/pytorch_rl_basics/checker/errors.toml"
FIELD = re.compile(r"(see|when|recorded|run|also): (.*(?:\n .*)*)\n+")
RAISED = re.compile(r"(?m)^(?:[\w.]+\.)?\w*Error\b")


@dataclass(frozen=True)
class Entry:
    """One error or warning: what Python prints, why, the code that fails and the fixed code."""

    path: Path
    title: str
    cause: str
    see: tuple[str, ...]
    when: str
    recorded: str
    script: str
    also: tuple[tuple[str, str], ...]
    message: str
    failing: str
    fixed: str

    @property
    def slug(self) -> str:
        """The entry's anchor, which stays when the order changes."""
        return re.sub(r"^\d+_", "", self.path.stem).replace("_", "-")

    @property
    def here(self) -> bool:
        """Whether this machine can raise the message."""
        known = {"torch": torch, "importlib": importlib, "sys": sys}
        return eval(self.when, known) if self.when else not self.recorded


def read(path: Path) -> Entry:
    """Take a file apart."""
    text = path.read_text(encoding="utf-8")
    opening = ast.parse(text).body[0]
    failing, fixed = "\n".join(text.splitlines()[opening.end_lineno :]).split("\n# %%\n")
    title, cause, rest = ast.literal_eval(opening.value).split("\n\n", 2)
    fields: dict[str, list[str]] = {name: [] for name in ("see", "when", "recorded", "run", "also")}
    while field := FIELD.match(rest):
        fields[field[1]].append(" ".join(field[2].split()))
        rest = rest[field.end() :]
    return Entry(
        path=path,
        title=title,
        cause=" ".join(cause.split()),
        see=tuple(" ".join(fields["see"]).split()),
        when="".join(fields["when"]),
        recorded="".join(fields["recorded"]),
        script="".join(fields["run"]),
        also=tuple(tuple(form.split(" | ")) for form in fields["also"]),
        message=" ".join(rest.split()),
        failing=failing.strip(),
        fixed=fixed.strip(),
    )


def entries(group: str) -> list[Entry]:
    """Read a group's entries, in the order of the page."""
    return [read(path) for path in sorted((FOLDER / group).glob("*.py"))]


def for_the_checker() -> str:
    """Write the file of the entries whose error an attempt at an exercise may raise."""
    lines = ["# Title and cause of entries in docs/errors. Written by docs/_ext/error_snippets.py."]
    for group in GROUPS:
        for entry in entries(group):
            raised = re.match(r"[\w.]*Error: ", entry.message)  # not a warning
            wanted = group in IN_EXERCISES and entry.slug not in NOT_IN_EXERCISES
            if raised and (wanted or entry.slug in ALSO_IN_EXERCISES):
                texts = json.dumps([entry.title, entry.cause], ensure_ascii=False)
                lines.append(f"{entry.slug} = {texts}")
    return "\n".join(lines) + "\n"


def run(entry: Entry) -> tuple[str, str]:
    """Run the failing code, then the fixed code; return the message and what is printed then.

    Raises:
        ValueError: if the message is no longer the one in the entry's file.
    """
    names = {"__name__": entry.slug}
    with alone():
        message = entry.message
        if entry.here:
            message = outcome_of_script(entry) if entry.script else outcome(entry.failing, names)
            if " ".join(message.split()) != entry.message:
                raise ValueError(f"{entry.path}: the message is now\n{message}")
        elif entry.when and not entry.script:
            outcome(entry.failing, names)  # the fixed code may need its names
        warnings.simplefilter("error")
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(compile(entry.fixed, f"{entry.slug}, fixed", "exec"), names)
    return message, printed.getvalue().rstrip()


def outcome(code: str, names: dict) -> str:
    """Run code that fails; return its error, or else its only warning, as Python prints it."""
    with warnings.catch_warnings(record=True) as warned, contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("always")
        try:
            exec(compile(code, "failing", "exec"), names)
        except Exception as error:
            return clean("".join(traceback.format_exception_only(error)))
    if not warned:
        return "nothing was raised"
    return "\n".join(dict.fromkeys(clean(f"{w.category.__name__}: {w.message}") for w in warned))


def outcome_of_script(entry: Entry) -> str:
    """Run code that fails in a new Python without packages, in an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        source = ["-c", entry.failing] if entry.script == "-c" else [entry.script]
        Path(folder, source[0]).write_text(entry.failing, encoding="utf-8")
        command = [sys.executable, "-BESs", *source]
        ended = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8")
        printed = clean(ended.stderr)
    starts = [found.start() for found in RAISED.finditer(printed)]
    return printed[starts[-1] :] if starts else "nothing was raised"


def clean(message: str) -> str:
    """Remove colours, and what another machine, version or run would print differently."""
    message = re.sub(r"\x1b\[\d*m", "", message)
    message = re.sub(r" \(Triggered internally at .*?\)", "", message)
    message = re.sub(r"(?m)\. Did you (?:mean:? '|forget to import ').*?'\??$", "", message)
    message = re.sub(r"\b0x[0-9a-f]+", "0x...", message)
    message = re.sub(r"(<module '__main__') \(.*\)>", r"\1>", message)
    message = re.sub(r"(?<![\w:/.])/(?:[\w.-]+/)+", "", message)  # folders, not addresses
    return "\n".join(line.rstrip() for line in message.expandtabs(4).strip().splitlines())


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Let code start from the same seed, see each warning, and leave no trace."""
    always = torch.is_warn_always_enabled()
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
        torch.manual_seed(0)
        torch.set_warn_always(True)
        try:
            yield
        finally:
            torch.set_warn_always(always)


if __name__ == "__main__":
    FOR_THE_CHECKER.write_text(for_the_checker(), encoding="utf-8")
