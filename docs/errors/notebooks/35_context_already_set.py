"""context has already been set

The start method can be chosen once for each process, and a notebook cell that sets it was run
twice.

run: -c

RuntimeError: context has already been set
"""

import multiprocessing as mp

mp.set_start_method("spawn")
mp.set_start_method("spawn")

# %%
import multiprocessing as mp

context = mp.get_context("spawn")  # use context.Process, context.Queue
print(context.get_start_method())
