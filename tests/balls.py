"""Formulas in ball arithmetic, and compiled costs compared with them: value and partials."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from operator import methodcaller
from typing import Any

import flint
from flint import arb
from once import code_of
from sympy import Expr, IndexedBase, Integer, Rational, Sum, Symbol, diff, symbols

i, m = symbols("i m", integer=True, positive=True)
BITS = (200, 1000, 5000)


def _polygamma(order: Any, at: arb) -> arb:
    n = int(order)
    if n == 0:
        return at.digamma()
    return arb(n + 1).zeta(at) * math.factorial(n) * (-1) ** (n + 1)


PLAIN = ("exp", "log", "sqrt", "sinh", "cosh", "tanh", "coth", "gamma", "erf", "erfc", "digamma", "acosh", "acos")
BALLS: dict[str, Any] = {
    **{name: methodcaller(name) for name in PLAIN},
    "loggamma": lambda u: arb(u).lgamma(), "Abs": lambda u: abs(arb(u)),
    "beta": lambda u, v: (arb(u).lgamma() + arb(v).lgamma() - (arb(u) + arb(v)).lgamma()).exp(),
    "binomial": lambda u, v: ((u + 1).lgamma() - (v + 1).lgamma() - (u - v + 1).lgamma()).exp(),
    "sign": lambda u: arb(u).sgn(),
    "besseli": lambda n, u: arb(u).bessel_i(arb(n)), "besselk": lambda n, u: arb(u).bessel_k(arb(n)),
    "LambertW": lambda u: arb(u).lambertw(), "expint": lambda n, u: arb(u).expint(arb(n)),
    "lowergamma": lambda a, u: arb(u).gamma_lower(arb(a)),
    "uppergamma": lambda a, u: arb(u).gamma_upper(arb(a)),
}  # fmt: skip


def ball(form: Expr, letters: Sequence[Symbol], at: Sequence[float]) -> float | None:
    """The value, right in all digits; None where there is none, or none among the floats."""
    before = flint.ctx.prec
    try:
        for bits in BITS:
            flint.ctx.prec = bits
            found = _evaluated(form, dict(zip(letters, map(arb, at), strict=True)))
            if found.is_finite() and (found.rel_accuracy_bits() > 60 or found.is_zero()):
                return float(found.mid())
            if found.is_finite() and found.overlaps(arb(0)) and bits == BITS[-1]:
                return 0.0
        return None
    finally:
        flint.ctx.prec = before


def _evaluated(form: Expr, at: Mapping[Symbol, arb]) -> arb:
    if form in at:
        return at[form]
    if isinstance(form, (Integer, Rational)):
        return arb(int(form.p)) / int(form.q)
    if form.is_Symbol or form.is_NumberSymbol:
        return {"pi": arb.pi, "E": arb.const_e}[str(form)]()
    args = [_evaluated(a, at) for a in form.args]
    if form.is_Add:
        return sum(args, arb(0))
    if form.is_Mul:
        return math.prod(args, start=arb(1))
    if form.is_Pow:
        whole = form.exp.is_Integer
        return args[0] ** (int(form.exp) if whole else args[1])
    if form.func.__name__ == "polygamma":
        return _polygamma(form.args[0], args[1])
    return arb(BALLS[form.func.__name__](*args))


def agrees(
    form: Expr, places: Sequence[Sequence[float]], params: Sequence[Symbol], data: Sequence[Symbol] = (), *,
    array: bool = False, engine: str = "numpy", close: float = 1e-14,
) -> None:  # fmt: skip
    """Is the compiled cost within 1e-14 of the larger of the value and of what a relative change of an argument changes?"""
    letters = [*params, *data]
    entries = {q: IndexedBase(f"x_{q}")[i] for q in data}
    cost = Sum(form.subs(entries, simultaneous=True), (i, 1, m)) if array else form
    code = code_of(cost, params, engine)
    wanted = {None: form, **{q: diff(form, q) for q in params}}
    moved = {name: [diff(f, q) for q in letters] for name, f in wanted.items()}
    for at in places:
        given = dict(zip(letters, at, strict=True))
        here = {IndexedBase(f"x_{q}") if array else q: [given[q]] if array else given[q] for q in data}
        value, slopes = code.value_and_gradient({q: given[q] for q in params}, here)
        for name, f in wanted.items():
            right = ball(f, letters, at)
            if right is None or not math.isfinite(right):
                continue
            ours = value if name is None else float(slopes[name])
            assert math.isfinite(ours), (name, at, ours, right)
            if abs(ours - right) > close * abs(right) + 1e-300:
                most = [abs(x * (ball(g, letters, at) or 0.0)) for x, g in zip(at, moved[name], strict=True)]
                assert abs(ours - right) <= close * max(abs(right), *most), (name, at, ours, right)
