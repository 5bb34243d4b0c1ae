"""'torch' is not a package

A file of yours is called `torch.py`, and Python imports it instead of PyTorch; the same happens
with `random.py`, `queue.py` or `gymnasium.py`.

see: install
run: torch.py

ModuleNotFoundError: No module named 'torch.nn'; 'torch' is not a package
"""

# this file is saved as torch.py
import torch.nn as nn

print(nn.Linear(4, 2))

# %%
# rename your file:
# $ mv torch.py my_experiment.py
import torch.nn as nn

print(nn.Linear(4, 2))
