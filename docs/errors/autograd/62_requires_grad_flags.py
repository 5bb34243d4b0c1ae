"""you can only change requires_grad flags of leaf variables.

A result of other tensors always follows them; `.detach()` makes a tensor that does not.

see: tutorials/pitfalls/leaving_the_graph

RuntimeError: you can only change requires_grad flags of leaf variables. If you want to use a
computed variable in a subgraph that doesn't require differentiation use var_no_grad =
var.detach().
"""

import torch

weights = torch.ones(3, requires_grad=True)
features = weights * 2
features.requires_grad = False

# %%
features = features.detach()
print(features.requires_grad)
