"""Directives for what the package holds: a module's functions, an exercise's hints and solution."""

import inspect
from importlib import import_module
from textwrap import indent

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import pytorch_rl_basics
from pytorch_rl_basics.exercises import get_exercise, solution


def fold(title: str, kind: str, body: str) -> str:
    """Write a closed dropdown."""
    options = f"   :class-container: exercise-fold exercise-{kind}"
    return f".. dropdown:: {title}\n{options}\n\n{indent(body, '   ')}\n\n"


class ExerciseDirective(SphinxDirective):
    """`.. exercise-hints::` and `.. exercise-solution::`, with the names of exercises."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Write the dropdowns of every exercise named, and below solutions the wrong programs."""
        try:
            exercises = [get_exercise(name) for name in self.arguments[0].split()]
        except KeyError as error:
            raise self.error(error.args[0]) from error
        text = ""
        for exercise in exercises:
            if self.name == "exercise-hints":  # from the idea to the line
                for number, hint in enumerate(exercise.hints, start=1):
                    text += fold(f"Hint {number}", "hint", hint.replace("`", "``"))
            else:
                title = f"Solution: {exercise.name}" if len(exercises) > 1 else "Solution"
                code = indent(str(solution(exercise.name)), "   ")
                text += fold(title, "solution", f".. code-block:: python\n\n{code}")
        if self.name == "exercise-solution":  # wrong programs show most of it
            text += fold("Spot the bug", "bugs", f".. drill:: bugs {self.arguments[0]}")
        return self.parse_text_to_nodes(text)


class ModuleReference(SphinxDirective):
    """`.. module-reference:: MODULE`: the public functions and networks that a module defines."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Let autodoc document them, in the order of the source."""
        text = ""
        for name, value in vars(import_module(f"pytorch_rl_basics.{self.arguments[0]}")).items():
            if name in pytorch_rl_basics.__all__ and value.__module__.endswith(self.arguments[0]):
                network = inspect.isclass(value)
                text += f".. auto{'class' if network else 'function'}:: {name}\n"
                text += "   :members: forward\n" * network
        return self.parse_text_to_nodes(f"```{{eval-rst}}\n{text}```")


def setup(app: Sphinx) -> dict:
    """Register the directives."""
    for name in ("exercise-hints", "exercise-solution"):
        app.add_directive(name, ExerciseDirective)
    app.add_directive("module-reference", ModuleReference)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
