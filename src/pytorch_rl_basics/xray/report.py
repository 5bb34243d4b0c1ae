"""The result of an X-ray: text in a terminal, a picture and a table in a notebook."""

import re
import textwrap
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path

from .drawing import DRAWN, INSTALL, Box, describe, draw, shape_and_dtype
from .findings import Finding
from .graph import Operation
from .parameters import Parameter

LISTED = 40  # parameters in the table of a terminal
WIDTH = 80  # columns of a terminal
SMALLEST = 0.7  # of a picture's size: below, its text is too small to read on a phone


@dataclass(frozen=True, repr=False, eq=False)
class XRay:
    """The result of :func:`xray`: text in a terminal, a picture and a table in a notebook.

    ``findings`` are the diagnoses, each with a ``name``, a ``what``, a ``cause`` and a ``fix``,
    and ``parameters`` the table, one entry per parameter. :meth:`save` writes the picture.
    """

    findings: tuple[Finding, ...]
    parameters: tuple[Parameter, ...]
    _loss: str
    _operations: Sequence[Operation]

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
        """The picture; an ``ImportError`` where pygraphviz, which lays it out, is missing."""
        text = self._loss if self._operations else f"{self._loss}, no graph"
        root = Box("loss", text, dashed=not self._operations)
        unreached = [
            f"{p.name} {shape_and_dtype(p)}{', frozen' * p.frozen}"
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
        fill = textwrap.TextWrapper(WIDTH, subsequent_indent="  ").fill
        findings = [fill(f"{finding.name}: {finding}") for finding in self.findings]
        return "\n".join([*findings, "", *self._graph_as_text(), *self._table_as_text()])

    def _graph_as_text(self) -> list[str]:
        """List the operations from the loss on; each uses the next one, or says which it uses."""
        lines = [f"loss {self._loss}" + ("" if self._operations else ", no graph")]
        places = {operation: place for place, operation in enumerate(self._operations, start=1)}
        for operation, place in [*places.items()][:DRAWN]:
            line = f"{place:3} {operation.name} {shape_and_dtype(operation)}"
            inputs = [places[used] for used in operation.inputs]
            if inputs and inputs != [place + 1]:
                line += f"  <- {' and '.join(map(str, inputs))}"
            elif not inputs and place < len(self._operations):
                line += "  (ends here)"
            lines += [line, *(f"      {describe(entry)}" for entry in operation.entries)]
        if len(self._operations) > DRAWN:
            lines.append(f"    and {len(self._operations) - DRAWN} more operations")
        return [*lines, ""]

    @property
    def _table(self) -> list[list[str]]:
        """The heads, and a row per parameter, its shape and dtype in the second column."""
        heads = ["parameter", "", "gradient from this loss", "norm of .grad now"]
        rows = [
            [
                p.name,
                shape_and_dtype(p),
                "yes" if p.reached else "no, frozen" if p.frozen else "no",
                "None" if p.norm is None else f"{p.norm:.3g}",
                "yes" if p.stepped else "no",
            ]
            for p in self.parameters
        ]
        if any(p.stepped is not None for p in self.parameters):
            return [[*heads, "in the optimizer"], *rows]
        return [heads, *(row[:-1] for row in rows)] if rows else []

    def _table_as_text(self) -> list[str]:
        rows = self._table[: LISTED + 1]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        more = len(self.parameters) - LISTED
        return [*lines, f"and {more} more"] if more > 0 else lines

    def _repr_html_(self) -> str:
        """Give what notebooks and pages show: diagnosis, picture and table."""
        findings = "".join(
            f"<li><strong>{_html(what)}</strong> {_html(cause)} {_html(fix)}</li>"
            for _, what, cause, fix in self.findings
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
        (name, _, *others), *rows = self._table
        heads = "".join(f'<th scope="col" {left}>{head}</th>' for head in (name, *others))
        lines = []
        for row in rows:
            label, shape, *cells = map(escape, row)
            cells = [f"<code>{label}</code><br><small>{shape}</small>", *cells]
            lines.append(f"<tr>{''.join(f'<td {left}>{cell}</td>' for cell in cells)}</tr>")
        return (
            '<div class="table-wrapper" style="overflow-x: auto"><table class="docutils" '
            'style="font-size: 0.875em">'
            f"<thead><tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
        )


def _html(text: str) -> str:
    """Escape a sentence, and set what is in backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
