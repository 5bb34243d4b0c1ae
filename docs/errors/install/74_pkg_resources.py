"""pkg_resources is deprecated as an API.

pygame imports an old part of setuptools; the warning is harmless.

recorded: https://github.com/pygame/pygame/issues/4557

UserWarning: pkg_resources is deprecated as an API. See
https://setuptools.pypa.io/en/latest/pkg_resources.html. The pkg_resources package is slated for
removal as early as 2025-11-30. Refrain from using this package or pin to Setuptools<81.
"""

import pygame

# %%
# to be rid of the warning:
# $ python -m pip install "setuptools<81"
