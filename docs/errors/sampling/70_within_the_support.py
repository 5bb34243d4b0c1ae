"""Expected value argument … to be within the support

`log_prob` was called with an action that this distribution cannot produce.

ValueError: Expected value argument (Tensor of shape ()) to be within the support
(IntegerInterval(lower_bound=0, upper_bound=1)) of the distribution Categorical(logits:
torch.Size([2])), but found invalid values: 2
"""

import torch

policy = torch.distributions.Categorical(logits=torch.zeros(2))
log_prob = policy.log_prob(torch.tensor(2))  # actions are 0 and 1

# %%
log_prob = policy.log_prob(policy.sample())
print(log_prob)
