"""The exercise ``sample_actions``: its texts, mistakes and check."""
