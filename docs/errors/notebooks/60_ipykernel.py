"""requires the ipykernel package.

The Python that the editor chose for the notebook has no Jupyter kernel.

see: install
recorded: https://github.com/microsoft/vscode-jupyter/issues/16882

Running cells with 'Python 3.12.1' requires the ipykernel package.
"""

# run the first cell in VS Code

# %%
# $ python -m pip install ipykernel
