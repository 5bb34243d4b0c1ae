"""cannot assign module before Module.__init__() call

`super().__init__()` creates the place where a module keeps its layers, so it must come first.

see: concepts/modules

AttributeError: cannot assign module before Module.__init__() call
"""

from torch import nn


class Policy(nn.Module):
    def __init__(self):
        self.layer = nn.Linear(4, 2)


policy = Policy()


# %%
class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 2)


print(Policy())
