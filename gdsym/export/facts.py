"""What a page says of an expression besides its lines: which d is written, and what sums were checked at."""

from __future__ import annotations

from collections.abc import Sequence

import sympy

from gdsym.verify.noted import plain_number
from gdsym.verify.points import SIZES
from gdsym.written.nodes import Base, Bound, Div, Fn, Node, Pow, Prod, Root, Sum, Sym, walk


def round_d(node: Node, params: Sequence[Node]) -> bool:
    """Is it a function of several letters, so that the round d is used? An array is several parameters by itself."""
    if params:
        return len(params) > 1 or isinstance(params[0], Base)
    return len(node.free) > 1


def sizes(node: Node) -> str:
    """`m, n = 1, 2, 3, 4, 5`: what the letters at the upper ends of sums were in the checks.

    Sums from 2 are checked at 2, 3, 4, 5, 6; and n is not 2 where the formula divides by n - 2.
    """
    bounds = [part for part in walk(node) if isinstance(part, (Sum, Prod))]
    letters = {name.name: name for part in bounds for name in part.upper.free if isinstance(name, Sym)}
    lows = [low for part in bounds if (low := plain_number(part.lower)) is not None]
    above = max(min(lows, default=1) - 1, 0)
    names: dict[str, list[str]] = {}
    for name, letter in sorted(letters.items()):
        alone = _alone(node, letter)
        tried = [size + above for size in sorted(set(SIZES)) if _have_values(alone, letter, size + above)]
        names.setdefault(", ".join(map(str, tried)), []).append(name)
    return ", ".join(f"{', '.join(group)} = {tried}" for tried, group in names.items() if tried)


def _alone(node: Node, letter: Sym) -> list[sympy.Expr]:
    """The parts of the letter alone that may have no value, such as 1/(n - 1) and log(n - 3)."""
    wanted = frozenset({letter})
    parts = {part for part in walk(node) if isinstance(part, (Fn, Pow, Root)) and part.free == wanted}
    below = {part.den for part in walk(node) if isinstance(part, Div) and part.den.free == wanted}
    found = [1 / den.to_sympy() for den in below if not _has_bounds(den)]
    return found + [part.to_sympy() for part in parts if not _has_bounds(part)]


def _has_bounds(node: Node) -> bool:
    return any(isinstance(part, Bound) for part in walk(node))


def _have_values(parts: Sequence[sympy.Expr], letter: Sym, size: int) -> bool:
    values = [part.subs(letter.symbol, size) for part in parts]
    return not any(value is sympy.nan or value.is_finite is False or value.is_real is False for value in values)
