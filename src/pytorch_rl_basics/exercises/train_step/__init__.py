"""The exercise ``train_step``: its texts, its mistakes, and how an attempt is checked."""
