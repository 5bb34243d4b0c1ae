"""partially initialized module … has no attribute … (most likely due to a circular import)

Your file has the name of a module that it imports, here `random`, so it imports itself.

see: install
when: sys.version_info < (3, 13)
recorded: Python 3.11
run: random.py

AttributeError: partially initialized module 'random' has no attribute 'randint' (most likely
due to a circular import)
"""

# this file is saved as random.py
import random

print(random.randint(0, 1))

# %%
# rename your file:
# $ mv random.py my_agent.py
import random

print(random.randint(0, 1) in (0, 1))
