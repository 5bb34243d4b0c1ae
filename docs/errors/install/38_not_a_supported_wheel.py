"""is not a supported wheel on this platform.

The wheel was built for another Python, operating system or processor, or its file was renamed
after the download.

see: install
recorded: pip/_internal/resolution/resolvelib/factory.py
also: ERROR: Invalid wheel filename (wrong number of parts): 'torch (1)' |
    pip/_vendor/packaging/utils.py

ERROR: torch-2.6.0-cp311-cp311-win_amd64.whl is not a supported wheel on this platform.
"""

# $ pip install torch-2.6.0-cp311-cp311-win_amd64.whl

# %%
# pip chooses the right wheel:
# $ python -m pip install torch
