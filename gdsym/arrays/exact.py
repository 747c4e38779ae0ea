"""Inverses and determinants in rational arithmetic, for tiny matrices: what compiled code is compared with."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

WORST = 10**6  # the largest entry of a matrix times that of its inverse
Table = tuple[tuple[Fraction, ...], ...]


@lru_cache(maxsize=64)
def inverse(table: Table) -> Table:
    """Raises ZeroDivisionError if there is none."""
    size = len(table)
    unit = [[Fraction(i == j) for j in range(size)] for i in range(size)]
    rows = _reduced([[*row, *more] for row, more in zip(table, unit, strict=True)])[0]
    return tuple(tuple(row[size:]) for row in rows)


@lru_cache(maxsize=64)
def refuse_nearly_singular(table: Table) -> None:
    """Raises ZeroDivisionError for a matrix of which floats have lost half of their digits."""
    one, other = (max(abs(x) for row in rows for x in row) for rows in (table, inverse(table)))
    if one * other > WORST:
        raise ZeroDivisionError


@lru_cache(maxsize=64)
def determinant(table: Table) -> Fraction:
    """The product of the pivots, with the sign of the exchanges."""
    try:
        return _reduced([[*row] for row in table])[1]
    except ZeroDivisionError:
        return Fraction(0)


def _reduced(rows: list[list[Fraction]]) -> tuple[list[list[Fraction]], Fraction]:
    """Rows until the left square is the unit matrix, and the determinant of that square."""
    det = Fraction(1)
    for at in range(len(rows)):
        pivot = next((i for i in range(at, len(rows)) if rows[i][at]), None)
        if pivot is None:
            raise ZeroDivisionError
        if pivot != at:
            rows[at], rows[pivot], det = rows[pivot], rows[at], -det
        head = rows[at][at]
        det *= head
        rows[at] = [x / head for x in rows[at]]
        for i, row in enumerate(rows):
            if i != at and row[at]:
                rows[i] = [x - row[at] * y for x, y in zip(row, rows[at], strict=True)]
    return rows, det
