"""The exercise ``polyak_update``: its texts, its mistakes, and how an attempt is checked."""
