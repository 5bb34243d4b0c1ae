"""The exercise ``fit_random_targets``: its texts, its mistakes, and how an attempt is checked."""
