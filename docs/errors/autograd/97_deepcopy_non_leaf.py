"""Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol

`copy.deepcopy` found a tensor that still belongs to a graph, such as a hidden state that an
agent keeps.

see: tutorials/pitfalls/leaving_the_graph

RuntimeError: Only Tensors created explicitly by the user (graph leaves) support the deepcopy
protocol at the moment. If you were attempting to deepcopy a module, this may be because of a
torch.nn.utils.weight_norm usage, see https://github.com/pytorch/pytorch/pull/103001
"""

import copy

import torch
from torch import nn

agent = {"net": nn.Linear(4, 2)}
agent["last"] = agent["net"](torch.ones(4))
copy.deepcopy(agent)

# %%
agent["last"] = agent["last"].detach()
print(copy.deepcopy(agent)["last"].shape)
