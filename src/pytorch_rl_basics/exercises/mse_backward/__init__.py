"""The exercise ``mse_backward``: its texts, its mistakes, and how an attempt is checked."""
