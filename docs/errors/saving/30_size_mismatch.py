"""Error(s) in loading state_dict … size mismatch

The names match but the shapes differ: the network was saved with other layer sizes.

RuntimeError: Error(s) in loading state_dict for Linear: size mismatch for weight: copying a
param with shape torch.Size([64, 4]) from checkpoint, the shape in current model is
torch.Size([128, 4]). size mismatch for bias: copying a param with shape torch.Size([64]) from
checkpoint, the shape in current model is torch.Size([128]).
"""

from torch import nn

saved = nn.Linear(4, 64).state_dict()
q = nn.Linear(4, 128)
q.load_state_dict(saved)

# %%
q = nn.Linear(4, saved["weight"].shape[0])
print(q.load_state_dict(saved))
