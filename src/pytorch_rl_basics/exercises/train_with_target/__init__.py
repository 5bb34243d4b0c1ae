"""The exercise ``train_with_target``: its texts, its mistakes, and how an attempt is checked."""
