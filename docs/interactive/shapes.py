"""What the figure on shapes shows without scripts: expressions, and the shapes of their results."""

import torch

EXPRESSIONS = (
    "table.gather(1, index)",
    "table.gather(1, index).squeeze(0)",
    "table.gather(1, index).squeeze(1)",
    "table.gather(1, index) - targets",
    "table.gather(1, index).squeeze(1) - targets",
    "table.gather(1, index[:, 0])",
)


def shape(expression: str, rows: int) -> str:
    """Compute the shape of an expression's result, for a table of some rows."""
    index = torch.arange(rows).unsqueeze(-1) % 2  # (rows, 1)
    names = {"table": torch.zeros(rows, 2), "index": index, "targets": torch.zeros(rows)}
    try:
        return str(tuple(eval(expression, names).shape))
    except RuntimeError:
        return "RuntimeError"


def data() -> dict:
    """Give the shapes for a batch of 8 and for a batch of 1."""
    return {code: [shape(code, 8), shape(code, 1)] for code in EXPRESSIONS}


def static(data: dict) -> str:
    """Make a table of the shapes."""
    rows = ["".join(f'<th scope="col">{head}</th>' for head in ("expression", "B = 8", "B = 1"))]
    for code, shapes in data.items():
        cells = "".join(f"<td>{shape}</td>" for shape in shapes)
        rows.append(f'<th scope="row"><code>{code}</code></th>{cells}')
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f'<div class="table-wrapper"><table class="docutils">{body}</table></div>'
