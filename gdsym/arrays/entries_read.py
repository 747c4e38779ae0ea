"""How an entry is read: the forms of its indices, while letters run and conditions hold."""

from __future__ import annotations

from typing import TypeAlias

from gdsym.arrays.affine import Affine, hull
from gdsym.arrays.branch_ranges import Scope
from gdsym.arrays.reach import surely
from gdsym.record import record
from gdsym.written.nodes import Indexed

Held: TypeAlias = tuple[Affine, ...]  # forms that are not negative


@record
class Use:
    """One index of one array, while the letters run."""

    entry: Indexed
    axis: int
    form: Affine | None  # None: an index read from data, x[c[i]]
    scope: Scope
    held: Held = ()

    def held_ends(self) -> tuple[list[Affine], list[Affine]]:
        """What the index is at least, and at most, by the conditions of its branch: i + k - 2 where i + k - 2 <= n."""
        form, inner = form_of(self), self.scope.keys()
        sides = ([form - g for g in self.held], [form + g for g in self.held])
        low, high = ([end for end in ends if not end.letters & inner] for ends in sides)
        return low, high


def largest(use: Use) -> Affine:
    """The largest index that is read."""
    top = hull(form_of(use), use.scope, top=True)
    return next((end for end in use.held_ends()[1] if surely(top - end)), top)


def lowest(use: Use) -> int | None:
    """The least index that is read, if that is a number."""
    least = [end.number for end in use.held_ends()[0] if end.number is not None]
    by_ranges = _lowest_by_ranges(use)
    return max(least, default=None) if by_ranges is None else max([by_ranges, *least])


def _lowest_by_ranges(use: Use) -> int | None:
    """Inner indices first, whose bounds may hold outer ones."""
    form = form_of(use)
    for letter in reversed(tuple(use.scope)):
        reach, coefficient = use.scope[letter], dict(form.terms).get(letter, 0)
        if coefficient:
            low, high = reach.bounds or (reach.lower, reach.upper)
            form = form.put(letter, low if coefficient > 0 else high)
    return form.number


def form_of(use: Use) -> Affine:
    assert use.form is not None
    return use.form


def starts_at_zero(use: Use) -> bool:
    """Is entry 0 read, or does the index come from a sum that starts at 0? In x[i - 1 - j] for j = 0, ..., i - 2 only the least value counts."""
    form = form_of(use)
    letters = form.letters & set(use.scope)
    least = lowest(use)
    if least is not None and len(letters) != 1:
        return least == 0
    return any(use.scope[a].lower.number == 0 for a in letters)
