"""The exercise ``gae``: its texts, its mistakes, and how an attempt is checked."""
