"""The exercise ``train_with_target``: its texts, mistakes and check."""
