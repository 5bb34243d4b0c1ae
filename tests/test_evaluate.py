"""The page "Evaluate": its interval, its counts of seeds, its claims and its sweep."""

from contextlib import nullcontext
from itertools import product
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("gymnasium")
pytest.importorskip("scipy")

from scipy.stats import nct, t

from benchmarks import results, sweep
from benchmarks.scripts import TUTORIALS, definitions

page = definitions(sweep.PAGE)


def test_the_interval_is_that_of_all_resamples():
    scores = np.array([20.0, 90.0, 100.0, 210.0, 500.0])
    iqms = [np.mean(sorted(resample)[1:4]) for resample in product(scores, repeat=5)]
    expected = np.quantile(iqms, [0.025, 0.975])
    assert list(page.interval(scores)) == pytest.approx(expected, abs=10)


@pytest.mark.parametrize(("seeds", "difference"), [(10, 2.0), (20, 1.0), (80, 0.5), (40, 0.0)])
def test_a_difference_is_found_as_often_as_theory_says(seeds, difference):
    free, efficiency = 2 * seeds - 2, 3 / np.pi  # of the rank test, compared with the t-test
    shift, end = difference * np.sqrt(seeds / 2 * efficiency), t.ppf(0.975, free)
    power = 1 - nct.cdf(end, free, shift) + nct.cdf(-end, free, shift)
    assert page.detected(seeds, difference) == pytest.approx(power, abs=0.04)


@pytest.mark.filterwarnings("ignore:FigureCanvasAgg is non-interactive")
def test_with_another_seed_the_claims_hold_and_the_logs_have_all_scores(monkeypatch, tmp_path):
    code = (TUTORIALS / sweep.PAGE).read_text("utf-8")
    monkeypatch.setattr("tempfile.TemporaryDirectory", lambda: nullcontext(tmp_path))
    names = {}
    exec(code.replace("train(seed=1)", "train(seed=2)"), names)
    expected = names["returns"].mean(axis=-1)  # (6, 10)
    found = np.loadtxt(tmp_path / "scores.csv", delimiter=",", skiprows=1)
    assert found == pytest.approx(expected, abs=0.051)
    logs = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    for agent in range(10):
        log = logs.EventAccumulator(str(tmp_path / f"agent_{agent}")).Reload()
        curve = {event.step: event.value for event in log.Scalars("return")}
        assert curve == pytest.approx(dict(enumerate(expected[:, agent])))


def test_the_page_quotes_the_results_of_the_sweep():
    file = Path(sweep.__file__).with_name("sweep.json")
    found = results.read(file)["sweep"]["a2c"].numbers
    for name, quoted in {"chosen": "390 [334, 444]", "usual": "258 [228, 294]"}.items():
        low, high = page.interval(scores := found.pop(name))
        assert f"{page.IQM(scores):.0f} [{low:.0f}, {high:.0f}]" == quoted
        assert quoted in (TUTORIALS / sweep.PAGE).read_text("utf-8")
    assert [round(page.IQM(found[name])) for name in found] == np.ravel(page.SWEEP).tolist()
    assert max(found, key=lambda name: page.IQM(found[name])) == "(64, 0.0015, 0.1)"


def test_a_sweep_chooses_on_its_seeds_and_reports_on_others(monkeypatch):
    def finals(settings, seeds):
        width, rate, weight = settings
        asked.append((settings, list(seeds)))
        return [width - 1_000 * abs(rate - 0.005) - weight] * len(seeds)

    asked = []
    monkeypatch.setattr(sweep, "finals", finals)
    assert list(sweep.sweep(range(4, 8)))[-3:] == ["(128, 0.015, 0.1)", "chosen", "usual"]
    assert {tuple(seeds) for _, seeds in asked[:27]} == {(4, 5, 6, 7)}
    fresh = list(range(8, 28))
    assert asked[27:] == [((128, 0.005, 0.0), fresh), ((64, 0.005, 0.0), fresh)]
