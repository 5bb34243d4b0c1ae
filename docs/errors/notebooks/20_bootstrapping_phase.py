"""An attempt has been made to start a new process before the current process has finished

On Windows and macOS each new process imports your script again, so a script that starts
processes must do it below `if __name__ == "__main__":`.

run: train.py

RuntimeError: An attempt has been made to start a new process before the current process has
finished its bootstrapping phase. This probably means that you are not using fork to start your
child processes and you have forgotten to use the proper idiom in the main module: if __name__
== '__main__': freeze_support() ... The "freeze_support()" line can be omitted if the program is
not going to be frozen to produce an executable. To fix this issue, refer to the "Safe importing
of main module" section in https://docs.python.org/3/library/multiprocessing.html
"""

import multiprocessing as mp

spawn = mp.get_context("spawn")  # as on Windows and macOS
worker = spawn.Process(target=print, args=("hello",))
worker.start()
worker.join()

# %%
import multiprocessing as mp

if __name__ == "__main__":  # new processes skip what is below
    worker = mp.get_context("spawn").Process(target=print, args=("hello",))
    worker.start()
    worker.join()
