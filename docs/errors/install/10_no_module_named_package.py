"""No module named 'pytorch_rl_basics'

The site's own package is not installed in the Python that runs your code, or you installed it
in another environment.

see: install
run: -c

ModuleNotFoundError: No module named 'pytorch_rl_basics'
"""

import pytorch_rl_basics

print(pytorch_rl_basics.__version__)

# %%
# first install it, as the page Install says
import pytorch_rl_basics

print(pytorch_rl_basics.check.__name__)
