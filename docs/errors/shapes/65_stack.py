"""stack expects each tensor to be equal size

`torch.stack` needs tensors of one shape, and these, such as episodes, have different lengths.

RuntimeError: stack expects each tensor to be equal size, but got [12, 4] at entry 0 and [30, 4]
at entry 1
"""

import torch

episodes = [torch.ones(12, 4), torch.ones(30, 4)]
states = torch.stack(episodes)

# %%
states = torch.cat(episodes)  # one long batch
padded = torch.nn.utils.rnn.pad_sequence(episodes, batch_first=True)
print(states.shape, padded.shape)
