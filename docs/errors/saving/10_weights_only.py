"""Weights only load failed.

The file holds a whole pickled object, and by default `torch.load` reads only tensors and plain
containers.

_pickle.UnpicklingError: Weights only load failed. This file can still be loaded, to do so you
have two options, do those steps only if you trust the source of the checkpoint. (1) In PyTorch
2.6, we changed the default value of the `weights_only` argument in `torch.load` from `False` to
`True`. Re-running `torch.load` with `weights_only` set to `False` will likely succeed, but it
can result in arbitrary code execution. Do it only if you got the file from a trusted source.
(2) Alternatively, to load with `weights_only=True` please check the recommended steps in the
following error message. WeightsUnpickler error: Unsupported global: GLOBAL
torch.nn.modules.linear.Linear was not an allowed global by default. Please use
`torch.serialization.add_safe_globals([torch.nn.modules.linear.Linear])` or the
`torch.serialization.safe_globals([torch.nn.modules.linear.Linear])` context manager to
allowlist this global if you trust this class/function. Check the documentation of torch.load to
learn more about types accepted by default with weights_only
https://pytorch.org/docs/stable/generated/torch.load.html.
"""

import io

import torch
from torch import nn

file = io.BytesIO()
torch.save(nn.Linear(4, 2), file)  # the whole module
file.seek(0)
q = torch.load(file)

# %%
file, q = io.BytesIO(), nn.Linear(4, 2)
torch.save(q.state_dict(), file)  # its numbers only
file.seek(0)
print(q.load_state_dict(torch.load(file)))
