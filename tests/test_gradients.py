"""What exercises 1 and 6 take and leave alone; test_properties.py has their values."""

import pytest
import torch
from helpers import untouched

from pytorch_rl_basics import cubic_gradient, sum_gradient


def test_cubic_gradient_at_3_is_29():
    gradient = cubic_gradient(3.0)
    assert gradient.item() == 29.0
    assert gradient.shape == ()
    assert gradient.dtype == torch.float32
    assert not gradient.requires_grad


@pytest.mark.usefixtures("float64_by_default")
def test_cubic_gradient_has_the_default_dtype():
    gradient = cubic_gradient(0.1)
    assert gradient.dtype == torch.float64
    assert gradient.item() == pytest.approx(2.03, rel=1e-14)


@pytest.mark.parametrize("requires_grad", [False, True])
def test_sum_gradient_leaves_its_input_alone(requires_grad):
    x = torch.randn(4, requires_grad=requires_grad)
    with untouched(x):
        assert not sum_gradient(x).requires_grad


def test_sum_gradient_neither_uses_nor_changes_an_old_gradient():
    x = torch.randn(3, requires_grad=True)
    x.grad = torch.full((3,), 5.0)
    assert sum_gradient(x).tolist() == [1.0, 1.0, 1.0]
    assert x.grad.tolist() == [5.0, 5.0, 5.0]


def test_sum_gradient_takes_the_result_of_a_computation():
    parameter = torch.randn(3, requires_grad=True)
    assert sum_gradient(2 * parameter).tolist() == [1.0, 1.0, 1.0]
    assert parameter.grad is None


def test_sum_gradient_takes_a_tensor_from_inference_mode():
    with torch.inference_mode():
        x = torch.ones(3)
    assert sum_gradient(x).tolist() == [1.0, 1.0, 1.0]


def test_sum_gradient_is_a_tensor_of_its_own():
    x = torch.ones(3)
    sum_gradient(x).zero_()
    assert x.tolist() == [1.0, 1.0, 1.0]
