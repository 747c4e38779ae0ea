"""The one entry of a 1 x 1 matrix: SymPy writes (w^T A w)[0, 0] as a sum over entries; an inverse has no formula for those.

The factors are strung together again, each between the index before it and the one behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy
from sympy.matrices.expressions.matexpr import MatrixElement

ZERO = sympy.S.Zero


class _NoChain(Exception):
    """It is no entry of a product."""


def matrix_of(e: Any) -> Any:
    """The 1 x 1 matrix whose entry the sum is, if it holds entries of an inverse or the like; else None."""
    own = isinstance(e.limits[0][0], sympy.Dummy)
    if not own or all(isinstance(a.parent, sympy.MatrixSymbol) for a in e.atoms(MatrixElement)):
        return None
    try:
        found = _matrix(e, ZERO, ZERO)
    except _NoChain:
        return None
    return found if tuple(found.shape) == (1, 1) else None


def _matrix(e: Any, row: Any, column: Any) -> Any:
    """The matrix whose entry (row, column) this is."""
    if isinstance(e, MatrixElement):
        if e.indices not in ((row, column), (column, row)):
            raise _NoChain
        return e.parent if e.indices == (row, column) else e.parent.T
    if isinstance(e, sympy.Add):
        return sympy.MatAdd(*(_matrix(term, row, column) for term in e.args))
    if isinstance(e, sympy.Mul):
        numbers, rest = _apart(e.args)
        if len(rest) == 1:
            return sympy.Mul(*numbers) * _matrix(rest[0], row, column)
    if isinstance(e, sympy.Sum):
        return _product(e, row, column)
    raise _NoChain


def _apart(factors: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """Numbers, and what has entries; a square is twice its base."""
    rest = [f for f in factors if f.has(MatrixElement)]
    numbers = [f for f in factors if f not in rest]
    if any(f.atoms(sympy.Dummy) for f in numbers):
        raise _NoChain
    squares = [isinstance(f, sympy.Pow) and f.exp == 2 for f in rest]
    return numbers, [b for f, twice in zip(rest, squares, strict=True) for b in ((f.base,) * 2 if twice else (f,))]


def _product(e: Any, row: Any, column: Any) -> Any:
    sizes = {index: high + 1 - low for index, low, high in e.limits}
    if any(low != 0 for _, low, _ in e.limits):
        raise _NoChain
    numbers, left = _apart(sympy.Mul.make_args(e.function))
    ports = {j: _ports(f, sizes, row, column) for j, f in enumerate(left)}
    at, chain, first = row, [], e.limits[0][0]
    if at == 0 and all(len(found) == 2 for found in ports.values()):  # what a row of ones has left
        at, chain = first, [sympy.OneMatrix(1, sizes[first])]
    while ports:
        j = _next(ports, at, first)
        behind = [p for p in ports.pop(j) if p != at]
        after = behind[0] if behind else column
        chain.append(_matrix(left[j], at, after))
        at = after
    if at != column:  # and a column of ones
        chain.append(sympy.OneMatrix(sizes[at], 1))
    return sympy.Mul(*numbers) * sympy.MatMul(*chain)


def _ports(factor: Any, sizes: dict[Any, Any], row: Any, column: Any) -> set[Any]:
    """The indices between which a factor stands: at most two."""
    found = {x for x in factor.free_symbols if x in sizes or (x in (row, column) and x != 0)}
    if not found or len(found) > 2:
        raise _NoChain
    return found


def _next(ports: dict[int, set[Any]], at: Any, first: Any) -> int:
    """The factor that goes on from an index; from a row alone, the one with a single index, the first one of the sum if it can be."""
    fits = [j for j, found in ports.items() if (at in found if at != 0 else len(found) == 1)]
    if not fits:
        raise _NoChain
    return min(fits, key=lambda j: (first not in ports[j] if at == 0 else len(ports[j]), j))
