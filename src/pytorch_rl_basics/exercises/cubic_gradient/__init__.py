"""The exercise ``cubic_gradient``: its texts, its mistakes, and how an attempt is checked."""
