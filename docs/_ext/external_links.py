"""Links to the documentation of Python, PyTorch and NumPy, without inventories to download.

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
NUMPY = "https://numpy.org/doc/stable/reference/generated/"

# Names under which PyTorch does not document what they name.
DOCUMENTED_AS = {
    "torch.distributions.Categorical": "torch.distributions.categorical.Categorical",
    "torch.nn.Parameter": "torch.nn.parameter.Parameter",
    "torch.nn.modules.module.Module": "torch.nn.Module",
    "torch.optim.optimizer.Optimizer": "torch.optim.Optimizer",
}
# What shares a page there; a point stands for all that a module holds.
SHARED_PAGES = {
    "torch.Tensor": "tensors",
    "torch.device": "tensor_attributes",
    "torch.distributions.": "distributions",
    "torch.dtype": "tensor_attributes",
    "torch.optim.Optimizer": "optim",
    "torch.utils.data.": "data",
}
# Builtin types that Python documents among the functions.
FUNCTIONS_PAGE_TYPES = {"bool", "complex", "float", "int", "object", "type"}


def url_of(name: str) -> str | None:
    """Return where a dotted name is documented; None if it names nothing that is known here."""
    name = DOCUMENTED_AS.get(name, name)
    package = name.partition(".")[0]
    if name != "None" and locate(name) is None:
        return None
    if package == "torch":
        return f"{TORCH}{torch_page(name)}.html#{name}"
    if package == "numpy":
        return f"{NUMPY}{name}.html#{name}"
    if package in sys.stdlib_module_names:
        module = name
        while not inspect.ismodule(locate(module)):
            module = module.rpartition(".")[0]
        return f"{PYTHON}{module}.html#{'module-' if module == name else ''}{name}"
    return f"{PYTHON}{builtin_page(package)}.html#{name}" if hasattr(builtins, package) else None


def torch_page(name: str) -> str:
    """Return the page of a function, a class, or a class's member."""
    for key, page in SHARED_PAGES.items():
        if name == key or (key.endswith(".") and name.startswith(key)):
            return page
    owner = name.rpartition(".")[0]
    on_its_class_s_page = inspect.isclass(locate(owner)) and owner not in SHARED_PAGES
    return f"generated/{owner if on_its_class_s_page else name}"


def builtin_page(name: str) -> str:
    """Return the page of a builtin function, type, exception or constant."""
    kind = getattr(builtins, name)
    if kind is None:
        return "constants"
    if not inspect.isclass(kind) or name in FUNCTIONS_PAGE_TYPES:
        return "functions"
    return "exceptions" if issubclass(kind, BaseException) else "stdtypes"


def link(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, content: nodes.TextElement
) -> nodes.reference | None:
    """Resolve what neither the pages nor the reference define."""
    url = url_of(node["reftarget"]) if node.get("refdomain") == "py" else None
    return url and nodes.reference("", "", content, internal=False, refuri=url)


def setup(app: Sphinx) -> dict:
    """Answer Sphinx's missing references."""
    app.connect("missing-reference", link)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
