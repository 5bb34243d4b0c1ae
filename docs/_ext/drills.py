"""Drills: wrong programs in which the reader finds the bug, and a test over the whole course.

The directive `drill KIND` has four kinds: `bugs NAME` (of exercises, below their solution), `mixed`
(the bugs of all exercises), `test` (bugs, predictions and shapes) and `progress` (what is done).
What the checker saw is recorded where the pages of mistakes are read, and the predictions where
their pages are read: nothing is run again.
"""

import random
import re
import tomllib
from collections.abc import Iterator
from difflib import SequenceMatcher
from html import escape
from pathlib import Path

from docutils import nodes
from interactive import FIRST, as_json, load, place
from mistake_pages import difference, heading
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from pytorch_rl_basics.checker.edits import FORGOTTEN_RETURN, Form, Mistake
from pytorch_rl_basics.exercises import EXERCISES, check_of

SHAPES = Path(__file__).parents[1] / "shapes.toml"
DATA = "drill_data.js"  # all questions, for the pages that mix them
MOST = 12  # bugs of an exercise
OPTIONS = 4
TYPES = ("the result is:", "its entries are:")  # begins of facts about types
TRUE_TOO = {  # of a mistake's program: what these others say, as readers may understand it
    "cubic_gradient/number-instead-of-tensor": "not-watched",
    "build_mlp/no-relu": "relu-in-the-wrong-place",
    "build_mlp/another-activation": "relu-in-the-wrong-place no-relu",
    "sample_actions/every-row-with-every-action": "values-of-all-actions",
    "fit_random_targets/backward-twice": "another-loss",
    "fit_random_targets/own-network": "own-optimizer loss-cut-from-the-network",
    "sum_gradient/wrapped-in-a-new-leaf": "copy-not-watched",
    "train_with_target/all-batches-at-once": "next-batch-taken-early",
    "train_step/update-by-hand": "no-step",
    "td_target/mask-inverted": "no-mask",
    "polyak_update/shares-swapped": "target-not-shrunk",
    "polyak_update/hard-copy": "target-not-shrunk target-forgotten",
    "polyak_update/memory-shared": "target-not-shrunk target-forgotten a-name-rebound",
    "polyak_update/model-moved-instead": "model-changed-too",
    "discounted_returns/past-instead-of-future": "running-total",
    "discounted_returns/running-total": "past-instead-of-future discounted-from-the-start",
    "discounted_returns/rewards-not-added-up": "discounted-from-the-start",
    "gae/mask-inverted": "nothing-after-the-last-row",
    "gae/end-of-another-step": "last-step-masked",
    "gae/errors-not-added-up": "no-lambda",
}
QUOTED = re.compile(r"`([^`]+)`")


def changes(form: Form) -> list[tuple[str, int, int, int, int]]:
    """Give what an edit changed, line by line, as difflib does."""
    matcher = SequenceMatcher(None, form.right.splitlines(), form.source.splitlines())
    return [change for change in matcher.get_opcodes() if change[0] != "equal"]


def faults(form: Form) -> list[str]:
    """Name the places at fault: `line 2` of the wrong program, or `gap 2`, after two lines."""
    places = []
    for kind, _, _, first, last in changes(form):
        lines = [f"line {line}" for line in range(first, last)]
        places += [f"gap {first}"] if kind == "delete" else lines
    return places


def edits(mistake: Mistake) -> set[tuple[int, str]]:
    """Give each changed line of the right program, with what came in its place."""
    form = mistake.forms[0]
    wrong = form.source.splitlines()
    return {
        (line, "\n".join(wrong[first:last]))
        for _, start, end, first, last in changes(form)
        for line in range(start, max(end, start + 1))
    }


