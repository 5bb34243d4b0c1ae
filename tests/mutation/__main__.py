"""Break the library in small ways, one at a time, and count how often a test notices.

What is broken: mutmut's operators (operators, numbers, strings, arguments, assignments, …), and
the slips of this field: a call, a statement, a decorator or a context manager left out. mutmut's
own runner leaves decorated functions alone, which here are nearly all; so each mutant runs in a
fork of this process, which has imported torch once, before the library.

``survivors.toml`` lists the mutants that may live, each with the reason.
"""

import argparse
import difflib
import gc
import importlib.abc
import importlib.machinery
import importlib.util
import os
import resource
import signal
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType, ModuleType
from typing import NamedTuple

import hypothesis  # noqa: F401 (so that the forks have it)
import libcst as cst
import libcst.matchers as m
import numpy as np  # noqa: F401
import pytest
import torch
from mutmut.mutation.mutators import mutation_operators

ROOT = Path(__file__).parents[2]
PACKAGE = "pytorch_rl_basics"
SOURCE = ROOT / "src" / PACKAGE
LEFT_OUT = {"runs", "video"}  # they only import
TESTED = {path.stem.removeprefix("test_") for path in (ROOT / "tests").glob("test_*.py")} - LEFT_OUT
MODULES = sorted(path.stem for path in SOURCE.glob("*.py") if path.stem.strip("_") in TESTED)
EVERYWHERE = ("tests/test_validation.py", "tests/test_properties.py")
LISTED = Path(__file__).with_name("survivors.toml")
WANTED = 0.9  # killed, of all mutants
LIMIT = 60.0  # CPU seconds; the tests of a module take less than 10
PLUGINS_LEFT_OUT = ("cacheprovider", "cov", "xdist")
PYTEST = ("-x", "-q", "--assert=plain", *(f"-pno:{name}" for name in PLUGINS_LEFT_OUT))


class Mutant(NamedTuple):
    """A module with one thing changed."""

    module: str
    line: int
    name: str  # "module.function: before -> after", of the lines that differ
    source: str


# -- what is broken ---------------------------------------------------------------------------

LIBRARIES = {"torch", "F", "nn", "math", "re", "inspect", "functools"}
UNTOUCHED = (cst.Annotation, cst.Decorator, cst.Import, cst.ImportFrom)
TYPING = m.Assign(value=m.Call(func=m.Name("ParamSpec") | m.Name("TypeVar")))


def without_call(node: cst.Call) -> Iterator[cst.BaseExpression]:
    """Leave a call out: ``x.detach()`` becomes ``x``, ``torch.exp(x)`` as well."""
    if not isinstance(node.func, cst.Attribute):
        return
    if not m.matches(node.func.value, m.OneOf(*map(m.Name, LIBRARIES))):
        yield node.func.value
    elif node.args:
        yield node.args[0].value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def without_statement(node: cst.SimpleStatementLine) -> Iterator[cst.SimpleStatementLine]:
    """Leave a statement out that is a call or raises."""
    if m.matches(node, m.SimpleStatementLine(body=[m.Expr(value=m.Call()) | m.Raise()])):
        yield node.with_changes(body=[cst.Pass()])


def without_decorator(node: cst.FunctionDef) -> Iterator[cst.FunctionDef]:
    """Leave each decorator out, and each of its arguments."""
    for i, decorator in enumerate(node.decorators):
        others = [*node.decorators[:i], *node.decorators[i + 1 :]]
        yield node.with_changes(decorators=others)
        arguments = getattr(decorator.decorator, "args", ())
        for k in range(len(arguments)):
            fewer = [*arguments[:k], *arguments[k + 1 :]]
            weaker = decorator.with_deep_changes(decorator.decorator, args=fewer)
            yield node.with_deep_changes(decorator, decorator=weaker.decorator)


def without_context(node: cst.With) -> Iterator[cst.If]:
    """Leave a context manager out: ``with torch.no_grad():`` becomes ``if True:``."""
    yield cst.If(test=cst.Name("True"), body=node.body, leading_lines=node.leading_lines)


OPERATORS = (
    *mutation_operators,
    (cst.Call, without_call),
    (cst.SimpleStatementLine, without_statement),
    (cst.FunctionDef, without_decorator),
    (cst.With, without_context),
)


class Places(cst.CSTVisitor):
    """Collect what can be changed, and in which function; types and docstrings are left alone."""

    METADATA_DEPENDENCIES = (cst.metadata.PositionProvider,)

    def __init__(self) -> None:
        super().__init__()
        self.scopes: list[str] = []
        self.found: list[tuple[str, int, cst.CSTNode, cst.CSTNode]] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        """Note the ways to change a node; go on into it unless it says nothing but types."""
        if isinstance(node, UNTOUCHED) or m.matches(node, TYPING):
            return False
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self.scopes.append(node.name.value)
        line = self.get_metadata(cst.metadata.PositionProvider, node).start.line
        for kind, operator in OPERATORS:
            if isinstance(node, kind):
                scope = ".".join(self.scopes)
                self.found += [(scope, line, node, changed) for changed in operator(node)]
        return True

    def on_leave(self, node: cst.CSTNode) -> None:
        """Leave a scope."""
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self.scopes.pop()


