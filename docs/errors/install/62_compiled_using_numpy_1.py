"""A module that was compiled using NumPy 1.x cannot be run in

A package in the traceback is older than NumPy 2; upgrade that package, or install NumPy 1.

see: install
recorded: numpy/core/_multiarray_umath.py
also: AttributeError: _ARRAY_API not found | https://github.com/pytorch/pytorch/issues/135013
also: ImportError: numpy.core.multiarray failed to import |
    https://github.com/pytorch/pytorch/issues/413

A module that was compiled using NumPy 1.x cannot be run in NumPy 2.4.6 as it may crash. To
support both 1.x and 2.x versions of NumPy, modules must be compiled with NumPy 2.0. Some module
may need to rebuild instead e.g. with 'pybind11>=2.12'. If you are a user of the module, the
easiest solution will be to downgrade to 'numpy<2' or try to upgrade the affected module.
"""

import torch

# %%
# upgrade the package that the traceback names:
# $ python -m pip install --upgrade torch
# or, if there is no newer one:
# $ python -m pip install "numpy<2"
