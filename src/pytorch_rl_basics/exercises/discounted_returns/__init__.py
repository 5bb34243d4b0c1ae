"""The exercise ``discounted_returns``: its texts, its mistakes, and how an attempt is checked."""
