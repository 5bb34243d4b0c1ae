"""The exercise ``clipped_surrogate``: its texts, mistakes and check."""
