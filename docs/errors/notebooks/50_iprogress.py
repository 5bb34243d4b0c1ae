"""IProgress not found. Please update jupyter and ipywidgets.

In a notebook `tqdm` draws its bar with `ipywidgets`, which is not installed.

recorded: tqdm/notebook.py

ImportError: IProgress not found. Please update jupyter and ipywidgets. See
https://ipywidgets.readthedocs.io/en/stable/user_install.html
"""

from tqdm.notebook import tqdm

for episode in tqdm(range(3)):
    print(episode)

# %%
# $ python -m pip install ipywidgets
# then restart the kernel
from tqdm import tqdm  # or the plain bar

print(sum(tqdm(range(3), disable=True)))
