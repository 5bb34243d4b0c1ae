"""can't convert np.ndarray of type numpy.object_

The array holds Python objects and not numbers: its rows have different lengths, or an entry is
`None`.

TypeError: can't convert np.ndarray of type numpy.object_. The only supported types are:
float64, float32, float16, complex64, complex128, int64, int32, int16, int8, uint64, uint32,
uint16, uint8, and bool.
"""

import numpy as np
import torch

last_states = np.array([[0.1, 0.2], None], dtype=object)
states = torch.as_tensor(last_states)

# %%
known = [state for state in last_states if state is not None]
print(torch.as_tensor(known))