def chosen(mistakes: tuple[Mistake, ...]) -> list[Mistake]:
    """Choose the mistakes to ask for: edits of code of some lines, those seen in public first."""
    fitting = [
        mistake
        for mistake in mistakes
        if mistake.forms[0].right
        and mistake.slug != FORGOTTEN_RETURN
        and mistake.forms[0].source.count("\n") > 2
    ]
    public = sorted(fitting, key=lambda mistake: not mistake.seen.startswith("http"))[:MOST]
    return [mistake for mistake in fitting if mistake in public]


def signs(code: str) -> set[str]:
    """Give the words and signs of code."""
    return set(re.findall(r"[\w.]*\d[\w.]*|\w+|[^\w\s]", code))


def distractors(name: str, mistake: Mistake, reports: dict[str, list[str]]) -> list[Mistake]:
    """Choose mistakes that the program does not make.

    A mistake with the same wrong fact may be true of the program, and so may any mistake about a
    type, if the program returns another type, and those of TRUE_TOO. Those come first that name
    nothing that is missing from the program and its right code. Of them, those that get the same
    fact wrong in another way, and those of the same lines.
    """
    form = mistake.forms[0]
    _, *wrong = reports[mistake.slug]  # got, expected

    def alike(other: Mistake) -> bool:
        _, *facts = reports[other.slug]
        return facts == wrong or (facts[1] == wrong[1] and wrong[1].startswith(TYPES))

    true = TRUE_TOO.get(f"{name}/{mistake.slug}", "").split()
    lines = {line for line, _ in edits(mistake)}
    words = signs(form.right + form.source)
    others = [
        other
        for other in check_of(name).mistakes
        if not alike(other)
        and other.slug not in true
        and heading(other) != heading(mistake)
        and not (other.forms[0].right == mistake.forms[0].right and edits(other) <= edits(mistake))
        and other.slug != FORGOTTEN_RETURN
    ]
    random.Random(mistake.slug).shuffle(others)
    others.sort(
        key=lambda other: (
            not signs(" ".join(QUOTED.findall(heading(other)))) <= words,
            reports[other.slug][2] != wrong[1],
            lines.isdisjoint(line for line, _ in edits(other)),
        )
    )
    return others[: OPTIONS - 1]


def bugs(env: BuildEnvironment, name: str) -> Iterator[dict]:
    """Make the questions of an exercise."""
    reports = env.metadata[f"mistakes/{name}"]["reports"]
    for mistake in chosen(check_of(name).mistakes):
        form = mistake.forms[0]
        options = [heading(one) for one in [mistake, *distractors(name, mistake, reports)]]
        random.Random(mistake.slug).shuffle(options)
        anchor = nodes.make_id(f"{name}-{mistake.slug}")
        see = {f"mistakes/{name}.html#{anchor}": f"Mistakes in {name}"}
        if mistake.explained_in:
            see[f"{mistake.explained_in}.html"] = env.titles[mistake.explained_in].astext()
        yield {
            "id": f"{name}/{mistake.slug}",
            "page": EXERCISES[name].page,
            "title": env.titles[EXERCISES[name].page].astext(),
            "lines": form.source.rstrip().split("\n"),
            "faults": faults(form),
            "facts": dict(zip(("called", "got", "expected"), reports[mistake.slug], strict=True)),
            "options": options,
            "right": options.index(heading(mistake)),
            "diff": difference(form, fix=True).split("\n"),
            "why": f"{mistake.misconception} One fix: {mistake.fix}",
            "see": see,
        }


def shapes(env: BuildEnvironment) -> Iterator[dict]:
    """Make questions for shapes: the code is run, and its shape is the right option."""
    for slug, (page, code, *wrong, why) in tomllib.loads(SHAPES.read_text("utf-8")).items():
        scope: dict = {}
        exec("import torch\nimport torch.nn.functional as F\nfrom torch import nn", scope)
        before, _, last = code.rpartition("\n")
        exec(before, scope)
        right = tuple(eval(last, scope).shape)
        options = [f"`{shape}`" for shape in sorted({f"{right}", *wrong})]
        if len(options) != len(wrong) + 1:
            raise ValueError(f"{SHAPES}, {slug}: a wrong option is right or is there twice")
        yield {
            "id": f"shapes/{slug}",
            "page": page,
            "title": env.titles[page].astext(),
            "code": code,
            "question": "What is the shape of the last line?",
            "options": options,
            "right": options.index(f"`{right}`"),
            "reasons": [why],
        }


