"""The exercise ``select_log_probs``: its texts, mistakes and check."""
