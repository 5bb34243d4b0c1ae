"""cannot import name … from partially initialized module … (most likely due to a circular import)

Your file has the name of the package that it imports, so it imports itself.

see: install
run: torch.py

ImportError: cannot import name 'nn' from partially initialized module 'torch' (most likely due
to a circular import) (torch.py)
"""

# this file is saved as torch.py
from torch import nn

print(nn.Linear(4, 2))

# %%
# rename your file:
# $ mv torch.py my_experiment.py
from torch import nn

print(nn.Linear(4, 2))
