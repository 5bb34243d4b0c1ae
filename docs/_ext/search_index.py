"""Index for the site's search: the titles, first words and vocabulary of all sections.

It replaces Sphinx's own, which ranks single words. `docs/_static/search.js` reads it, ranks
sections and shows them. The index is a script rather than data to fetch, so that the search works
from a folder on disk, too.
"""

import json
import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

LENGTH = 160  # characters of an excerpt
WEIGHTS = {  # of a page's kind, by the start of its name; the first that fits
    **{"concepts/index": 1, "concepts/": 1.35, "tutorials/practice/": 1.35, "install": 1.35},
    **{"glossary": 1.4, "cartpole": 1.2, "checker": 0.5, "check": 1.1, "habits": 1.1},
    **{"errors": 0.6, "mistakes/": 0.25, "reference": 0.6, "benchmark": 0.6, "index": 0.6},
    **{"progress": 0.5, "spot_the_bug": 0.6, "test_yourself": 0.6},
    **{"teach": 0.6, "host": 0.6, "tutorials/laboratory/": 0.8},
}
ALSO = {  # what readers type and the page does not say
    "concepts/modules": "neural network architecture weights",
    "concepts/tensors_and_gradients": "backpropagation basics",
    "cartpole": "what is reinforcement learning, first example",
    "host": "offline, download the site",
    "install": "requirements, prerequisites, math, get started, windows, mac, linux",
    "learning_path": "where to begin, first steps, order, beginner",
    "next_steps": "atari, images, pixels, LSTM, memory, multi-agent, offline",
    "progress": "reset progress, start over",
    "teach": "grade students, homework",
    "test_yourself": "quiz, exam",
    "tutorials/algorithms/index": "choose which algorithm, compare DQN, REINFORCE, A2C, PPO, SAC",
    "tutorials/pitfalls/in_place": "nan, not a number",
    "tutorials/pitfalls/leaving_the_graph": "gradient is None, out of memory, leak, grows, slower",
    "tutorials/practice/does_not_learn": "debug, stuck, not improving, reward is flat",
    "tutorials/practice/evaluate": "how many seeds, plot a learning curve, tune, wandb",
    "tutorials/practice/own_environment": "custom environment, wrapper",
    "tutorials/practice/save_and_resume": "load a checkpoint, trained model",
    "tutorials/practice/scale_up": "faster training, slow, GPU, distributed, two machines",
}
GREEK = {"alpha": "α", "gamma": "γ", "epsilon": "ε", "lambda": "λ", "pi": "π", "tau": "τ"}
SKIPPED = nodes.math_block | nodes.raw | nodes.Invisible | nodes.image
OUTPUTS = {"cell_output", "sphx-glr-script-out", "run-line", "sd-mb-3"}
WORD = re.compile(r"(?=\b([a-z]\w*_\w*))?([a-zα-ω][a-z0-9α-ω]*)")  # names with "_" and their parts


class Section(NamedTuple):
    """A place that a search can lead to."""

    anchor: str
    title: str
    excerpt: str
    text: str


def text_of(node: nodes.Node, titles: dict[str, nodes.title]) -> str:
    """Return the text of a node without outputs and long formulas."""
    if isinstance(node, nodes.Text):
        return node.astext()
    if isinstance(node, SKIPPED) or not OUTPUTS.isdisjoint(node["classes"]):
        return ""
    if isinstance(node, nodes.math):  # a formula with more than letters and signs is left out
        formula = re.sub(
            r"\\(?:var)?(\w+)", lambda name: GREEK.get(name[1], name[0]), node.astext()
        )
        return "…" if re.search(r"[\\{}_^]", formula) else formula
    if node.get("reftype") == "doc" and not node["refexplicit"]:  # not yet resolved
        page = posixpath.join("/", posixpath.dirname(node.get("refdoc", "")), node["reftarget"])
        return titles[posixpath.normpath(page)[1:]].astext()
    between = "" if isinstance(node, nodes.TextElement) else " "
    return between.join(text_of(child, titles) for child in node.children)


def opening(node: nodes.Node, titles: dict[str, nodes.title]) -> str:
    """Return the first words of a node's own paragraphs."""
    paragraphs = [child for child in node.children if isinstance(child, nodes.paragraph)]
    text = " ".join(text_of(paragraph, titles) for paragraph in paragraphs)
    text = " ".join(text.split())
    return text if len(text) <= LENGTH else text[:LENGTH].rpartition(" ")[0].rstrip(",;:–") + " …"


def sections(document: nodes.document, titles: dict[str, nodes.title]) -> Iterator[Section]:
    """List the sections, the terms of glossaries and the functions of a page."""
    for part in document.findall(nodes.section):
        heading = next(iter(part.children), None)
        title = text_of(heading, titles) if isinstance(heading, nodes.title) else ""
        own = [child for child in part.children[1:] if not isinstance(child, nodes.section)]
        text = " ".join(text_of(child, titles) for child in own)
        anchor = "" if part.parent is document else part["ids"][0]
        yield Section(anchor, title, opening(part, titles), text)
    for item in document.findall(nodes.definition_list_item):
        terms = [child for child in item.children if isinstance(child, nodes.term)]
        if terms and terms[0]["ids"]:
            (meaning,) = (child for child in item.children if isinstance(child, nodes.definition))
            title = " / ".join(term.astext() for term in terms)
            yield Section(terms[0]["ids"][0], title, opening(meaning, titles), "")
    for part in document.findall(addnodes.desc):
        for name in part.findall(addnodes.desc_signature):
            if name["ids"]:
                words = opening(part.children[-1], titles)
                yield Section(name["ids"][0], name["fullname"], words, "")


def index(env: BuildEnvironment) -> dict:
    """Return pages, sections and, for each word, where it is: steps from section to section.

    A step is doubled, and odd where the section has the word three times or more. Words that a
    fifth of the sections have tell nothing. A page of mistakes counts as one section, with their
    titles as its text.
    """
    pages, places = [], []
    words: dict[str, list[int]] = defaultdict(list)
    last: dict[str, int] = {}
    for name in sorted(env.found_docs):
        weight = next((value for start, value in WEIGHTS.items() if name.startswith(start)), 1)
        pages.append([name, weight])
        found = list(sections(env.get_doctree(name), env.titles))
        if name.startswith("mistakes/"):
            found = [found[0]._replace(text=" ".join(part.title for part in found))]
        for anchor, title, excerpt, text in found:
            also = [] if anchor else [ALSO.get(name, "")]
            places.append([len(pages) - 1, anchor, title, excerpt, *filter(None, also)])
            shown = f"{title} {excerpt}".lower()  # the script reads these words there
            for word, times in Counter(filter(None, chain(*WORD.findall(text.lower())))).items():
                if times > 2 or word not in shown:
                    words[word].append((len(places) - last.get(word, 0)) * 2 + (times > 2))
                    last[word] = len(places)
    telling = {word: steps for word, steps in words.items() if len(steps) < len(places) / 5}
    return {"pages": pages, "places": places, "vocabulary": telling}


def write(app: Sphinx, error: Exception | None) -> None:
    """Write the index."""
    if error is None and app.builder.name == "html":
        text = json.dumps(index(app.env), ensure_ascii=False, separators=(",", ":"))
        Path(app.outdir, "searchindex.js").write_text(f"const INDEX = {text};\n", encoding="utf-8")


def replace(app: Sphinx) -> None:
    """Turn Sphinx's own search off."""
    app.builder.search = False


def setup(app: Sphinx) -> dict:
    """Hook into the build."""
    app.connect("builder-inited", replace)
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
