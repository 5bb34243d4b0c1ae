"""The exercise ``train_step``: its texts, mistakes and check."""
