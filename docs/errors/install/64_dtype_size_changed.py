"""numpy.dtype size changed, may indicate binary incompatibility.

A package was compiled for another NumPy than the installed one.

recorded: https://github.com/matterport/Mask_RCNN/issues/3063

ValueError: numpy.dtype size changed, may indicate binary incompatibility. Expected 96 from C
header, got 88 from PyObject
"""

import matplotlib.pyplot as plt

# %%
# upgrade NumPy and the package that the traceback names:
# $ python -m pip install --upgrade numpy matplotlib
