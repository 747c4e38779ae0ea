"""A constant part of a formula must be a real number: `1/0` is none, `sqrt(-1)` is complex."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import sympy

from gdsym.errors import ComplexInput, Unsupported
from gdsym.written import nodes as n

if TYPE_CHECKING:
    from gdsym.reading.walk import Reader


NO_NUMBERS = (sympy.nan, sympy.zoo, sympy.oo, -sympy.oo)


def refuse_undefined(r: Reader, node: n.Node, e: ast.AST) -> None:
    """Refuse the constant `node` if it is no real number; sums and integrals are left to whoever computes them."""
    if any(isinstance(part, (n.Bound, n.Cases)) for part in n.walk(node)):
        return
    try:
        value = node.to_sympy()
    except (ArithmeticError, ValueError, TypeError):
        raise r.error(
            "This number cannot be computed: it divides by zero, is undefined, or has too many digits.", e, Unsupported
        ) from None
    if value.has(*NO_NUMBERS):
        raise r.error("This is no number: it divides by zero or is undefined.", e, Unsupported)
    if isinstance(node, (n.Root, n.Pow, n.Fn)) and is_complex(value):
        raise r.error("This is complex; gdsym derives real costs.", e, ComplexInput)


def is_complex(value: Any) -> bool:
    """Is it certainly no real number?"""
    try:
        return value.is_extended_real is False
    except sympy.core.evalf.PrecisionExhausted:  # SymPy computes digits to decide; it gives up, and so the number stays
        return False
