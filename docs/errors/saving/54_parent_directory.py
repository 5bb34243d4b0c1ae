"""Parent directory … does not exist.

`torch.save` does not make folders.

RuntimeError: Parent directory no_such_folder does not exist.
"""

import torch

q = torch.nn.Linear(4, 2)
torch.save(q.state_dict(), "no_such_folder/agent.pt")

# %%
import tempfile
from pathlib import Path

path = Path(tempfile.mkdtemp(), "runs", "agent.pt")
path.parent.mkdir(parents=True)
torch.save(q.state_dict(), path)
print(path.name)
