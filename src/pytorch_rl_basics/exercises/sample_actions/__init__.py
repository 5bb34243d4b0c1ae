"""The exercise ``sample_actions``: its texts, its mistakes, and how an attempt is checked."""
