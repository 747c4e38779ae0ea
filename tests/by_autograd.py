"""Formulas of SymPy in the numbers of autograd, sums written out: the other opinion on random costs."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import autograd
import autograd.numpy as np
import autograd.scipy.special as special
import sympy as sp
from fuzz_grammars import x

ENTRIES = "entries"


def traced(e: Any, at: dict[Any, Any]) -> Any:
    """`e` in autograd's numbers: those of the letters stand in `at`, those of array entries in `at[ENTRIES]`, which is asked for them."""
    if e.is_Symbol:
        return at[e]
    if e.is_Number or e.is_NumberSymbol:
        return float(e)
    if isinstance(e, sp.Piecewise):
        return next(traced(part, at) for part, condition in e.args if holds(condition, at))
    if isinstance(e, sp.Indexed):
        return at[ENTRIES](str(e.base), tuple(int(traced(index, at)) for index in e.indices))
    if isinstance(e, sp.Sum):
        return _added(e.function, e.limits, at)
    if isinstance(e, sp.Product):
        return _added(e.function, e.limits, at, product=True)
    parts = [traced(part, at) for part in e.args]
    if isinstance(e, (sp.Add, sp.Mul)):
        total = parts[0]
        for part in parts[1:]:
            total = total + part if isinstance(e, sp.Add) else total * part
        return total
    if isinstance(e, sp.Pow):
        exponent = int(e.exp) if e.exp.is_Integer else parts[1]
        return 1.0 / parts[0] ** -exponent if e.exp.is_Integer and exponent < 0 else parts[0] ** exponent
    if isinstance(e, (sp.Max, sp.Min)):
        return (np.max if isinstance(e, sp.Max) else np.min)(np.array([part + 0.0 for part in parts]))
    return AUTOGRAD[e.func](*parts)


def _added(body: Any, limits: Any, at: dict[Any, Any], product: bool = False) -> Any:
    """The sum (or product) written out; the last limit is the outermost."""
    if not limits:
        return traced(body, at)
    *inner, (letter, low, high) = limits
    total = float(product)
    for number in range(int(traced(low, at)), int(traced(high, at)) + 1):
        part = _added(body, inner, {**at, letter: number}, product)
        total = total * part if product else total + part
    return total


def plain(u: Any) -> float:
    return float(getattr(u, "_value", u))


def holds(condition: Any, at: dict[Any, Any]) -> bool:
    if condition in (sp.true, sp.false):
        return bool(condition)
    if isinstance(condition, (sp.And, sp.Or)):
        return (all if isinstance(condition, sp.And) else any)(holds(part, at) for part in condition.args)
    if isinstance(condition, sp.ITE):
        return holds(condition.args[1 if holds(condition.args[0], at) else 2], at)
    if isinstance(condition, sp.Not):
        return not holds(condition.args[0], at)
    left, right = (plain(traced(part, at)) for part in condition.args)
    ops: dict[str, Callable[[float, float], bool]] = {
        "<": float.__lt__, "<=": float.__le__, ">": float.__gt__, ">=": float.__ge__, "==": float.__eq__, "!=": float.__ne__,
    }  # fmt: skip
    return ops[condition.rel_op](left, right)


def _flat(f: Callable[[float], float]) -> Callable[[Any], float]:
    """A step: its value, and no slope."""
    return lambda u: float(f(plain(u)))


AUTOGRAD: dict[Any, Callable[..., Any]] = {
    sp.sin: np.sin, sp.cos: np.cos, sp.tan: np.tan, sp.exp: np.exp, sp.log: np.log, sp.tanh: np.tanh, sp.sinh: np.sinh, sp.cosh: np.cosh,
    sp.atan: np.arctan, sp.asinh: np.arcsinh, sp.erf: special.erf, sp.erfc: special.erfc, sp.Abs: np.abs, sp.sign: _flat(np.sign),
    sp.floor: _flat(np.floor), sp.ceiling: _flat(np.ceil), sp.frac: lambda u: u - np.floor(plain(u)), sp.Heaviside: lambda u, h=0.5: _flat(lambda t: np.heaviside(t, plain(h)))(u),
}  # fmt: skip


def by_autograd(e: Any, at: dict[Any, float]) -> tuple[float, float] | None:
    """Value and derivative by x, or None where one of them is not finite."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            f = autograd.value_and_grad(lambda t: traced(e, {**at, x: t}) + 0.0 * t)
            found = tuple(float(u) for u in f(at[x]))
        except (OverflowError, ZeroDivisionError, TypeError, StopIteration):
            return None
    return (found[0], found[1]) if all(map(np.isfinite, found)) and abs(found[1]) < 1e12 else None
