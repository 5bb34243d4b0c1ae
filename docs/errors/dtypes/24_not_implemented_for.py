"""not implemented for

The operation does not exist for this dtype: logarithms, means and softmax need floats, and
operators such as `^` and `&` need integers or bools.

NotImplementedError: "log_softmax_lastdim_kernel_impl" not implemented for 'Long'
"""

import torch

logits = torch.tensor([[1, 2], [0, 3]])
log_probs = logits.log_softmax(dim=-1)

# %%
log_probs = logits.float().log_softmax(dim=-1)
print(log_probs.shape)
