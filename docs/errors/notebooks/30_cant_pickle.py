"""Can't pickle

What goes to another process, or into a file, is found again by its name, and a `lambda` or a
function inside a function has none.

run: -c
also: TypeError: cannot pickle '_thread.lock' object | Python 3.11, for an object that holds a
    lock

_pickle.PicklingError: Can't pickle <function <lambda> at 0x...>: attribute lookup <lambda> on
__main__ failed
"""

import pickle

make_env = lambda: "CartPole-v1"
pickle.dumps(make_env)

# %%
import pickle
from functools import partial

make_env = partial(str, "CartPole-v1")  # a named function and its arguments
print(pickle.loads(pickle.dumps(make_env))())
