"""What holds for every test: one thread, one seed, the same examples in every run."""

import statistics

import pytest
import torch
from hypothesis import settings

collect_ignore = ["fresh", "learners"]  # code to judge, which has no tests
torch.set_num_threads(1)
settings.register_profile("suite", deadline=None, derandomize=True, max_examples=30, database=None)
settings.load_profile("suite")


@pytest.fixture(autouse=True)
def _seed_torch():
    torch.manual_seed(0)


@pytest.fixture(params=[torch.float32, torch.float64], ids=["float32", "float64"])
def dtype(request):
    """Both float types that the library's functions take."""
    return request.param


@pytest.fixture
def float64_by_default():
    """Make float64 the dtype of tensors that are created without one."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


def pytest_terminal_summary(terminalreporter):
    """Print how long the checker's answers took, as test_checker.py has measured them."""
    times = {}
    for report in terminalreporter.stats.get("passed", ()):
        noted = dict(report.user_properties)
        if "milliseconds" in noted:
            times.setdefault(noted["check"], []).extend(noted["milliseconds"])
    if times:
        terminalreporter.section("a check takes, in CPU milliseconds")
        terminalreporter.line(f"{'':20}{'checks':>8}{'median':>8}{'slowest':>8}")
    for exercise, found in sorted(times.items(), key=lambda entry: -statistics.median(entry[1])):
        row = f"{len(found):8}{statistics.median(found):8.0f}{max(found):8.0f}"
        terminalreporter.line(f"{exercise:20}{row}")
