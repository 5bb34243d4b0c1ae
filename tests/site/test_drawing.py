"""Code that only draws is folded; code that shows more stays open."""

import pytest
from drawing import FIGURE, drawing

FIG = "fig, ax = plt.subplots()\nax.plot(x)\nax.legend()\nplt.show()"
LOOP = "fig, ax = plt.subplots()\nfor x in xs:\n    {}\n    ax.plot(x)"


@pytest.mark.parametrize(
    ("code", "folded"),
    [
        (FIG, FIG),
        (f"import matplotlib.pyplot as plt\nx = [1, 2]\n{FIG}", ...),
        (f"x = mean(returns)\n{FIG}\nprint(x)", FIG),
        (f"def draw(ax):\n    step()\n\n{FIG}", ...),
        *[(LOOP.format(line), "") for line in ("loss.backward()", "print(x)", "x = mine(x)")],
        ("x = 1", ""),
    ],
)
def test_only_code_that_draws_is_folded(code, folded):
    lines = code.splitlines()[drawing(code, {"mine"})]
    assert "\n".join(lines).strip() == (code if folded is ... else folded)


def test_both_kinds_of_pages_fold_it(soups):
    titles = [
        summary.text for soup in soups.values() for summary in soup.select(".code-fold > summary")
    ]
    assert titles.count(FIGURE) >= 45
    for page in ("concepts/distributions.html", "tutorials/pitfalls/zero_grad.html"):
        drawn = [pre for pre in soups[page].select("pre") if "plt.subplots" in pre.text]
        assert drawn
        assert all(pre.find_parent(class_="code-fold") for pre in drawn)
