"""OMP: Error #15: Initializing … but found … already initialized.

Two packages each brought a copy of the OpenMP library, often because conda and pip both
installed something.

see: install
recorded: https://github.com/AliaksandrSiarohin/first-order-model/issues/155
also: OMP: Error #15: Initializing libomp.dylib, but found libiomp5.dylib already initialized. |
    https://github.com/pytorch/pytorch/issues/13806

OMP: Error #15: Initializing libiomp5md.dll, but found libiomp5md.dll already initialized. OMP:
Hint This means that multiple copies of the OpenMP runtime have been linked into the program.
That is dangerous, since it can degrade performance or cause incorrect results.
"""

import numpy
import torch

# %%
# a new environment, filled by pip alone
# $ python -m venv .venv
# $ .venv/bin/python -m pip install torch numpy matplotlib
