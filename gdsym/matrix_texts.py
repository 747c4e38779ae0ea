"""A claim in NumPy's notation about a cost over matrices: it is one about an entry of the cost as sums over entries.

A column is an array of two axes, n x 1, as it was declared.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy

from gdsym.array_claims import in_arrays
from gdsym.derivation import Derivation, derive
from gdsym.index_form import Indexer
from gdsym.index_whole import has_wholes
from gdsym.named import put_in
from gdsym.record import changed
from gdsym.verdict import Verdict
from gdsym.written import matrix_algebra as mat


def over_entries(claim: Any, d: Derivation) -> Derivation | None:
    """The same derivative with sums over entries, if `claim` is NumPy's text and `d` is about matrices."""
    whole = put_in(d.node, d.where)
    if not isinstance(claim, str) or len(d.variables) != 1 or not any(map(mat.has_matrices, (whole, *d.variables))):
        return None
    if not in_arrays(claim, d) or has_wholes(whole):
        return None
    (variable,) = d.variables
    sums = Indexer(whole).number(whole, 0)
    return derive(sums, mat.Entries(variable) if isinstance(variable, mat.MatSym) else variable)


def with_matrices(verdict: Verdict, d: Derivation) -> Verdict:
    """The verdict with points that hold matrices by MatrixSymbol, where all their entries are there."""
    points = {name: _joined(point, d) for name in ("counterexample", "kink") if (point := getattr(verdict, name))}
    return changed(verdict, **points) if points else verdict


def _joined(point: Mapping[Any, Any], d: Derivation) -> dict[Any, Any]:
    symbols = {str(base.base.label): base.matrix.matrix for base in d.node.free if isinstance(base, mat.Entries)}
    tables: dict[str, dict[tuple[int, ...], Any]] = {}
    found = dict(point)
    for name in point:
        if isinstance(name, sympy.Indexed) and str(name.base.label) in symbols:
            tables.setdefault(str(name.base.label), {})[tuple(map(int, name.indices))] = found.pop(name)
    for label, entries in tables.items():
        found[symbols[label]] = _table(symbols[label], entries)
    return found


def _table(symbol: Any, entries: Mapping[tuple[int, ...], Any]) -> sympy.ImmutableMatrix:
    """The matrix of entries by their indices; an axis of one entry has no index."""
    places = {_place(symbol, indices): value for indices, value in entries.items()}
    rows, columns = (max(place[axis] for place in places) for axis in (0, 1))
    return sympy.ImmutableMatrix(rows, columns, lambda i, j: places.get((i + 1, j + 1), 0))


def _place(symbol: Any, indices: tuple[int, ...]) -> tuple[int, ...]:
    rest = iter(indices)
    return tuple(1 if size == 1 else next(rest) for size in symbol.shape)
