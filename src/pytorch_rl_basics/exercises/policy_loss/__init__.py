"""The exercise ``policy_loss``: its texts, mistakes and check."""
