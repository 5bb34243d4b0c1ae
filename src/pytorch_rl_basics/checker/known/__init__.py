"""The known mistakes of each exercise: wrong code, the misconception behind it, its cure."""
