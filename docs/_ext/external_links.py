"""Links to the documentation of Python, PyTorch and friends, without inventories to download.

A name gets a link only if it can be imported, so a typo still fails the build.
"""

import builtins
import inspect
import sys
from pydoc import locate

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

PYTHON = "https://docs.python.org/3/library/"
TORCH = "https://docs.pytorch.org/docs/stable/"
GYMNASIUM = "https://gymnasium.farama.org/api/"
MATPLOTLIB = "https://matplotlib.org/stable/api/"
NUMPY = "https://numpy.org/doc/stable/reference/"

# The short names of annotations and prose.
ALIASES = {
    "F": "torch.nn.functional",
    "Tensor": "torch.Tensor",
    "gym": "gymnasium",
    "nn": "torch.nn",
    "np": "numpy",
    "optim": "torch.optim",
    "plt": "matplotlib.pyplot",
}
CONSTANTS = {"False", "None", "True"}

# PyTorch writes its classes in one module and documents them in another.
TORCH_HOMES = ("torch", "torch.nn", "torch.optim", "torch.utils.data")
# What shares a page there; everything else has a page of its own under generated/.
TORCH_PAGES = {
    "torch.Size": "size",
    "torch.Tensor": "tensors",
    "torch.device": "tensor_attributes",
    "torch.distributions": "distributions",
    "torch.dtype": "tensor_attributes",
    "torch.layout": "tensor_attributes",
    "torch.nn.init": "nn.init",
    "torch.optim.Optimizer": "optim",
    "torch.testing": "testing",
    "torch.utils.data": "data",
}
TORCH_METHOD_PAGES = {"torch.Tensor", "torch.optim.Optimizer"}
GYMNASIUM_PAGES = {
    "gymnasium.make": "registry/",
    "gymnasium.make_vec": "registry/",
    "gymnasium.register": "registry/",
    "gymnasium.spaces.Space": "spaces/",
    "gymnasium.spaces": "spaces/fundamental/",
    "gymnasium.vector": "vector/",
    "gymnasium.wrappers": "wrappers/",
    "gymnasium": "env/",
}
# Builtin types that Python documents among the functions.
FUNCTIONS_PAGE_TYPES = {
    "bool", "bytearray", "classmethod", "complex", "enumerate", "filter", "float", "int", "map",
    "object", "property", "reversed", "slice", "staticmethod", "super", "type", "zip",
}  # fmt: skip


def url_of(name: str) -> str | None:
    """Where a dotted name is documented; None if it names nothing."""
    if name in CONSTANTS:
        return f"{PYTHON}constants.html#{name}"
    first, dot, rest = name.partition(".")
    name = ALIASES.get(first, first) + dot + rest
    name = name.replace("torch.optim.optimizer.", "torch.optim.")  # PyTorch deletes that name
    package = name.partition(".")[0]
    page_of = PAGES.get(package)
    if page_of is None and package in sys.stdlib_module_names:
        page_of = stdlib_page
    elif page_of is None and hasattr(builtins, package):
        page_of = builtin_page
    return page_of(name) if page_of and locate(name) is not None else None


def within(name: str, prefix: str) -> bool:
    """Whether a name is the prefix or is inside it."""
    return f"{name}.".startswith(f"{prefix}.")


def torch_page(name: str) -> str:
    """The page and anchor in PyTorch's documentation."""
    found = locate(name)
    if inspect.ismodule(found):
        page = "torch" if name == "torch" else name.removeprefix("torch.")
        return f"{TORCH}{page}.html"
    if type(found).__name__ == "dtype":
        return f"{TORCH}tensor_attributes.html#torch.dtype"
    owner_name, _, member = name.rpartition(".")
    owner = locate(owner_name)
    if not inspect.isclass(owner):
        name = torch_name(name, found)
        return f"{TORCH}{torch_own_page(name)}#{name}"
    owner_name = torch_name(owner_name, owner)
    name = f"{owner_name}.{member}"
    if owner_name in TORCH_METHOD_PAGES:
        return f"{TORCH}generated/{name}.html#{name}"
    return f"{TORCH}{torch_own_page(owner_name)}#{name}"


def torch_name(name: str, found: object) -> str:
    """The name under which PyTorch documents a class; other names are public already."""
    if not inspect.isclass(found):
        return name
    if found.__module__.startswith("torch.distributions") or found.__name__ == "Parameter":
        return f"{found.__module__}.{found.__name__}"
    homes = (home for home in TORCH_HOMES if getattr(locate(home), found.__name__, None) is found)
    return next((f"{home}.{found.__name__}" for home in homes), name)


def torch_own_page(name: str) -> str:
    """The page of a function or class."""
    shared = (page for key, page in TORCH_PAGES.items() if within(name, key))
    return f"{next(shared, f'generated/{name}')}.html"


def gymnasium_page(name: str) -> str:
    """The page and anchor in Gymnasium's documentation."""
    page = next(page for key, page in GYMNASIUM_PAGES.items() if within(name, key))
    return f"{GYMNASIUM}{page}#{name}"


def matplotlib_page(name: str) -> str:
    """The page and anchor in Matplotlib's documentation."""
    return f"{MATPLOTLIB}_as_gen/{name}.html#{name}"


def numpy_page(name: str) -> str:
    """The page and anchor in NumPy's documentation."""
    return f"{NUMPY}generated/{name}.html#{name}"


def stdlib_page(name: str) -> str:
    """The page and anchor of something that must be imported."""
    module = name
    while not inspect.ismodule(locate(module)):
        module = module.rpartition(".")[0]
    return f"{PYTHON}{module}.html#{f'module-{name}' if module == name else name}"


def builtin_page(name: str) -> str:
    """The page and anchor of a builtin function, type, exception, or member of one."""
    owner = getattr(builtins, name.partition(".")[0])
    if not inspect.isclass(owner) or name in FUNCTIONS_PAGE_TYPES:
        return f"{PYTHON}functions.html#{name}"
    page = "exceptions" if issubclass(owner, BaseException) else "stdtypes"
    return f"{PYTHON}{page}.html#{name}"


PAGES = {
    "gymnasium": gymnasium_page,
    "matplotlib": matplotlib_page,
    "numpy": numpy_page,
    "torch": torch_page,
}


def link(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, content: nodes.TextElement
) -> nodes.reference | None:
    """Resolve what neither the pages nor the reference define."""
    if node.get("refdomain") != "py":
        return None
    url = url_of(node["reftarget"])
    return url and nodes.reference("", "", content, internal=False, refuri=url)


def setup(app: Sphinx) -> dict:
    """Answer Sphinx's missing references."""
    app.connect("missing-reference", link)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
