"""Number the version by the commit, so that pip and the notebooks replace an older build."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent


def git(*command: str) -> str:
    """Ask git about this folder's own repository; return "" if there is none."""
    environment = os.environ | {"GIT_CEILING_DIRECTORIES": str(ROOT.parent)}
    options = {"cwd": ROOT, "env": environment, "stderr": subprocess.DEVNULL}
    try:
        return subprocess.check_output(("git", *command), text=True, **options).strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


commit = git("rev-parse", "HEAD")
count = git("rev-list", "--count", "HEAD")
__version__ = f"0.2.0.dev{count}+g{commit[:8]}" if commit else "0.2.0.dev0"
