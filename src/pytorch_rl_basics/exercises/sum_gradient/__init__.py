"""The exercise ``sum_gradient``: its texts, mistakes and check."""
