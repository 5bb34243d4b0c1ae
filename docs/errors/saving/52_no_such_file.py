"""No such file or directory

Python looks in its working directory, which `os.getcwd()` prints, and the file is elsewhere or
has another name.

FileNotFoundError: [Errno 2] No such file or directory: 'no_such_agent.pt'
"""

import torch

q = torch.nn.Linear(4, 2)
q.load_state_dict(torch.load("no_such_agent.pt"))

# %%
from pathlib import Path

path = Path("no_such_agent.pt")
print(path.exists())
