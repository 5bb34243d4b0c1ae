"""Directives that show an exercise's hints and its reference solution, folded."""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx_design.shared import create_component

from pytorch_rl_basics.exercises import get_exercise, solution


def dropdown(title: str, *body: nodes.Node, kind: str) -> nodes.container:
    """A closed sphinx-design dropdown, which HTML shows as a `<details>`."""
    box = create_component(
        "dropdown",
        opened=False,
        type="dropdown",
        has_title=True,
        icon=None,
        chevron=None,
        container_classes=["exercise-fold", f"exercise-{kind}"],
        title_classes=[],
        body_classes=[],
    )
    box += nodes.rubric("", title)
    box += body
    return box


def prose(text: str) -> nodes.paragraph:
    """A paragraph in which single backticks mark code."""
    paragraph = nodes.paragraph()
    for i, part in enumerate(text.split("`")):
        paragraph += nodes.literal("", part) if i % 2 else nodes.Text(part)
    return paragraph


class ExerciseDirective(SphinxDirective):
    """A directive whose arguments are names of exercises."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Build the dropdowns of every exercise named."""
        try:
            exercises = [get_exercise(name) for name in self.arguments[0].split()]
        except KeyError as error:
            raise self.error(error.args[0]) from error
        return [box for exercise in exercises for box in self.boxes(exercise.name, exercise.hints)]


class ExerciseHints(ExerciseDirective):
    """`.. exercise-hints:: NAME`: one dropdown per hint, from the idea to the line."""

    def boxes(self, name: str, hints: tuple[str, ...]) -> list[nodes.Node]:
        """Number the hints."""
        return [
            dropdown(f"Hint {number}", prose(hint), kind="hint")
            for number, hint in enumerate(hints, start=1)
        ]


class ExerciseSolution(ExerciseDirective):
    """`.. exercise-solution:: NAME ...`: the source of the reference."""

    def boxes(self, name: str, hints: tuple[str, ...]) -> list[nodes.Node]:
        """Highlight the source; if there are several solutions, put the name into each title."""
        code = str(solution(name))
        title = f"Solution: {name}" if len(self.arguments[0].split()) > 1 else "Solution"
        return [
            dropdown(title, nodes.literal_block(code, code, language="python"), kind="solution")
        ]


def setup(app: Sphinx) -> dict:
    """Register the directives."""
    app.add_directive("exercise-hints", ExerciseHints)
    app.add_directive("exercise-solution", ExerciseSolution)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
