"""Can't get attribute … on <module '__main__'

Python looks up a function or class by name in `__main__`, and there it is missing: a new
process does not know your notebook's cells, and a script does not know the class that another
script saved.

run: -c

AttributeError: Can't get attribute 'play' on <module '__main__'>
"""

import multiprocessing as mp


def play(seed):
    return seed


mp.set_start_method("spawn")  # as on Windows and macOS
worker = mp.Process(target=play, args=(0,))
worker.start()

# %%
# put play into a file, such as players.py, and import it from there:
# from players import play
import operator

print(operator.pos.__module__)  # a module that a new process can import
