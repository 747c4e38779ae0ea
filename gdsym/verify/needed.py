"""On which indices it depends what a formula needs, how many sums stand in it, and in which order it is looked at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from gdsym.verify.form import Need, Needs

if TYPE_CHECKING:
    from gdsym.verify.forms import Forms

INNER = "in each term"


def slots_of(forms: Forms, need: Need) -> frozenset[Any]:
    """The indices on which it depends."""
    if need[0] != INNER:
        return forms.slots[need[1]]
    _, name, lower, upper, inner = need
    limits = (at for number in (lower, upper) for m in forms.terms(number) for at, _ in m)
    return frozenset().union(*(forms.slots[at] for at in limits), *(slots_of(forms, part) - {name} for part in inner))


def heights_of(forms: Forms, needs: Iterable[Need]) -> Iterable[int]:
    """How many sums stand one in another in each."""
    for need in needs:
        yield need[1][1] + 1 if need[0] == INNER else forms.heights[need[1]]


def in_order(needs: Needs) -> list[Need]:
    """The same order in every run: a set has none."""
    return sorted(needs, key=_order)


def _order(need: Need) -> tuple[Any, ...]:
    if need[0] != INNER:
        return need
    _, (_, height, *_), lower, upper, inner = need
    return INNER, height, lower, upper, tuple(sorted(map(_order, inner)))
