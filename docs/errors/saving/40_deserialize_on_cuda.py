"""Attempting to deserialize object on a CUDA device

The file was saved from a GPU and this machine has none; here the code changes the file's bytes
to say so.

see: tutorials/pitfalls/devices
when: not torch.cuda.is_available()
recorded: torch/serialization.py

RuntimeError: Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is
False. If you are running on a CPU-only machine, please use torch.load with
map_location=torch.device('cpu') to map your storages to the CPU.
"""

import io

import torch

file = io.BytesIO()
torch.save(torch.ones(2), file, _use_new_zipfile_serialization=False)
data = file.getvalue().replace(b"\3\0\0\0cpu", b"\6\0\0\0cuda:0")
values = torch.load(io.BytesIO(data))

# %%
values = torch.load(io.BytesIO(data), map_location="cpu")
print(values.device)
