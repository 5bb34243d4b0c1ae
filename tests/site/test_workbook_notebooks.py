"""A right answer passes in every notebook that asks for one."""

import pytest
from test_downloads import NOTEBOOKS, cells
from workbooks import PAGES, asked, right_attempts, run_to_the_check

ASKED = [
    (exercise, page)
    for page, path in PAGES.items()
    for exercise in asked(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("exercise", "page"), ASKED)
def test_a_right_answer_passes_in_the_notebook(exercise, page, capsys):
    _, *code = cells(NOTEBOOKS[page], "code")  # the first cell installs the package
    attempt = next(iter(right_attempts(exercise).items()))
    run_to_the_check("\n".join(code), exercise, attempt)
    assert f"{exercise}: passed" in capsys.readouterr().out
