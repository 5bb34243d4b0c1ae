"""The exercise ``polyak_update``: its texts, mistakes and check."""
