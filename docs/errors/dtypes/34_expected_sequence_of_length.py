"""expected sequence of length

The rows of the list have different lengths, so they make no rectangle.

ValueError: expected sequence of length 2 at dim 1 (got 3)
"""

import torch

episodes = [[1.0, 1.0], [1.0, 1.0, 1.0]]
rewards = torch.tensor(episodes)
print(rewards)

# %%
rewards = [torch.tensor(episode) for episode in episodes]
print(torch.nn.utils.rnn.pad_sequence(rewards, batch_first=True))
