"""The autograd X-ray: what a loss is computed from, and which parameters its gradient reaches."""

import torch
from torch import Tensor, nn

from .drawing import shape_and_dtype
from .findings import Case, Finding
from .graph import NOTHING, mark_cuts, walk
from .parameters import Parameter, owned, tabulate
from .report import XRay
from .rules import diagnose

__all__ = ["Finding", "Parameter", "XRay", "xray"]


def xray(loss: object, model: nn.Module, optimizer: torch.optim.Optimizer | None = None) -> XRay:
    """Look at the autograd graph behind a loss, and say why a model does not learn from it.

    Args:
        loss: what ``backward()`` is called on: a tensor with one element. Anything else gets a
            diagnosis.
        model: the module that should learn.
        optimizer: the optimizer of the model, if its parameters should be compared too.

    Returns:
        Diagnoses, the graph with shapes and dtypes, and a table that says which parameters get
        a gradient from this loss, with the norm of ``.grad`` now. It is printed as text and shown
        in a notebook as a picture; ``save("graph.svg")`` writes the picture to a file.

    Raises:
        TypeError: ``model`` is not an ``nn.Module``, or ``optimizer`` not an optimizer.

    Call it before ``backward()`` or after it. It only reads, so the graph can be used afterwards.
    The picture needs the package pygraphviz 2.0, which brings Graphviz.
    See https://docs.pytorch.org/docs/stable/notes/autograd.html.

    >>> model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
    >>> states = torch.zeros(32, 4)
    >>> healthy = xray(model(states).mean(), model)
    >>> healthy.names, len(healthy.reached)
    (['healthy'], 4)
    >>> hidden = model[0](states).relu().detach()  # the graph is cut here
    >>> cut = xray(model[2](hidden).mean(), model)
    >>> cut.names, cut.reached
    (['cut'], ['2.weight', '2.bias'])
    """
    _require_types(model, optimizer)
    owners = owned(model)
    graph = walk(loss, owners) if isinstance(loss, Tensor) else NOTHING
    parameters = tabulate(model, graph.leaves, optimizer)
    mark_cuts(graph, parameters)
    findings = diagnose(Case(loss, model, graph, parameters, owners, optimizer))
    return XRay(tuple(findings), parameters, _headline(loss), graph.operations)


def _require_types(model: object, optimizer: object) -> None:
    """Refuse what is not a module, or not an optimizer."""
    if not isinstance(model, nn.Module):
        made = " Make an object of it first." if isinstance(model, type) else ""
        raise TypeError(
            f"xray: the model is of type {type(model).__name__}, but xray needs an nn.Module.{made}"
        )
    if not isinstance(optimizer, torch.optim.Optimizer | None):
        raise TypeError(
            f"xray: the optimizer is of type {type(optimizer).__name__}, but a torch optimizer, "
            "or nothing, is expected."
        )


def _headline(loss: object) -> str:
    """Describe a loss by its value, shape and dtype, as far as it has them."""
    if not isinstance(loss, Tensor):
        return f"of type {type(loss).__name__}"
    value = "" if loss.numel() != 1 or loss.is_meta else f"{loss.detach().item():.4g} "
    return value + shape_and_dtype(loss)
