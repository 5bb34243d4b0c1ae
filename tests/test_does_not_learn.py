"""The broken agents of "My agent does not learn" do not learn; once fixed, they do."""

import pytest

from benchmarks.scripts import definitions

pytest.importorskip("gymnasium")
page = definitions("practice/does_not_learn.py")
FINAL = {  # bounds of the return after the training: random actions get about 20
    **dict.fromkeys((page.First, page.Second, page.Third), (0, 40)),
    **dict.fromkeys((page.SecondFixed, page.Agent), (70, 500)),
}


@pytest.mark.parametrize("kind", FINAL, ids=lambda kind: kind.__name__)
def test_an_agent_learns_after_its_fix_and_not_before(kind):
    low, high = FINAL[kind]
    for seed in range(10, 14):  # the page has 1 to 3
        assert low < kind(seed).learn()[-1] < high
