"""The checker: what a learner's function does, compared with the truth and with known mistakes."""

from .checking import Report, check, own_or_reference

__all__ = ["Report", "check", "own_or_reference"]
