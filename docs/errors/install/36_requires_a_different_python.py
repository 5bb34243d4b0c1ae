"""requires a different Python

The package needs a newer Python than the one that runs pip.

see: install
recorded: pip/_internal/resolution/legacy/resolver.py
also: ERROR: Ignored the following versions that require a different python version: 0.2.0
    Requires-Python >=3.11 | pip/_internal/resolution/resolvelib/factory.py

ERROR: Package 'pytorch-rl-basics' requires a different Python: 3.9.18 not in '>=3.11'
"""

# $ pip install pytorch_rl_basics-0.2.0-py3-none-any.whl

# %%
# $ python3.12 -m venv .venv
# $ .venv/bin/python -m pip install pytorch_rl_basics-0.2.0-py3-none-any.whl