def predictions(env: BuildEnvironment) -> Iterator[dict]:
    """Collect the questions of the pages."""
    for page, metadata in sorted(env.metadata.items()):
        for question in metadata.get("predictions", ()):
            yield question | {"page": page, "title": env.titles[page].astext()}


def questions(env: BuildEnvironment) -> dict[str, list[dict]]:
    """Make all questions, in the order of the course."""
    return {
        "bugs": [bug for name in EXERCISES for bug in bugs(env, name)],
        "predictions": list(predictions(env)),
        "shapes": list(shapes(env)),
    }


def write_data(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Write all questions, before Sphinx reads the file's checksum; return the pages that ask."""
    path = Path(app.outdir, "_static", DATA)
    path.parent.mkdir(parents=True, exist_ok=True)
    asked = questions(env)
    asked["predictions"] = [one for one in asked["predictions"] if one["given"] is not None]
    path.write_text(f"const drillData = {as_json(asked)};\n", encoding="utf-8")
    return [page for page, metadata in env.metadata.items() if "drill" in metadata]


class Drill(nodes.General, nodes.Element):
    """The place of a drill: of a kind, or of the bugs of exercises."""


class DrillDirective(SphinxDirective):
    """`drill KIND`; its content is what the page shows where scripts do not run."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Keep a place for the drill, and load its scripts."""
        kind, *names = self.arguments[0].split()
        files = [SHAPES, *(EXERCISES[name].folder / "mistakes.toml" for name in names)]
        for file in files:
            self.env.note_dependency(str(file))
        figure = "progress" if kind == "progress" else "drill"
        questions = [DATA] if kind in ("mixed", "test") else []
        load(self.env, FIRST, *questions, f"interactive/{figure}.js")
        if kind != "bugs":
            self.env.metadata[self.env.docname]["drill"] = kind
        return [Drill("", *self.parse_content_to_nodes(), kind=kind, names=names, figure=figure)]


def static(bug: dict) -> str:
    """Write a bug for browsers without scripts: the program, then a fold with the answer."""
    facts = "\n".join(f"{name}: {value}" for name, value in bug["facts"].items())
    answer = f"<pre>{escape(chr(10).join(bug['diff']))}</pre><p>{escape(bug['why'])}</p>"
    return (
        f"<li><pre>{escape(chr(10).join(bug['lines']))}</pre><pre>{escape(facts)}</pre>"
        f"<details><summary>Show the bug</summary>{answer}</details></li>"
    )


def fill_places(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Write the questions into the places, once all pages are read."""
    for drill in list(doctree.findall(Drill)):
        of_page = [bug for name in drill["names"] for bug in bugs(app.env, name)]
        data: dict = {"kind": drill["kind"], "bugs": of_page}
        if drill["kind"] == "progress":
            data = {name: len(every) for name, every in questions(app.env).items()}
            known = app.env.metadata  # in the order in which processes read the pages
            data["tools"] = sorted(page for page in known if "drill" in known[page])
        listed = f"<ol>{''.join(map(static, of_page))}</ol>" if of_page else ""
        content = [nodes.raw("", listed, format="html"), *drill.children]
        drill.replace_self(place(drill["figure"], as_json(data), *content, kind=" drill"))


def setup(app: Sphinx) -> dict:
    """Add the directive, and hook into the build."""
    app.add_node(Drill)
    app.add_directive("drill", DrillDirective)
    app.connect("env-updated", write_data)
    app.connect("doctree-resolved", fill_places)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
