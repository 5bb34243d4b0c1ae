"""Trying to create tensor with negative dimension

A size was computed and came out below zero.

RuntimeError: Trying to create tensor with negative dimension -2: [-2]
"""

import torch

episode_length, n_steps = 3, 5
returns = torch.ones(episode_length - n_steps)
print(returns)

# %%
returns = torch.ones(max(episode_length - n_steps, 0))
print(returns)
