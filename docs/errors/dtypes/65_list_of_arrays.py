"""Creating a tensor from a list of numpy.ndarrays is extremely slow.

PyTorch converts each array of the list by itself, number by number.

UserWarning: Creating a tensor from a list of numpy.ndarrays is extremely slow. Please consider
converting the list to a single numpy.ndarray with numpy.array() before converting to a tensor.
"""

import numpy as np
import torch

observations = [np.zeros(4, dtype=np.float32) for _ in range(32)]
states = torch.tensor(observations)

# %%
states = torch.as_tensor(np.stack(observations))
print(states.shape)
