"""The autograd X-ray: what a loss is computed from, and which parameters its gradient reaches."""

from __future__ import annotations

import re
import textwrap
from base64 import b64encode
from functools import cached_property
from html import escape
from pathlib import Path

import torch
from torch import Tensor, nn

from .drawing import DRAWN, INSTALL, Box, describe, draw, shape_and_dtype
from .findings import Case, Finding, Parameter, mark_cuts
from .graph import NOTHING, Graph, owned, walk
from .rules import diagnose

__all__ = ["Finding", "Parameter", "XRay", "xray"]

LISTED = 40  # parameters in the table of a terminal
WIDTH = 80  # columns of a terminal
SMALLEST = 0.7  # of a picture's size: below, its text is too small to read on a phone


class XRay:
    """The result of :func:`xray`: text in a terminal, a picture and a table in a notebook.

    ``findings`` are the diagnoses, each with a ``name``, a ``what``, a ``cause`` and a ``fix``,
    and ``parameters`` the table, one entry per parameter. :meth:`save` writes the picture.
    """

    def __init__(
        self,
        loss: str,
        graph: Graph,
        parameters: tuple[Parameter, ...],
        findings: tuple[Finding, ...],
    ) -> None:
        self.findings = findings
        self.parameters = parameters
        self._loss, self._operations = loss, graph.operations

    @property
    def names(self) -> list[str]:
        """The names of the findings, such as ``"frozen"``; ``["healthy"]`` if there are none."""
        return [finding.name for finding in self.findings]

    @property
    def reached(self) -> list[str]:
        """The names of the parameters that ``backward()`` brings, or has brought, a gradient."""
        return [parameter.name for parameter in self.parameters if parameter.reached]

    @property
    def summary(self) -> str:
        """One sentence: the operations behind the loss, and how many parameters are reached."""
        ways = [operation.name for operation in self._operations[:DRAWN]]
        way = "loss " + self._loss + (f" from {', '.join(ways)}" if ways else "")
        if len(self._operations) > DRAWN:
            way += f" and {len(self._operations) - DRAWN} more operations"
        return f"{way}; {len(self.reached)} of {len(self.parameters)} parameters reached"

    @cached_property
    def svg(self) -> str:
        """The picture.

        Raises:
            ImportError: the package ``pygraphviz``, which lays it out, is not installed.
        """
        text = self._loss if self._operations else f"{self._loss}, no graph"
        root = Box("loss", text, dashed=not self._operations)
        unreached = [
            f"{p.name} {shape_and_dtype(p.shape, p.dtype)}{', frozen' * p.frozen}"
            for p in self.parameters
            if not p.reached
        ]
        return draw(root, self._operations, unreached, self.summary)

    def save(self, path: str | Path) -> None:
        """Write the picture to a file, as SVG.

        Raises:
            ImportError: the package ``pygraphviz``, which lays it out, is not installed.
        """
        Path(path).write_text(self.svg, encoding="utf-8")

    def __repr__(self) -> str:
        return "\n".join([*self._findings_as_text(), "", *self._graph_as_text(), *self._table()])

    def _findings_as_text(self) -> list[str]:
        """Set each finding as a paragraph that starts with its name."""
        return [
            textwrap.fill(f"{finding.name}: {finding}", WIDTH, subsequent_indent="  ")
            for finding in self.findings
        ]

    def _graph_as_text(self) -> list[str]:
        """List the operations from the loss on; each uses the next one, or says which it uses."""
        lines = [f"loss {self._loss}" + ("" if self._operations else ", no graph")]
        for place, operation in enumerate(self._operations[:DRAWN], start=1):
            about = shape_and_dtype(operation.shape, operation.dtype)
            line = f"{place:3} {operation.name} {about}"
            inputs = [i + 1 for i in operation.inputs]
            if inputs and inputs != [place + 1]:
                line += f"  <- {' and '.join(map(str, inputs))}"
            elif not inputs and place < len(self._operations):
                line += "  (ends here)"
            lines += [line, *(f"      {describe(entry)}" for entry in operation.entries)]
        if len(self._operations) > DRAWN:
            lines.append(f"    and {len(self._operations) - DRAWN} more operations")
        return [*lines, ""]

    def _table(self) -> list[str]:
        rows = [self._heads(), *(self._cells(p) for p in self.parameters[:LISTED])]
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        if len(self.parameters) > LISTED:
            lines.append(f"and {len(self.parameters) - LISTED} more")
        return lines if self.parameters else []

    def _heads(self) -> list[str]:
        heads = ["parameter", "", "gradient from this loss", "norm of .grad now"]
        return [*heads, "in the optimizer"] if self._with_optimizer else heads

    @property
    def _with_optimizer(self) -> bool:
        return any(parameter.stepped is not None for parameter in self.parameters)

    def _cells(self, parameter: Parameter) -> list[str]:
        cells = [
            parameter.name,
            shape_and_dtype(parameter.shape, parameter.dtype),
            "yes" if parameter.reached else "no, frozen" if parameter.frozen else "no",
            "None" if parameter.norm is None else f"{parameter.norm:.3g}",
        ]
        return [*cells, "yes" if parameter.stepped else "no"] if self._with_optimizer else cells

    def _repr_html_(self) -> str:
        """Give what notebooks and pages show: diagnosis, picture and table."""
        findings = "".join(
            f"<li><strong>{_html(finding.what)}</strong> {_html(finding.cause)} "
            f"{_html(finding.fix)}</li>"
            for finding in self.findings
        )
        try:
            data = b64encode(self.svg.encode()).decode()
            size, width = re.findall(r'^<svg [^>]*(width="(\d+)" height="\d+")', self.svg)[0]
            picture = (
                '<div style="overflow-x: auto">'
                f'<img class="xray-graph" {size} src="data:image/svg+xml;base64,{data}" '
                f'alt="{escape("Autograd graph: " + self.summary)}" style="display: block; '
                f"max-width: 100%; min-width: {SMALLEST * int(width):.0f}px; height: auto; "
                'margin: 1rem auto"></div>'
            )
        except ImportError:
            text = escape("\n".join(self._graph_as_text()))
            picture = f"<p>{escape(INSTALL)}</p><pre>{text}</pre>"
        return f'<div class="xray"><ul>{findings}</ul>{picture}{self._table_as_html()}</div>'

    def _table_as_html(self) -> str:
        if not self.parameters:
            return ""
        left = 'style="text-align: left; padding: 0.25em 0.75em"'
        name, _, *others = self._heads()
        heads = "".join(f'<th scope="col" {left}>{head}</th>' for head in [name, *others])
        rows = []
        for parameter in self.parameters:
            label, about, *cells = map(escape, self._cells(parameter))
            first = f"<td {left}><code>{label}</code><br><small>{about}</small></td>"
            rows.append(f"<tr>{first}{''.join(f'<td {left}>{cell}</td>' for cell in cells)}</tr>")
        return (
            '<div class="table-wrapper" style="overflow-x: auto"><table class="docutils" '
            'style="font-size: 0.875em">'
            f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
        )


