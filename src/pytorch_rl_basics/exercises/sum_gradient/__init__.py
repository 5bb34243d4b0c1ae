"""The exercise ``sum_gradient``: its texts, its mistakes, and how an attempt is checked."""
