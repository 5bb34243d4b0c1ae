"""How each exercise is checked: the truth, the calls, the known mistakes."""
