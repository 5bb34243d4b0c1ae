"""looks like a filename, but the file does not exist

The terminal is in another folder than the downloaded file, or the file's name is different.

see: install
recorded: pip/_internal/req/constructors.py

WARNING: Requirement 'pytorch_rl_basics-0.2.0-py3-none-any.whl' looks like a filename, but the
file does not exist
"""

# $ pip install pytorch_rl_basics-0.2.0-py3-none-any.whl

# %%
# $ cd ~/Downloads
# $ python -m pip install ./pytorch_rl_basics-0.2.0-py3-none-any.whl
