"""The kernel appears to have died. It will restart automatically.

The process behind the notebook ended without a traceback: memory ran out, or two packages
clash; run the same code as a script to see what it prints.

recorded: https://github.com/pytorch/pytorch/issues/47846
also: The Kernel crashed while executing code in the current cell or a previous cell. |
    https://github.com/microsoft/vscode-jupyter/issues/15936

The kernel appears to have died. It will restart automatically.
"""

import torch

states = torch.zeros(1_000_000, 4, 84, 84)  # 113 GB

# %%
# $ jupyter nbconvert --to script your_notebook.ipynb
# $ python your_notebook.py
import torch

states = torch.zeros(1000, 84, 84, dtype=torch.uint8)  # 7 MB
print(states.nbytes)
