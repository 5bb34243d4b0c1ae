"""The exercise ``epsilon_greedy``: its texts, its mistakes, and how an attempt is checked."""
