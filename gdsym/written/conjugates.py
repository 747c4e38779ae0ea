"""|x[n - i]| as SymPy has it: an entry whose index begins with a minus becomes sqrt(conjugate(x[-(i - n)]) x[n - i]).

Entries are real here. What is conjugate(b) b, however SymPy has spread it, is b^2, and its root is |b|.
SymPy's real_root(u, n) asks whether im(u) is 0, of a letter whose kind was not declared: it is.
"""

from __future__ import annotations

from typing import Any

import sympy


def opened(index: Any) -> Any:
    """N - i of -(i - n)."""
    behind = index.is_Mul and len(index.args) == 2 and index.args[0] == -1 and index.args[1].is_Add
    return sympy.expand(index) if behind else index


def without_conjugates(e: Any) -> Any:
    """The same without them, where they are of entries and belong to a square; conjugates that somebody wrote stay."""
    e = e.replace(_asks_if_real, lambda asked: sympy.true)
    if not e.has(sympy.conjugate):
        return e
    if isinstance(e, sympy.Pow) and e.exp.is_Rational and e.exp.q == 2:
        found = _square(e.base)
        if found is not None:
            number, inner = found
            return number**e.exp * sympy.Abs(inner, evaluate=False) ** (2 * e.exp)
    if isinstance(e, (sympy.Add, sympy.Mul)) and (found := _square(e)) is not None:
        return found[0] * found[1] ** 2
    return e.func(*map(without_conjugates, e.args)) if e.args else e


def _asks_if_real(e: Any) -> bool:
    """im(u) = 0, or im(x) - im(y) = 0, for what nothing declares to be complex?"""
    if not isinstance(e, sympy.Eq) or not e.has(sympy.im) or e.has(sympy.I):
        return False
    is_zero = e.lhs.replace(sympy.im, lambda u: sympy.S.Zero) - e.rhs == 0
    return is_zero and all(z.is_real is not False for z in e.free_symbols)


def _square(e: Any) -> tuple[Any, Any] | None:
    """(c, b) of c b^2 with a positive number c; None if it is no square, or holds the conjugate of something else than entries."""
    if not all(isinstance(part.args[0], sympy.Indexed) for part in e.atoms(sympy.conjugate)):
        return None
    bare = e.replace(sympy.conjugate, lambda entry: entry).replace(
        lambda part: isinstance(part, sympy.Indexed),
        lambda part: part.base[tuple(map(sympy.expand, part.indices))],
    )
    number, rest = sympy.factor(bare).as_coeff_Mul()
    bases = [f.base for f in sympy.Mul.make_args(rest) if isinstance(f, sympy.Pow) and f.exp == 2]
    whole = len(bases) == len(sympy.Mul.make_args(rest)) and number > 0
    return (number, sympy.Mul(*bases)) if whole else None
