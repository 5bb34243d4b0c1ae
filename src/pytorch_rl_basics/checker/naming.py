"""Name the mistake in an attempt: it is the known one whose code shows the same difference."""

from __future__ import annotations

from .comparing import Check, Difference, Known, first_label
from .edits import FORGOTTEN_RETURN, Form, Mistake
from .facts import Frequencies, same
from .probes import Attempt, look


def name_mistake(check: Check, attempt: Attempt, found: Difference) -> Mistake | None:
    """Find the known mistake that shows the same first difference; None if there is none.

    Numbers and error messages that agree name a mistake. Where the difference is one of kind only
    (a type, a yes or no) or one of chance, all other facts of the call must agree as well, unless
    the mistake says that its first difference suffices. A result None where something else is
    expected names a forgotten ``return``, whichever call shows it.
    """
    if found.shown.get(found.label) == "None":
        return next((one for one in check.mistakes if one.slug == FORGOTTEN_RETURN), None)
    candidates = [
        (_agreeing(found.shown, check.known(form, found.probe)), mistake, form)
        for mistake in check.mistakes
        for form in mistake.forms
        if _right_before(check, form, found.probe) and _shows(check, mistake, form, found)
    ]
    most = max((score for score, _, _ in candidates), default=0)
    best = [(mistake, form) for score, mistake, form in candidates if score == most]
    slugs = {mistake.slug for mistake, _ in best}
    if len(slugs) > 1 or not all(mistake.first_difference_suffices for mistake, _ in best):
        best = _alike_later(check, attempt, found.probe, best)
    return best[0][0] if best else None


def _shows(check: Check, mistake: Mistake, form: Form, found: Difference) -> bool:
    """Tell whether the code of a mistake shows the difference that was found."""
    label, known = found.label, check.known(form, found.probe)
    if first_label(known, found.expected) != label or (label in found.shown) != (label in known):
        return False
    if label in found.shown and not same(found.shown[label], known[label]):
        return False
    of_kind = isinstance(found.shown.get(label), str | bool | Frequencies | None)
    if mistake.first_difference_suffices or not of_kind:
        return True
    return _agreeing(found.shown, known) == len(found.shown) == len(known)


def _right_before(check: Check, form: Form, probe: int) -> bool:
    """Tell whether the code of a mistake shows nothing wrong in the probes before this one."""
    return all(
        first_label(check.known(form, number), expected) is None
        for number, expected in enumerate(check.expected[:probe])
    )


def _agreeing(one: Known, other: Known) -> int:
    """Count the facts that two calls have in common."""
    return sum(label in other and same(value, other[label]) for label, value in one.items())


def _alike_later(
    check: Check, attempt: Attempt, probe: int, candidates: list[tuple[Mistake, Form]]
) -> list[tuple[Mistake, Form]]:
    """Compare an attempt with mistakes in the probes after the one that stopped it.

    The mistakes most alike come first. Left out is one that draws with other frequencies, and one
    that goes wrong elsewhere in over half of the probes that either gets wrong.
    """
    probes = list(enumerate(check.probes))[probe + 1 :]
    shown = {number: look(later, attempt, briefly=True) for number, later in probes}
    alike = []
    for mistake, form in candidates:
        pairs = [(facts, check.known(form, number)) for number, facts in shown.items()]
        expected = check.expected[probe + 1 :]
        firsts = [
            [first_label(facts, right) for facts in pair]
            for pair, right in zip(pairs, expected, strict=True)
        ]
        other = sum(one != another for one, another in firsts)
        wrong = 1 + sum(labels != [None, None] for labels in firsts)
        drawn_alike = all(_drawn_alike(*pair) for pair in pairs)
        if mistake.first_difference_suffices or (drawn_alike and 2 * other <= wrong):
            alike.append((sum(_agreeing(one, other) for one, other in pairs), mistake, form))
    alike.sort(key=lambda scored: -scored[0])
    return [(mistake, form) for _, mistake, form in alike]


def _drawn_alike(one: Known, other: Known) -> bool:
    """Tell whether two calls show the same frequencies, if any."""
    both = {**one, **other}
    labels = [label for label, value in both.items() if isinstance(value, Frequencies)]
    return all(
        label in one and label in other and same(one[label], other[label]) for label in labels
    )
