"""Failed building wheel for

pip found no finished build for your Python and tried to compile the package; `box2d-py` needs
SWIG and a C++ compiler for that.

recorded: https://github.com/openai/spinningup/issues/32
also: error: command 'swig' failed: No such file or directory |
    https://github.com/openai/spinningup/issues/32
also: error: command 'swig.exe' failed: None | https://github.com/agi-brain/xuance/issues/10
also: ERROR: Could not build wheels for box2d-py, which is required to install
    pyproject.toml-based projects | https://github.com/agi-brain/xuance/issues/10

ERROR: Failed building wheel for box2d-py
"""

# $ pip install box2d-py

# %%
# $ python -m pip install swig
# $ python -m pip install "gymnasium[box2d]"
