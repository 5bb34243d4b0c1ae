"""The exercise ``td_target``: its texts, mistakes and check."""
