"""cannot import name … from …

The module has no such name: it is misspelled, or your version of the package is older or newer
than the code.

see: reference
run: -c

ImportError: cannot import name 'rand_int' from 'random' (random.py)
"""

from random import rand_int

print(rand_int(0, 1))

# %%
import random

print([name for name in dir(random) if "int" in name])
