"""The value argument to log_prob must be a Tensor

`log_prob` takes a tensor, and the action is a Python or NumPy number, perhaps because the
environment takes one.

ValueError: The value argument to log_prob must be a Tensor
"""

import torch

policy = torch.distributions.Categorical(logits=torch.zeros(2))
action = policy.sample().item()
log_prob = policy.log_prob(action)

# %%
action = policy.sample()  # .item() only for env.step
print(policy.log_prob(action))
