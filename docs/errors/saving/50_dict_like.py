"""Expected state_dict to be dict-like

`load_state_dict` takes what `torch.load` returns, not the name of the file.

TypeError: Expected state_dict to be dict-like, got <class 'str'>.
"""

import io

import torch
from torch import nn

q = nn.Linear(4, 2)
q.load_state_dict("agent.pt")

# %%
file = io.BytesIO()  # stands in for "agent.pt"
torch.save(q.state_dict(), file)
file.seek(0)
print(q.load_state_dict(torch.load(file)))
