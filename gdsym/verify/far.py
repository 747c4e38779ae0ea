"""Whole numbers at which a comparison turns over: max(0, m - 60) is 0 at every small size, and is not from 61 on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TypeAlias

import sympy
from flint import fmpq

from gdsym.verify.evidence import Undecided, Unknown
from gdsym.verify.graph import Graph
from gdsym.verify.numbers import sign_of
from gdsym.verify.points import Point, Roles
from gdsym.verify.program import Program
from gdsym.verify.switches import compared, switching
from gdsym.written.nodes import Node, Sym

Turn: TypeAlias = tuple[Node | None, int]  # a letter, or None for the index of a sum, and the first number after

GRID = (1, 2, 3, 5, *(2**k for k in range(3, 14)))
OTHERS = fmpq(2)  # what the other letters are meanwhile
MOST = 6  # quantities that are looked at


def turns(g: Graph, targets: Sequence[int], roles: Roles) -> tuple[Turn, ...]:
    """Where the sign of a quantity changes that depends on whole numbers only, as one of them grows."""
    found: dict[Turn, None] = {}
    for n in _quantities(g, targets, roles):
        place, indices = _with_letters(g, n)
        letters = [g.data[m] for m in g.cone(place) if g.ops[m] == "sym"]
        value = Program(g, [place])
        for letter in letters:
            found |= {(None if letter in indices else letter, at): None for at in _changes(value, letters, letter)}
    return tuple(found)


def _quantities(g: Graph, targets: Sequence[int], roles: Roles) -> list[int]:
    whole = roles.integers | frozenset(roles.sizes)
    found: dict[int, None] = {}
    for n in g.cone(*targets):
        if switching(g, n):
            for quantity in compared(g, n):
                inputs = [g.data[m] for m in g.cone(quantity) if g.ops[m] in ("sym", "entry", "undefined")]
                if (inputs or g.slots[quantity]) and whole.issuperset(inputs):
                    found[quantity] = None
    return list(found)[:MOST]


def _with_letters(g: Graph, n: int) -> tuple[int, list[Node]]:
    """The quantity with letters in place of the indices of the sums around it, and these letters."""
    indices: list[Node] = []
    for slot in sorted(g.slots[n]):
        indices.append(Sym(sympy.Symbol(f"index {slot}", integer=True)))
        n = g.put_in(n, slot, g.put("sym", data=indices[-1]))
    return n, indices


def _changes(value: Program, letters: Sequence[Node], letter: Node) -> Iterator[int]:
    """The numbers at which the sign is another than just before."""
    known: dict[int, int | None] = {}

    def sign(at: int) -> int | None:
        if at not in known:
            try:
                drawn = {**dict.fromkeys(letters, OTHERS), letter: fmpq(at)}
                known[at] = sign_of(value.run(Point(drawn=drawn))[0])
            except (Undecided, Unknown):
                known[at] = None
        return known[at]

    for low, high in pairwise(GRID):
        while high - low > 1 and sign(low) != sign(high):
            middle = (low + high) // 2
            low, high = (middle, high) if sign(middle) == sign(low) else (low, middle)
        if sign(low) != sign(high):
            yield high
