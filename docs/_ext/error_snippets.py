"""The error index's entries: one file each, with failing code, its message and the cure.

The numbers in the names of the files are the order on the page. A file reads::

    '''A piece of the message, which is the entry's title

    The cause in one sentence.

    see: pages that explain it, apart by spaces, if there are any
    when: a Python expression, if the message depends on the machine

    The whole message, as Python prints it.
    '''
    code that fails

    # %%
    code that mends it, with the names of the code above
"""

import ast
import contextlib
import importlib.util
import io
import re
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

FOLDER = Path(__file__).parents[1] / "errors"
GROUPS = {
    "autograd": "Autograd",
    "shapes": "Shapes",
    "devices": "Devices",
    "dtypes": "Dtypes and conversions",
    "modules": "Modules and optimizers",
    "sampling": "Sampling",
    "saving": "Saving and loading",
    "environments": "Environments",
}


@dataclass(frozen=True)
class Entry:
    """One error or warning: what Python prints, why, and the code that brings and mends it."""

    path: Path
    title: str
    cause: str
    see: tuple[str, ...]
    when: str
    message: str
    failing: str
    mended: str

    @property
    def slug(self) -> str:
        """The entry's anchor, which stays when the order changes."""
        return re.sub(r"^\d+_", "", self.path.stem).replace("_", "-")

    @property
    def here(self) -> bool:
        """Whether this machine can show the message."""
        return not self.when or eval(self.when, {"torch": torch, "importlib": importlib})


def read(path: Path) -> Entry:
    """Take a file apart."""
    text = path.read_text()
    opening = ast.parse(text).body[0]
    code = "".join(text.splitlines(keepends=True)[opening.end_lineno :])
    failing, mended = code.split("# %%\n")
    title, cause, rest = ast.literal_eval(opening.value).split("\n\n", 2)
    fields = {"see": "", "when": ""}
    while field := re.match(r"(see|when): (.*)\n+", rest):
        fields[field[1]] = field[2]
        rest = rest[field.end() :]
    return Entry(
        path=path,
        title=title,
        cause=" ".join(cause.split()),
        see=tuple(fields["see"].split()),
        when=fields["when"],
        message=" ".join(rest.split()),
        failing=failing.strip(),
        mended=mended.strip(),
    )


def entries(group: str) -> list[Entry]:
    """Read a group's entries, in the order of the page."""
    return [read(path) for path in sorted((FOLDER / group).glob("*.py"))]


def run(entry: Entry) -> tuple[str, str]:
    """Run the failing code, then the cure; give the message and what the cure prints.

    Raises:
        ValueError: if the message is no longer the one in the entry's file.
    """
    names = {"__name__": entry.slug}
    with alone():
        message = outcome(entry.failing, names)
        if not entry.here:
            message = entry.message
        elif " ".join(message.split()) != entry.message:
            raise ValueError(f"{entry.path}: the message is now\n{message}")
        warnings.simplefilter("error")
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(compile(entry.mended, f"{entry.slug}, mended", "exec"), names)
    return message, printed.getvalue().rstrip()


def outcome(code: str, names: dict) -> str:
    """Run code that fails; give its error, or else its only warning, as Python prints it."""
    with warnings.catch_warnings(record=True) as warned, contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("always")
        try:
            exec(compile(code, "failing", "exec"), names)
        except Exception as error:
            return clean("".join(traceback.format_exception_only(error)))
    if not warned:
        return "nothing was raised"
    return "\n".join(dict.fromkeys(clean(f"{w.category.__name__}: {w.message}") for w in warned))


def clean(message: str) -> str:
    """Remove colours, and what another machine or run would print otherwise."""
    message = re.sub(r"\x1b\[\d*m", "", message)
    message = re.sub(r" \(Triggered internally at .*?\)", "", message)
    message = re.sub(r"\b0x[0-9a-f]+", "0x...", message)
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
