"""'generator' object has no attribute …

`parameters()` gives the parameters one after the other; a list of them has a length and can be
indexed.

see: concepts/modules

AttributeError: 'generator' object has no attribute 'data'
"""

from torch import nn

q = nn.Linear(4, 2)
weight = q.parameters().data

# %%
weights = list(q.parameters())
weight = weights[0].data
print(weight.shape)
