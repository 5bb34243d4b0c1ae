"""Links to the documentation of PyTorch, without an inventory to download.

Names of Python and NumPy are shown without a link. What cannot be imported fails the build.
"""

import inspect
from pydoc import locate

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

TORCH = "https://docs.pytorch.org/docs/stable/"

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


def torch_page(name: str) -> str:
    """Return the page of a function, a class, or a class's member."""
    for key, page in SHARED_PAGES.items():
        if name == key or (key.endswith(".") and name.startswith(key)):
            return page
    owner = name.rpartition(".")[0]
    on_its_class_s_page = inspect.isclass(locate(owner)) and owner not in SHARED_PAGES
    return f"generated/{owner if on_its_class_s_page else name}"


def link(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, content: nodes.TextElement
) -> nodes.Element | None:
    """Resolve what neither the pages nor the reference define."""
    name = DOCUMENTED_AS.get(node["reftarget"], node["reftarget"])
    if node.get("refdomain") != "py" or (name != "None" and locate(name) is None):
        return None
    if not name.startswith("torch."):
        return content
    address = f"{TORCH}{torch_page(name)}.html#{name}"
    return nodes.reference("", "", content, internal=False, refuri=address)


def setup(app: Sphinx) -> dict:
    """Answer Sphinx's missing references."""
    app.connect("missing-reference", link)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
