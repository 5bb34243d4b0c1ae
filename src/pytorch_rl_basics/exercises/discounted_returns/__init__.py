"""The exercise ``discounted_returns``: its texts, mistakes and check."""
