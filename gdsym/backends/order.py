"""The operations of a program in the order in which they can be computed, and the index worth one loop over all data."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from gdsym.arrays.graph import Op
from gdsym.backends.extents import REDUCTIONS, Extent, Extents


def ordered(outputs: Collection[Op]) -> tuple[list[Op], dict[Op, list[Op | None]]]:
    """Operations, operands first, and by whom each is used (None: it is an output)."""
    order: dict[Op, None] = {}
    users: dict[Op, list[Op | None]] = {}
    stack: list[tuple[Op, Op | None, bool]] = [(op, None, False) for op in reversed(list(outputs))]
    while stack:
        op, user, ready = stack.pop()
        if ready:
            order[op] = None
            continue
        known = op in users
        users.setdefault(op, []).append(user)
        if not known:
            stack.append((op, None, True))
            stack.extend((a, op, False) for a in reversed(op.args))
    return list(order), users


def longest(outputs: Sequence[Op], extents: Extents, sizes: Mapping[Any, int]) -> Extent:
    """The index that is worth a sweep: the longest that is summed over."""
    sums = [op for op in ordered(outputs)[0] if op.kind in REDUCTIONS]
    over = itertools.chain.from_iterable(extents.reduction(op).over for op in sums)
    known = [e for e in over if e is not None and not isinstance(e, str) and e.letters]
    return max(known, key=lambda e: e.at(sizes), default=None)
