"""The virtual environment was not created successfully because ensurepip is not available

Debian and Ubuntu keep a part of `venv` in a package of its own; install it and make the
environment again.

see: install
recorded: https://github.com/pypa/build/issues/224

The virtual environment was not created successfully because ensurepip is not available. On
Debian/Ubuntu systems, you need to install the python3-venv package using the following command.
apt-get install python3-venv
"""

# $ python3 -m venv .venv

# %%
# $ sudo apt install python3-venv
# $ python3 -m venv .venv
