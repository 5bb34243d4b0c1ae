"""The exercise ``squashed_gaussian_log_prob``: its texts, mistakes and check."""
