"""The checker: what a learner's function does, compared with the truth and with known mistakes."""

from .checking import check, own_or_reference
from .report import Report

__all__ = ["Report", "check", "own_or_reference"]
