"""module 'torch' has no attribute …

A folder called `torch` in your working directory hides PyTorch, the name is misspelled, or your
version of PyTorch does not have it.

see: install
run: train.py
also: AttributeError: module 'gymnasium' has no attribute 'make' | Python 3.11, beside a folder
    called gymnasium

AttributeError: module 'torch' has no attribute 'ones'
"""

import os

os.mkdir("torch")  # a folder with your experiments
import torch

print(torch.ones(3))

# %%
# rename your folder:
# $ mv torch experiments
import torch

print(torch.ones(3), torch.__version__.split(".")[0])
