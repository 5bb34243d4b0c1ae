"""The exercise ``gae``: its texts, mistakes and check."""
