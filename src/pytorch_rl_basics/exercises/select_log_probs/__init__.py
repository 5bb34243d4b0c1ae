"""The exercise ``select_log_probs``: its texts, its mistakes, and how an attempt is checked."""
