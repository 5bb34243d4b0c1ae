"""Subtraction, the `-` operator, with a bool tensor is not supported.

`-` is arithmetic, as in `1 - terminated`, and the flags are bools.

see: tutorials/exercises/exercise_8_target_network

RuntimeError: Subtraction, the `-` operator, with a bool tensor is not supported. If you are
trying to invert a mask, use the `~` or `logical_not()` operator instead.
"""

import torch

terminated = torch.tensor([False, True])
next_values = torch.tensor([5.0, 7.0])
targets = 1.0 + 0.99 * (1 - terminated) * next_values

# %%
targets = 1.0 + 0.99 * ~terminated * next_values
print(targets)
