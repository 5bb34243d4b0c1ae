"""The exercise ``fit_random_targets``: its texts, mistakes and check."""
