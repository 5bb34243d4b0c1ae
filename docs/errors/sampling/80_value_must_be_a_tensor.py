"""The value argument to log_prob must be a Tensor

The action was turned into a Python or NumPy number on its way to the environment.

ValueError: The value argument to log_prob must be a Tensor
"""

import torch

policy = torch.distributions.Categorical(logits=torch.zeros(2))
action = policy.sample().item()
log_prob = policy.log_prob(action)

# %%
action = policy.sample()  # .item() only for env.step
print(policy.log_prob(action))
