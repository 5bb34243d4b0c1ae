"""Directives that ask the reader to predict an output; the output decides which option is right.

`predict` comes before a cell: a question, and a list of what the cell might print. `predict-why`
comes after it: a reason for each option, in the same order. The page shows the code and the options
as radio buttons, and folds the output together with the reasons. It needs no JavaScript.
"""

from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import SphinxDirective

KINDS = ("predict-wrong", "predict-right")


def right_option(options: list[str], output: str, after: str = "") -> int:
    """Find the option that was printed: all of the output, or what follows `after` in its line."""
    if after:
        rests = [line.partition(after)[2] for line in output.splitlines() if after in line]
        if not rests:
            raise ValueError(f"the output has no line with {after!r}: {output!r}")
        output = rests[0]
    spaced = [" ".join(option.split()) for option in options]
    if len(set(spaced)) < len(spaced):
        raise ValueError(f"two options are the same: {spaced}")
    printed = " ".join(output.split())
    if printed not in spaced:
        raise ValueError(f"no option is what was printed, {printed!r}: {spaced}")
    return spaced.index(printed)


class Predict(nodes.General, nodes.Element):
    """A question with its options, or else, without a question, the reasons."""


class PredictDirective(SphinxDirective):
    """Both directives; `predict` with `:after: TEXT` asks what follows TEXT in a line.

    With `:given: TEXT`, "Test yourself" asks it, too: TEXT says what it takes from its page, if
    anything.
    """

    has_content = True
    option_spec: ClassVar = {"after": directives.unchanged_required, "given": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """Take what is asked, or the reasons; `Reveal` puts them together with the output."""
        body = self.parse_content_to_nodes()
        asks = self.name == "predict"
        if [type(node) for node in body] != [nodes.paragraph, nodes.bullet_list][1 - asks :]:
            expected = "a question, then options" if asks else "a list of reasons"
            raise self.error(f"expected {expected}")
        node = Predict("", *body, asks=asks, **{"after": "", "given": None, **self.options})
        self.set_source_info(node)
        return [node]


def element(opening: str, *children: nodes.Node) -> list[nodes.Node]:
    """Put nodes between the tags of an element that docutils has no node for."""
    start, end = f"<{opening}>", f"</{opening.partition(' ')[0]}>\n"
    return [nodes.raw("", start, format="html"), *children, nodes.raw("", end, format="html")]


class Reveal(SphinxTransform):
    """Join each question with the output that it asks for."""

    default_priority = 700

    def apply(self) -> None:
        """Replace question, cell and reasons by one box."""
        names: set[str] = set()
        for question in [node for node in self.document.findall(Predict) if node["asks"]]:
            try:
                self.join(question, names)
            except ValueError as error:
                place = f"{self.env.docname}, line {question.line}"
                raise ExtensionError(f"{place}: predict: {error}") from error
        for stray in self.document.findall(Predict):
            raise ExtensionError(f"{self.env.docname}: predict-why without predict: {stray}")

    def join(self, question: Predict, names: set[str]) -> None:
        """Build the box of one question."""
        parent, start = question.parent, question.parent.index(question)
        ends = [i for i, node in enumerate(parent) if i > start and isinstance(node, Predict)]
        if not ends or parent[ends[0]]["asks"]:
            raise ValueError("there is no predict-why after it")
        code, output = split(parent[start + 1 : ends[0]])
        printed = [block.astext() for node in output for block in node.findall(nodes.literal_block)]
        text, options = question
        reasons = parent[ends[0]][0]
        if len(options) != len(reasons):
            raise ValueError(f"{len(options)} options, {len(reasons)} reasons")
        right = right_option([value(o) for o in options], "\n".join(printed), question["after"])
        name = "predict-" + nodes.make_id(text.astext())[:40].rstrip("-")
        if name in names:
            raise ValueError(f"two questions on the page have the same start: {name}")
        names.add(name)
        self.env.metadata[self.env.docname].setdefault("predictions", []).append(
            {
                "id": f"{self.env.docname}#{name}",
                "given": question["given"],
                "code": "\n".join(
                    block.astext() for node in code for block in node.findall(nodes.literal_block)
                ),
                "question": marked(text),
                "options": [marked(option) for option in options],
                "right": right,
                "printed": "\n".join(printed),
                "reasons": [marked(reason) for reason in reasons],
            }
        )
        parent[start : ends[0] + 1] = element(
            f'div class="predict" id="{name}"',
            nodes.paragraph("", "Predict first", classes=["predict-title"]),
            *code,
            *choices(name, text, options, right),
            *reveal(output, options, reasons, right),
        )


def split(cell: list[nodes.Node]) -> tuple[list[nodes.Node], list[nodes.Node]]:
    """Split an executed cell, of a notebook page or of a gallery script, into code and output."""
    code, output = [], []
    for node in cell:
        if "cell" in node.get("classes", ()):
            code.append(node)
            for part in [part for part in node if "cell_output" in part["classes"]]:
                node.remove(part)
                output.append(nodes.container("", part, classes=["cell"]))
        else:
            shown = isinstance(node, nodes.comment | nodes.literal_block)
            printed = "sphx-glr-script-out" in node.get("classes", ())
            (code if shown and not printed else output).append(node)
    return code, output


def value(option: nodes.list_item) -> str:
    """Give what an option says is printed: its code, or its words if it has none."""
    literals = [literal.astext() for literal in option.findall(nodes.literal)]
    return " ".join(literals) or option.astext()


def marked(node: nodes.Node) -> str:
    """Give a text with its code between backticks."""
    if isinstance(node, nodes.literal | nodes.math):
        return f"`{node.astext()}`"
    return "".join(map(marked, node.children)) or node.astext()


def inline(item: nodes.list_item) -> list[nodes.Node]:
    """Copy the text of a list item."""
    return [node.deepcopy() for paragraph in item for node in paragraph]


def choices(
    name: str, text: nodes.paragraph, options: nodes.bullet_list, right: int
) -> list[nodes.Node]:
    """Make the radio buttons."""
    labels: list[nodes.Node] = []
    for i, option in enumerate(options):
        button = f'<input name="{name}" type="radio" value="{i + 1}">'
        labels += element(
            f'label class="{KINDS[i == right]}"',
            nodes.raw("", button, format="html"),
            nodes.inline("", "", *inline(option)),
        )
    return element("fieldset", *element("legend", *[node.deepcopy() for node in text]), *labels)


def reveal(
    output: list[nodes.Node], options: nodes.bullet_list, reasons: nodes.bullet_list, right: int
) -> list[nodes.Node]:
    """Fold the output, and below it the reason for each option."""
    list_ = nodes.bullet_list(classes=["predict-why"])
    for i, (option, reason) in enumerate(zip(options, reasons, strict=True)):
        head = nodes.paragraph("", "", nodes.strong("", "Right: " if i == right else "Wrong: "))
        head += [*inline(option), nodes.inline("", " (your answer)", classes=["predict-yours"])]
        list_ += nodes.list_item("", head, *reason.children, classes=[KINDS[i == right]])
    summary = element(
        "summary",
        nodes.inline("", "Show the output", classes=["predict-chosen"]),
        nodes.inline("", "Show the output without an answer", classes=["predict-unchosen"]),
    )
    return element("details", *summary, *output, list_)


def setup(app: Sphinx) -> dict:
    """Register the directives and what joins them."""
    for name in ("predict", "predict-why"):
        app.add_directive(name, PredictDirective)
    app.add_transform(Reveal)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
