"""How pip and the notebooks install the wheel that the site carries."""

from urllib.parse import quote

from templates import fill_in

EXTRAS = "[tutorials,xray]"  # what scripts and notebooks need


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
    return fill_in("first_cell.jinja", wheel=wheel, address=address, needed=needed)
