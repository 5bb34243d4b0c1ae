"""name … is not defined

The cell or line that defines the name was not run in this session, or the name is misspelled;
after a kernel restart, run the first cell again.

see: install

NameError: name 'torch' is not defined
"""

x = [1.0, 2.0]
values = torch.tensor(x)
print(values)

# %%
import torch

values = torch.tensor(x)
print(values)
