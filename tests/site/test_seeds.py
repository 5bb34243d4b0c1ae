"""The stamp of a page names the seeds that its code uses."""

import pytest
from provenance import in_words, seeds


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("x = 3", set()),
        ("torch.manual_seed(7); random.seed(8)", {7, 8}),
        ("env.reset(seed=9)", {9}),
        ("env.reset(seed=seed)", set()),
        ("runs = [train(seed) for seed in range(3)]", {0, 1, 2}),
        ("SEEDS = 2\nfor seed in range(SEEDS): train(seed)", {0, 1}),
        ("for seed in (4, 6): train(seed)", {4, 6}),
    ],
)
def test_the_seeds_of_code(code, found):
    assert seeds(code) == found


def test_neighbours_are_written_as_a_range():
    assert in_words({0, 1, 2, 3, 7, 1000}) == "0–3, 7, 1000"
