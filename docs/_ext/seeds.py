"""Which random seeds a page's code names."""

import ast
from collections.abc import Iterable, Iterator


def seeds(code: str) -> set[int]:
    """Find the numbers that code gives to seed functions, to ``seed=``, and to loops over seeds."""
    tree = ast.parse(code)
    constants = {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }
    return {seed for node in ast.walk(tree) for seed in _seeds_of(node, constants)}


def _seeds_of(node: ast.AST, constants: dict[str, object]) -> Iterator[int]:
    match node:
        case ast.Call(
            func=ast.Attribute(attr="seed" | "manual_seed"), args=[ast.Constant(value=int(seed))]
        ):
            yield seed
        case ast.keyword(arg="seed", value=ast.Constant(value=int(seed))):
            yield seed
        case (
            ast.comprehension(target=ast.Name(id="seed"), iter=several)
            | ast.For(target=ast.Name(id="seed"), iter=several)
        ):
            yield from _numbers(several, constants)


def _numbers(several: ast.expr, constants: dict[str, object]) -> Iterable[int]:
    match several:
        case ast.Tuple(elts=elements):
            return [e.value for e in elements if isinstance(e, ast.Constant)]
        case ast.Call(func=ast.Name(id="range"), args=[stop]):
            number = constants.get(stop.id) if isinstance(stop, ast.Name) else stop.value
            return range(number) if isinstance(number, int) else ()
    return ()


def in_words(found: set[int]) -> str:
    """Write seeds in order, neighbours as a range: ``0–4, 1000``."""
    runs: list[list[int]] = []
    for seed in sorted(found):
        if runs and seed == runs[-1][-1] + 1:
            runs[-1].append(seed)
        else:
            runs.append([seed])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
