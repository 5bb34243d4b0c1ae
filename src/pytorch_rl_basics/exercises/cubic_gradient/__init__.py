"""The exercise ``cubic_gradient``: its texts, mistakes and check."""
