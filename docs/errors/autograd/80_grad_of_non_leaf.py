"""The .grad attribute of a Tensor that is not a leaf Tensor is being accessed.

`backward()` fills `.grad` of leaf tensors only, and this tensor is the result of an operation.

see: tutorials/pitfalls/leaving_the_graph concepts/tensors_and_gradients

UserWarning: The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its
.grad attribute won't be populated during autograd.backward(). If you indeed want the .grad
field to be populated for a non-leaf Tensor, use .retain_grad() on the non-leaf Tensor. If you
access the non-leaf Tensor by mistake, make sure you access the leaf Tensor instead. See
github.com/pytorch/pytorch/pull/30531 for more information.
"""

import torch

weights = 0.1 * torch.ones(3, requires_grad=True)  # the leaf has no name
weights.pow(2).sum().backward()
print(weights.grad)

# %%
weights = (0.1 * torch.ones(3)).requires_grad_()  # now this is the leaf
weights.pow(2).sum().backward()
print(weights.grad)
