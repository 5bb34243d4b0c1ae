"""Expected parameter loc … of distribution Normal

The mean is nan, because the network's parameters are nan since an update with a loss that was
nan or infinite.

see: concepts/training_step

ValueError: Expected parameter loc (Tensor of shape (1, 1)) of distribution Normal(loc:
tensor([[nan]], grad_fn=<AddmmBackward0>), scale: tensor([[1.]])) to satisfy the constraint
Real(), but found invalid values: tensor([[nan]], grad_fn=<AddmmBackward0>)
"""

import torch
from torch import nn

policy = nn.Linear(4, 1)
torch.nn.init.constant_(policy.bias, float("nan"))  # after a bad update
mean = policy(torch.ones(1, 4))
torch.distributions.Normal(mean, torch.ones(1, 1))

# %%
policy = nn.Linear(4, 1)  # nan stays in the parameters: start again
loss = policy(torch.ones(1, 4)).mean()
assert loss.isfinite()  # before every optimizer.step()
print(torch.distributions.Normal(loss, 1.0).scale)
