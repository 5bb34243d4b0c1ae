"""Pages ask before they show: the output decides which answer is right, and each has its reason."""

import json
import re

import pytest
from built import PAGES, SITE
from predict import right_option
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

ASKING = [
    page for page in PAGES if re.match(r"tutorials/exercises/exercise_|concepts/(?!index)", page)
]
NOTEBOOKS = sorted(SITE.glob("_downloads/*/exercise_[1-8]_*.ipynb"))


def squeezed(text):
    """Write all space as one blank."""
    return " ".join(text.split())


def value(tag):
    """Give what an option claims is printed."""
    codes = [squeezed(code.get_text()) for code in tag.select("code")]
    return " ".join(codes) or squeezed(tag.get_text())


def test_all_of_the_output_or_the_end_of_a_line_is_compared():
    assert right_option(["a", "b  c"], "b\nc\n") == 1
    assert right_option(["2", "1"], "x: 1\ny: 2\n", after="y:") == 0
    assert right_option(["[2 3]", "[2, 3]"], "[2, 3]") == 1


@pytest.mark.parametrize(
    ("options", "output", "after", "message"),
    [
        (["1", "2"], "3", "", "no option is what was printed, '3'"),
        (["1", "2"], "1\n2", "", "no option"),  # a part of the output is not the output
        (["1", "1"], "1", "", "two options are the same"),
        (["1 2", "1  2"], "3", "", "two options are the same"),
        (["1", "2"], "x: 1", "y:", "no line with 'y:'"),
    ],
)
def test_it_takes_exactly_one_right_option(options, output, after, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        right_option(options, output, after)


@pytest.mark.parametrize(
    ("page", "message"),
    [
        (".. predict::\n\n   What?\n\n   - ``1``\n   - ``2``\n{cell}{why}", None),
        (".. predict::\n\n   What?\n\n   - ``1``\n   - ``3``\n{cell}{why}", "no option is"),
        (".. predict::\n\n   What?\n\n   - ``2``\n{cell}{why}", "1 options, 2 reasons"),
        (".. predict::\n\n   What?\n\n   - ``2``\n   - ``1``\n{cell}", "no predict-why"),
        ("{cell}{why}", "predict-why without predict"),
    ],
)
def test_the_build_fails_unless_one_option_is_the_output(page, message, tmp_path):
    output = "\n.. rst-class:: sphx-glr-script-out\n\n .. code-block:: none\n\n    2\n"
    cell = "\n::\n\n   print(2)\n" + output
    why = "\n.. predict-why::\n\n   - Too low.\n   - So it is.\n"
    (tmp_path / "index.rst").write_text("Page\n====\n\n" + page.format(cell=cell, why=why))
    places = [str(tmp_path), None, str(tmp_path / "out"), str(tmp_path / "trees"), "html"]

    options = {"confoverrides": {"extensions": ["predict"]}, "status": None, "warning": None}
    app = Sphinx(*places, **options)
    if message is None:
        app.build()
        assert (tmp_path / "out" / "index.html").read_text().count("Right: ") == 1
    else:
        with pytest.raises(ExtensionError, match=message):
            app.build()


@pytest.mark.parametrize("page", ASKING)
def test_a_page_asks_before_it_shows(page, soups):
    boxes = soups[page].select(".predict")
    assert boxes
    for box in boxes:
        fieldset, details = box.find("fieldset"), box.find("details")
        assert fieldset.find("legend").get_text().endswith("?")
        assert not details.has_attr("open")
        assert details.find(True, recursive=False).name == "summary"
        assert not details.find_next_sibling()
        buttons = fieldset.select("label > input[type=radio]")
        assert 3 <= len(buttons) <= 4
        assert {button["name"] for button in buttons} == {box["id"]}
        assert len({button["value"] for button in buttons}) == len(buttons)
        assert not any(button.has_attr("checked") for button in buttons)
        # The code is in view, what it prints is not.
        assert box.select(".highlight-ipython3, .highlight-Python, .highlight-python")
        outputs = box.select(".cell_output, .sphx-glr-script-out")
        assert outputs
        assert all(details in output.parents for output in outputs)


@pytest.mark.parametrize("page", ASKING)
def test_the_right_answer_is_the_output_and_each_answer_has_its_reason(page, soups):
    for box in soups[page].select(".predict"):
        labels, reasons = box.select("label"), box.select(".predict-why > li")
        (right,) = box.select("label.predict-right")
        printed = [
            line for pre in box.select("details pre") for line in pre.get_text().splitlines()
        ]
        whole = squeezed(" ".join(printed))
        ends = [squeezed(line) for line in printed]
        answer = value(right)
        assert whole == answer or any(end.endswith(f" {answer}") for end in ends)
        assert len(labels) == len(reasons)
        for label, reason in zip(labels, reasons, strict=True):
            head, *text = reason.select("p")
            assert squeezed(label.get_text()) in squeezed(head.get_text())
            assert head.get_text().startswith("Right: " if label is right else "Wrong: ")
            assert len(" ".join(part.get_text() for part in text)) > 30


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_asks_then_runs_then_explains(notebook):
    cells = json.loads(notebook.read_text())["cells"]
    texts = ["".join(cell["source"]) for cell in cells]
    asked = [i for i, text in enumerate(texts) if "**Predict first.**" in text]
    assert asked
    for i in asked:
        question = texts[i].partition("**Predict first.**")[2]
        options = re.findall(r"(?m)^- \*\*[A-D]\.\*\* ", question)
        assert cells[i + 1]["cell_type"] == "code"
        assert texts[i + 2].startswith("<details><summary>You ran it")
        reasons = re.findall(r"(?m)^- \*\*[A-D]\.\*\* ", texts[i + 2].partition("</details>")[0])
        assert reasons == options
        assert len(options) >= 3
