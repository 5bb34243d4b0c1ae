"""What holds for every test: one thread, one seed, the same examples in every run."""

import pytest
import torch
from hypothesis import settings

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
