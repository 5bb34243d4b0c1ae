"""externally-managed-environment

This Python belongs to your operating system, which does not allow pip to change it; make a
virtual environment and install there.

see: install
recorded: pip/_internal/exceptions/__init__.py

error: externally-managed-environment × This environment is externally managed
"""

# $ pip install torch

# %%
# $ python3 -m venv .venv
# $ source .venv/bin/activate
# On Windows: .venv\Scripts\activate
# $ python -m pip install torch
