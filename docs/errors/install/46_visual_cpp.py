"""Microsoft Visual C++ 14.0 or greater is required.

pip tries to compile a package and Windows has no compiler; most packages have a finished wheel
for a Python that is one version older.

recorded: setuptools/_distutils/compilers/C/msvc.py

error: Microsoft Visual C++ 14.0 or greater is required. Get it with "Microsoft C++ Build
Tools": https://visualstudio.microsoft.com/visual-cpp-build-tools/
"""

# $ pip install box2d-py

# %%
# $ py -3.12 -m venv .venv
# $ .venv\Scripts\python -m pip install "gymnasium[classic-control]"
