"""PytorchStreamReader failed reading zip archive: failed finding central directory

The file is incomplete: the program stopped while it was writing, or the copy was cut short.

RuntimeError: PytorchStreamReader failed reading zip archive: failed finding central directory.
This is an internal miniz error. If you are seeing this error, there is a high likelihood that
your checkpoint file is corrupted. This can happen if the checkpoint was not saved properly, was
transferred incorrectly, or the file was modified after saving.
"""

import io

import torch

file = io.BytesIO()
torch.save(torch.ones(1000), file)
half = io.BytesIO(file.getvalue()[:1500])
values = torch.load(half)

# %%
values = torch.load(io.BytesIO(file.getvalue()))  # copy the whole file
print(values.shape)
