"""Expected parameter probs … of distribution Categorical … to satisfy the constraint Simplex()

The first argument of `Categorical` is `probs`, and these numbers are no probabilities: they are
logits, for example, or nan.

see: concepts/batches_and_shapes

ValueError: Expected parameter probs (Tensor of shape (1, 2)) of distribution Categorical(probs:
torch.Size([1, 2])) to satisfy the constraint Simplex(), but found invalid values:
tensor([[-0.3333, 1.3333]])
"""

import torch

logits = torch.tensor([[0.3, -1.2]])
policy = torch.distributions.Categorical(logits)

# %%
policy = torch.distributions.Categorical(logits=logits)
print(policy.probs)
