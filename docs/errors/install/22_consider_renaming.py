"""consider renaming … since it has the same name as

Your file has the name of a module of Python or of an installed package, and Python imports
yours.

see: install
when: (3, 13) <= sys.version_info < (3, 14)
recorded: Python 3.13
run: random.py
also: AttributeError: module 'torch' has no attribute 'ones' (consider renaming 'torch.py' if it
    has the same name as a third-party module you intended to import) | Python 3.13, in a file
    called torch.py

AttributeError: module 'random' has no attribute 'randint' (consider renaming 'random.py' since
it has the same name as the standard library module named 'random' and the import system gives
it precedence)
"""

# this file is saved as random.py
import random

print(random.randint(0, 1))

# %%
# rename your file:
# $ mv random.py my_agent.py
import random

print(random.randint(0, 1) in (0, 1))
