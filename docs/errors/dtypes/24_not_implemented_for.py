"""not implemented for

The operation exists for floats only, and the tensor holds integers or bools.

NotImplementedError: "log_softmax_lastdim_kernel_impl" not implemented for 'Long'
"""

import torch

logits = torch.tensor([[1, 2], [0, 3]])
log_probs = logits.log_softmax(dim=-1)

# %%
log_probs = logits.float().log_softmax(dim=-1)
print(log_probs.shape)
