"""No matching distribution found for

The index has no build for your Python, operating system or processor: PyTorch has none for
32-bit Python and, in its first months, for a new Python version.

see: install
recorded: pip/_internal/resolution/resolvelib/factory.py
also: ERROR: Could not find a version that satisfies the requirement torch (from versions: none)
    | pip/_internal/resolution/resolvelib/factory.py

ERROR: No matching distribution found for torch
"""

# $ pip install torch

# %%
# $ python -c "import sys, platform; print(sys.version, platform.machine())"
# with a Python that PyTorch supports:
# $ python3.12 -m venv .venv
# $ .venv/bin/python -m pip install torch
