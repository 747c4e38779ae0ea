"""SymPy writes |e^u| as e^(re u), and |2^u| as 2^(re u), where u was not declared real; gdsym's letters are real."""

from __future__ import annotations

from typing import Any

import sympy
from sympy.core.function import AppliedUndef


def real_exponent(exponent: Any) -> Any:
    """The exponent without `re` around what is real if all letters, entries and functions are; other `re` stay, and are refused."""
    if not exponent.has(sympy.re):
        return exponent
    return exponent.replace(sympy.re, lambda u: u if _is_real(u) else sympy.re(u, evaluate=False))


def _is_real(u: Any) -> bool:
    letters = u.atoms(sympy.Indexed, AppliedUndef)
    stands = {letter: sympy.Dummy(real=True) for letter in letters | (u.free_symbols - letters)}
    return bool(u.xreplace(stands).is_real)
