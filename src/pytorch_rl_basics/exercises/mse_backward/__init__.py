"""The exercise ``mse_backward``: its texts, mistakes and check."""
