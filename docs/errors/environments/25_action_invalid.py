"""(<class … invalid

The action is not in the action space: CartPole takes 0 or 1, and this is a tensor.

see: cartpole
also: AssertionError: 2 (<class 'int'>) invalid | Gymnasium 1.4, for the action 2
also: AssertionError: array([0.1]) (<class 'numpy.ndarray'>) invalid | Gymnasium 1.4, for an array

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
