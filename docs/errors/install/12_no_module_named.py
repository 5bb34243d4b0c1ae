"""No module named …

The package is not installed in the Python that runs your code; `sys.executable` prints which
Python that is, and in a notebook it is the kernel's.

see: install
run: -c

ModuleNotFoundError: No module named 'torch'
"""

import torch

print(torch.__version__)

# %%
# $ python -m pip install torch
# In a notebook, in a cell of its own: %pip install torch
import torch

print(torch.ones(2))
