"""The exercise ``policy_loss``: its texts, its mistakes, and how an attempt is checked."""