def mutants(module: str) -> Iterator[Mutant]:
    """Give each way to break a module once."""
    source = path_of(module).read_text()
    tree = cst.metadata.MetadataWrapper(cst.parse_module(source))
    places = Places()
    tree.visit(places)
    seen = {source}
    for function, line, node, changed in places.found:
        broken = tree.module.deep_replace(node, changed).code
        if broken not in seen:
            seen.add(broken)
            name = f"{module}.{function}: {_change(source, broken)}"
            yield Mutant(module, line, name, broken)


def path_of(module: str) -> Path:
    """Give the file of a module."""
    return SOURCE / f"{module}.py"


def _change(source: str, broken: str) -> str:
    """Show the lines that differ, before and after, without their comments."""
    lines = list(difflib.ndiff(source.splitlines(), broken.splitlines()))
    before, after = (
        " ".join(line[2:].split("  # ")[0].strip() for line in lines if line.startswith(sign))
        for sign in "-+"
    )
    return f"{before} -> {after or '(nothing)'}"


# -- whether it is noticed --------------------------------------------------------------------


class Broken(importlib.machinery.SourceFileLoader, importlib.abc.MetaPathFinder):
    """Import one module of the package from changed source."""

    def __init__(self, mutant: Mutant) -> None:
        super().__init__(f"{PACKAGE}.{mutant.module}", str(path_of(mutant.module)))
        self.source = mutant.source

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Answer for this one module."""
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(name, self.path, loader=self)

    def get_code(self, fullname: str) -> CodeType:
        """Compile what the file does not say."""
        return compile(self.source, self.path, "exec", dont_inherit=True)


def tests_of(module: str) -> list[str]:
    """Give the tests that a change of a module should stop, its own first."""
    own = f"tests/test_{module.strip('_')}.py"
    return list(dict.fromkeys([own, str(path_of(module)), *EVERYWHERE]))


def begin(mutant: Mutant) -> int:
    """Run a mutant's tests in a fork, and give the number of the process."""
    if pid := os.fork():
        return pid
    signal.setitimer(signal.ITIMER_PROF, LIMIT)  # an endless loop ends by SIGPROF
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    sys.meta_path.insert(0, Broken(mutant))
    os._exit(pytest.main([*PYTEST, *tests_of(mutant.module)]))


def survivors(candidates: Sequence[Mutant], processes: int) -> Iterator[Mutant]:
    """Run the tests on each mutant, and give those that pass them all."""
    waiting, running = list(reversed(candidates)), {}
    while waiting or running:
        while waiting and len(running) < processes:
            mutant = waiting.pop()
            running[begin(mutant)] = mutant
            if waiting and len(waiting) % 100 == 0:
                print(f"{len(waiting)} to go", flush=True)
        process, status = os.wait()
        mutant = running.pop(process)
        if status == 0:
            yield mutant


def warm_up() -> None:
    """Do once, before the forks, what is slow the first time."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))])
    gc.freeze()  # garbage collection in a fork would copy all that has been imported


def listed(modules: Sequence[str]) -> dict[str, str]:
    """Give the mutants of these modules that may live, each with the reason."""
    return {
        name: entry["why"]
        for entry in tomllib.loads(LISTED.read_text())["survivors"]
        for name in entry["mutants"]
        if name.split(".")[0] in modules
    }


def report(modules: Sequence[str], candidates: Sequence[Mutant], alive: Sequence[Mutant]) -> int:
    """Print what lives and why, and the score; 0 if it suffices and the list is exact."""
    reasons = listed(modules)
    for mutant in alive:
        why = reasons.get(mutant.name, "NO REASON LISTED")
        print(f"{mutant.name}\n    lives, line {mutant.line}: {why}")
    outdated = reasons.keys() - {mutant.name for mutant in alive}
    for name in sorted(outdated):
        print(f"{name}\n    is listed, but DOES NOT LIVE")

    print(f"\n{'':14}{'mutants':>8}{'killed':>8}")
    for module in (*modules, ""):
        total, left = (
            sum(module in ("", mutant.module) for mutant in found) for found in (candidates, alive)
        )
        score = 1 - left / total
        print(f"{module or 'all':14}{total:8}{total - left:8}{score:8.1%}")
    unlisted = {mutant.name for mutant in alive} - reasons.keys()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{len(unlisted)} alive and not listed, {len(outdated)} listed and not alive")
    print(f"{used.ru_utime + used.ru_stime:.0f} CPU seconds")
    return int(score < WANTED or bool(unlisted or outdated))


def main() -> int:
    """Break each module in each way, and report what lived; 0 if all is well."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", default=MODULES, help="default: all")
    parser.add_argument("--processes", type=int, default=os.cpu_count(), help="default: all cores")
    options = parser.parse_args()
    os.chdir(ROOT)
    warm_up()
    unbroken = [Mutant(module, 0, "", path_of(module).read_text()) for module in options.modules]
    if len(list(survivors(unbroken, options.processes))) < len(unbroken):
        print("The tests do not pass as they are: see `nox -s tests`.")
        return 1
    candidates = [mutant for module in options.modules for mutant in mutants(module)]
    alive = list(survivors(candidates, options.processes))
    return report(options.modules, candidates, alive)


if __name__ == "__main__":
    sys.exit(main())
