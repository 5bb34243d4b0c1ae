"""How pip and the notebooks install the wheel that the site carries."""

from urllib.parse import quote

EXTRAS = "[tutorials,xray]"  # what scripts and notebooks need

IF_MISSING = """\
# Installs the version of the package that belongs to this notebook, unless you have it already.
from importlib import metadata
from pathlib import Path

try:
    installed = metadata.version("pytorch-rl-basics")
except metadata.PackageNotFoundError:
    installed = None
if installed != "{version}":
"""
FROM_FILE = """\
    wheel = "{wheel}"
    folder = next((path for path in (".", "../..") if Path(path, wheel).exists()), None)
    if folder is None:
        raise FileNotFoundError(
            f"You have version {{installed}}. "
            f"Download {{wheel}} from the page 'Install' of the site, "
            "put it into the folder of this notebook, and run this cell again."
        )
"""


def requirement(wheel: str, address: str) -> str:
    """Write what pip installs: the wheel at the site's address, or the file in this folder."""
    if not address:
        return f"./{wheel}{EXTRAS}"
    return f"pytorch-rl-basics{EXTRAS} @ {address}{quote(wheel)}"


def install_cell(wheel: str, address: str) -> str:
    """Write a notebook's first cell, which installs the site's own wheel.

    Where the site has no address, the wheel is a file: beside the notebook, or, in an unpacked copy
    of the site, two folders above it.
    """
    needed = requirement(wheel, address) if address else f"{{folder}}/{{wheel}}{EXTRAS}"
    cell = IF_MISSING if address else IF_MISSING + FROM_FILE
    cell = cell.format(wheel=wheel, version=wheel.split("-")[1])
    return f'{cell}    %pip install --quiet "{needed}"\n'
