"""Expected parameter logits … of distribution Categorical

The network's parameters are nan since an update whose loss was nan or infinite: a division by a
standard deviation of 0, a logarithm of 0, or steps that are too large.

ValueError: Expected parameter logits (Tensor of shape (2,)) of distribution Categorical(logits:
torch.Size([2])) to satisfy the constraint IndependentConstraint(Real(), 1), but found invalid
values: tensor([nan, nan], grad_fn=<SubBackward0>)
"""

import torch
from torch import nn

policy, states, returns = nn.Linear(4, 2), torch.ones(3, 4), torch.ones(3)
advantages = (returns - returns.mean()) / returns.std()  # 0 / 0
(policy(states)[:, 0] * advantages).mean().backward()
torch.optim.SGD(policy.parameters(), lr=0.1).step()
torch.distributions.Categorical(logits=policy(states[0]))

# %%
policy = nn.Linear(4, 2)  # nan never goes away: start again
advantages = (returns - returns.mean()) / (returns.std() + 1e-8)
(policy(states)[:, 0] * advantages).mean().backward()
torch.optim.SGD(policy.parameters(), lr=0.1).step()
print(torch.distributions.Categorical(logits=policy(states[0])))
