"""The exercise ``td_target``: its texts, its mistakes, and how an attempt is checked."""
