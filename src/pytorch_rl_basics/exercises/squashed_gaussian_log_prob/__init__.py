"""The exercise ``squashed_gaussian_log_prob``: its texts, its mistakes, and how an attempt is checked."""
