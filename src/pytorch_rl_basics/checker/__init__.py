"""The checker's engine: what a function does, compared with the truth and with known mistakes.

It knows no exercise: those are in ``exercises/``, and :func:`pytorch_rl_basics.check` brings both
together.
"""
