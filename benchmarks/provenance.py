"""Say on which machine, with which versions and when something was measured."""

import os
import platform
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from .results import Made

PACKAGES = ("torch", "gymnasium", "stable-baselines3")


def made_here() -> Made:
    """Describe this machine, these versions and this moment."""
    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        with suppress(PackageNotFoundError):
            versions[package] = version(package)
    machine = {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "load": f"{os.getloadavg()[0]:.1f}",  # processes that run or wait for a core, last minute
    }
    return Made(datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"), machine, versions)


def _processor() -> str:
    """Name the processor, as Linux does, or as Python can."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown"
