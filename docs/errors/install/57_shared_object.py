"""cannot open shared object file: No such file or directory

A library of the operating system is missing; `libGL.so.1`, which OpenCV loads, is the usual one
in containers and on servers.

recorded: https://github.com/Denys88/rl_games/issues/77

ImportError: libGL.so.1: cannot open shared object file: No such file or directory
"""

import cv2

# %%
# $ python -m pip install opencv-python-headless
# OpenCV without windows
