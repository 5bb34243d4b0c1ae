"""Detected call of `lr_scheduler.step()` before `optimizer.step()`.

The scheduler's step comes before the optimizer's, so the first learning rate is never used.

UserWarning: Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch 1.1.0
and later, you should call them in the opposite order: `optimizer.step()` before
`lr_scheduler.step()`. Failure to do this will result in PyTorch skipping the first value of the
learning rate schedule. See more details at
https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate
"""

import torch

optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=10)
scheduler.step()
optimizer.step()

# %%
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=10)
optimizer.step()
scheduler.step()
print(scheduler.get_last_lr())
