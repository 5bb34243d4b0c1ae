"""undefined symbol

A CUDA library of the system or of another package is loaded instead of the one that PyTorch
brought, usually through `LD_LIBRARY_PATH`.

see: install
recorded: https://github.com/pytorch/pytorch/issues/134929

ImportError: libcusparse.so.12: undefined symbol: __nvJitLinkComplete_12_4, version
libnvJitLink.so.12
"""

import torch

# %%
# $ unset LD_LIBRARY_PATH
# $ python -m pip install --force-reinstall torch
