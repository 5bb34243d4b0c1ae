"""The exercise ``build_mlp``: its texts, mistakes and check."""
