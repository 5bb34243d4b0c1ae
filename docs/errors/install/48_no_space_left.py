"""No space left on device

The disk is full: PyTorch with CUDA takes several gigabytes, and the CPU build a few hundred
megabytes.

see: install
recorded: errno.ENOSPC, as Python prints it on Linux

ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device
"""

# $ pip install torch

# %%
# $ python -m pip cache purge
# $ python -m pip install torch --index-url https://download.pytorch.org/whl/cpu
