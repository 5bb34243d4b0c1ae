"""Numpy is not available

PyTorch was built for NumPy 1 and NumPy 2 is installed, or NumPy is missing.

see: install
recorded: torch/lib/libtorch_python.so
also: UserWarning: Failed to initialize NumPy: _ARRAY_API not found |
    torch/lib/libtorch_python.so

RuntimeError: Numpy is not available
"""

import torch

torch.ones(2).numpy()

# %%
# $ python -m pip install --upgrade torch
# or, for an old torch:
# $ python -m pip install "numpy<2"
import torch

print(torch.ones(2).numpy())
