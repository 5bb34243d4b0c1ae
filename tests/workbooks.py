"""The pages that ask for a function, as a learner fills them in."""

import ast
import builtins
import importlib
import inspect
import re
import symtable

IMPORTED = {"torch", "nn", "F"}  # by the cell of the attempt


def is_stub(node):
    """Tell whether a statement is a function left for the learner to write."""
    return isinstance(node, ast.FunctionDef) and ast.unparse(node.body[-1]).startswith(
        "raise NotImplementedError"
    )


def asked(source):
    """Give, for each exercise that a page asks for, the stub and the statement that checks it."""
    tree = ast.parse(source)
    stubs = {node.name: node for node in tree.body if is_stub(node)}
    found = {}
    for statement in tree.body:
        for call in ast.walk(statement):
            match call:
                case ast.Call(ast.Name("check"), [ast.Name(stub), *name]) if stub in stubs:
                    exercise = name[0].value if name else stub
                    found.setdefault(exercise, (stubs[stub], statement))
    return found


def names_from_outside(source):
    """Give the names that a definition reads and does not make itself."""
    tables, names, own = [symtable.symtable(source, "attempt", "exec")], set(), set()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        if table.get_type() == "module":
            own = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned()}
        names |= {
            symbol.get_name()
            for symbol in table.get_symbols()
            if symbol.is_referenced() and (symbol.is_global() or table.get_type() == "module")
        }
    return names - own - set(vars(builtins))


def right_attempts(exercise):
    """Give name and source of each right answer of the learners that needs no other import."""
    learners = importlib.import_module(f"learners.{exercise}").RIGHT
    sources = [inspect.getsource(attempt) for attempt in learners]
    return {
        ast.parse(source).body[0].name: source
        for source in sources
        if names_from_outside(source) <= IMPORTED
    }


def filled(page, exercise, attempt):
    """Write an attempt, (name, source), in place of a page's stub; say where its check ends."""
    name, source = attempt
    stub, checked = asked(page)[exercise]
    lines = page.splitlines()
    own = re.sub(rf"(?<![.\w]){name}\b", stub.name, source.rstrip()).splitlines()
    lines[stub.lineno - 1 : stub.end_lineno] = own
    end = checked.end_lineno + len(own) - (stub.end_lineno - stub.lineno + 1)
    return lines, end


def run_to_the_check(page, exercise, attempt):
    """Execute a page with an attempt in place of its stub, until it was checked."""
    lines, end = filled(page, exercise, attempt)
    exec(compile("\n".join(lines[:end]), "page", "exec"), {"__name__": "page"})


def cells(page):
    """Split a page as its notebook is split."""
    return re.split(r"(?m)^# %%.*$", page)
