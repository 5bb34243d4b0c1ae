"""The exercise ``build_mlp``: its texts, its mistakes, and how an attempt is checked."""
