"""EOFError: Ran out of input

The file is empty, because the program that wrote it stopped first; on Windows, a process that
was started could not be set up.

EOFError: Ran out of input
"""

import io
import pickle

file = io.BytesIO()  # an empty file
agent = pickle.load(file)

# %%
file = io.BytesIO(pickle.dumps({"episode": 10}))
print(pickle.load(file))
