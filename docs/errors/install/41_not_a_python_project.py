"""does not appear to be a Python project

pip installs the folder that it is given, and this folder has no `pyproject.toml`.

see: install
recorded: pip/_internal/pyproject.py

ERROR: file:///home/me does not appear to be a Python project: neither 'setup.py' nor
'pyproject.toml' found.
"""

# $ pip install .

# %%
# $ cd pytorch-rl-basics
# $ python -m pip install .
