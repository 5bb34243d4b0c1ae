"""Exact bounds on how often something happens, in whole-number arithmetic."""

from fractions import Fraction


def plausible_counts(n: int, p: float | Fraction, chance: Fraction = Fraction(1, 10**10)) -> range:
    """Give the counts out of ``n`` that a thing of probability ``p`` leaves too seldom to matter.

    The chance to fall outside is at most ``chance``, half of it on each side. A float counts as
    the decimal number that it is written as.

    >>> plausible_counts(4000, 1)
    range(4000, 4001)
    >>> plausible_counts(2, 0.5, chance=Fraction(1, 2))  # a quarter each: 0 and 2 may both go
    range(1, 2)
    >>> plausible_counts(2, 0.5, chance=Fraction(1, 3))
    range(0, 3)
    """
    p = Fraction(str(p))
    return range(_lowest(n, p, chance / 2), n - _lowest(n, 1 - p, chance / 2) + 1)


def _lowest(n: int, p: Fraction, tail: Fraction) -> int:
    """Find the largest k whose lower tail, P(X < k), is at most ``tail``."""
    if p == 1:
        return n
    hit, miss = p.numerator, p.denominator - p.numerator
    weight = miss**n  # of k = 0, in units of p.denominator ** -n
    budget = tail * p.denominator**n
    k, below = 0, weight
    while below <= budget:
        weight = weight * hit * (n - k) // (miss * (k + 1))  # divides without a remainder
        k, below = k + 1, below + weight
    return k
