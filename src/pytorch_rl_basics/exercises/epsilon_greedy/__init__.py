"""The exercise ``epsilon_greedy``: its texts, mistakes and check."""
