"""Error(s) in loading state_dict … Missing key(s) in state_dict

The saved network was built differently, so its parameters have other names.

RuntimeError: Error(s) in loading state_dict for Sequential: Missing key(s) in state_dict:
"0.weight", "0.bias". Unexpected key(s) in state_dict: "weight", "bias".
"""

from torch import nn

saved = nn.Linear(4, 2).state_dict()
q = nn.Sequential(nn.Linear(4, 2))
q.load_state_dict(saved)

# %%
q = nn.Linear(4, 2)  # the class that was saved
print(q.load_state_dict(saved))
