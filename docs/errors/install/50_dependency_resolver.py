"""pip's dependency resolver does not currently take into account

The installation worked, and it replaced a package that another package needs in a different
version; a fresh environment for each project avoids it.

see: install
recorded: https://github.com/soxoj/maigret/issues/693

ERROR: pip's dependency resolver does not currently take into account all the packages that are
installed. This behaviour is the source of the following dependency conflicts. crackmapexec
5.2.2 requires impacket<0.10.0,>=0.9.23, but you have impacket 0.10.0 which is incompatible.
"""

# $ pip install --upgrade numpy

# %%
# $ python -m venv .venv
# $ .venv/bin/python -m pip install torch "gymnasium[classic-control]"
