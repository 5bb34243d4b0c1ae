"""(<class 'torch.Tensor'>) invalid

The action is not one of the action space's: here a tensor, where CartPole wants 0 or 1.

see: cartpole

AssertionError: tensor([0.2000, 0.5000]) (<class 'torch.Tensor'>) invalid
"""

import gymnasium as gym
import torch

env = gym.make("CartPole-v1")
env.reset(seed=0)
logits = torch.tensor([0.2, 0.5])
env.step(logits)

# %%
action = logits.argmax().item()
env.step(action)
print(action in env.action_space)