def xray(loss: object, model: nn.Module, optimizer: torch.optim.Optimizer | None = None) -> XRay:
    """Look at the autograd graph behind a loss, and say why a model does not learn from it.

    Args:
        loss: what ``backward()`` is called on: a tensor with one element. Anything else gets a
            diagnosis.
        model: the module that should learn.
        optimizer: the optimizer of the model. If given, the X-ray compares its parameters too.

    Returns:
        Diagnoses in words, the graph with shapes and dtypes, and a table that says which parameters
        get a gradient from this loss, and how large ``.grad`` is now. It shows itself as text in a
        terminal and as a picture in a notebook; ``save("graph.svg")`` writes a file.

    Raises:
        TypeError: ``model`` is not an ``nn.Module``, or ``optimizer`` not an optimizer.

    Call it before ``backward()`` or after it. It only reads: no gradient is computed, nothing is
    changed, and the graph can be used afterwards. The picture needs the package pygraphviz
    2.0, which brings Graphviz. See https://docs.pytorch.org/docs/stable/notes/autograd.html.

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
    owners = owned(model)
    graph = walk(loss, owners) if isinstance(loss, Tensor) else NOTHING
    held = {id(p) for group in optimizer.param_groups for p in group["params"]} if optimizer else {}
    parameters = tuple(
        Parameter(
            name=name,
            shape=tuple(value.shape),
            dtype=value.dtype,
            frozen=not value.requires_grad,
            reached=id(value) in graph.leaves,
            norm=_norm(value.grad),
            stepped=id(value) in held if optimizer else None,
        )
        for name, value in model.named_parameters()
    )
    graph = mark_cuts(graph, parameters)
    findings = diagnose(Case(loss, model, graph, parameters, owners, optimizer))
    return XRay(_headline(loss), graph, parameters, tuple(findings))


def _norm(gradient: Tensor | None) -> float | None:
    """Give the Euclidean norm of a gradient; nan where it has no values, as on ``meta``."""
    if gradient is None:
        return None
    return float("nan") if gradient.is_meta else gradient.detach().float().norm().item()


def _headline(loss: object) -> str:
    if not isinstance(loss, Tensor):
        return f"of type {type(loss).__name__}"
    about = shape_and_dtype(tuple(loss.shape), loss.dtype)
    if loss.numel() != 1 or loss.is_meta:
        return about
    return f"{loss.detach().item():.4g} {about}"


def _html(text: str) -> str:
    """Escape a sentence, and set what is in backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
