"""Build the site, and kill the build in each phase before one may end.

The arguments are the command that builds. What a killed build leaves must not disturb the next.
"""

import os
import re
import signal
import subprocess
import sys
import time

PHASES = (  # what a build prints as it enters them
    r"generating gallery for tutorials/algorithms.* 40%",
    r"reading sources.* [5-9]\d%",
    r"writing output.* [5-9]\d%",
    r"dumping object inventory",  # what follows is this project's own
)
A_WHILE = 2  # seconds, after which a build is in the middle of something


def kill_in(phase: str, command: list[str]) -> None:
    """Start a build, and end it and its processes without a warning."""
    unbuffered = os.environ | {"PYTHONUNBUFFERED": "1"}
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(command, env=unbuffered, start_new_session=True, **output) as build:
        if not any(re.search(phase, line) for line in build.stdout):
            sys.exit(f"The build never printed {phase!r}.")
        time.sleep(A_WHILE)
        os.killpg(build.pid, signal.SIGKILL)
    print(f"killed {A_WHILE} s after {phase!r}", flush=True)


if __name__ == "__main__":
    for phase in PHASES:
        kill_in(phase, sys.argv[1:])
    sys.exit(subprocess.run(sys.argv[1:], check=False).returncode)
