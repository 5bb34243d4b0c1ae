"""got an unexpected keyword argument 'learning_rate'

The optimizers of PyTorch call it `lr`.

see: concepts/training_step

TypeError: Adam.__init__() got an unexpected keyword argument 'learning_rate'
"""

import torch

weights = torch.zeros(3, requires_grad=True)
optimizer = torch.optim.Adam([weights], learning_rate=1e-3)

# %%
optimizer = torch.optim.Adam([weights], lr=1e-3)
print(optimizer.param_groups[0]["lr"])
