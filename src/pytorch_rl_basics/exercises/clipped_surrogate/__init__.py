"""The exercise ``clipped_surrogate``: its texts, its mistakes, and how an attempt is checked."""
