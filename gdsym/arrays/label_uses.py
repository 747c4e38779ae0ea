"""Labels in a formula: data that are used as an index, or compared with one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from gdsym.arrays.affine import Affine, Range, affine
from gdsym.written.nodes import Add, Base, Delta, Indexed, Node, Sym, add

if TYPE_CHECKING:
    from gdsym.arrays.entries_read import Use


def compared_in(node: Delta, scope: Mapping[Sym, Range]) -> Iterator[tuple[Base, str, Range]]:
    """Labels that are compared with an index over a whole axis (not 1..n - 1): each names one of its values."""
    left, right = node.children
    for labels, letter in ((left, right), (right, left)):
        if isinstance(labels, Indexed) and isinstance(letter, Sym) and letter in scope and _is_whole(scope[letter]):
            yield labels.base, letter.name, scope[letter]


def _is_whole(reach: Range) -> bool:
    """1..n or 0..n - 1; a label outside of 1..n - 1 may be the class that is left out."""
    first = reach.lower.number
    return first in (0, 1) and (not reach.upper.terms or reach.upper.const == first - 1)


def lookups(uses: Iterable[Use]) -> Iterator[tuple[Base, int, Base, int]]:
    """The labels that are used as an index, as they are or with a number added."""
    for use in uses:
        found = label_and_number(use.entry.indices[use.axis])
        if found is not None:
            yield found[0].base, found[1], use.entry.base, use.axis


def label_and_number(index: Node) -> tuple[Indexed, int] | None:
    """(c_i, 1) of c_i + 1, and (c_i, 0) of c_i; None if it is something else."""
    terms = index.children if isinstance(index, Add) else (index,)
    labels = [t for t in terms if isinstance(t, Indexed)]
    number = affine(add(*(t for t in terms if t not in labels))) if len(terms) > 1 else Affine(0)
    whole = None if number is None else number.number
    return None if len(labels) != 1 or whole is None else (labels[0], whole)
