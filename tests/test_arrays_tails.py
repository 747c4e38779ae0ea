"""Value and slope in both tails and around 0, against ball arithmetic, on every engine: 1e-14 relative.

Formulas that lose digits as they are written (a slope that is a difference of nearly equal terms) are not in the list.
"""

from __future__ import annotations

import math
from typing import Any

import flint
import pytest
import sympy as sp
from flint import arb
from once import code_of
from sympy import Abs, IndexedBase, Max, Rational, Sum, asinh, atan, cos, cosh, exp, log, sin, sinh, sqrt, symbols, tanh
from tools import needs

u, a = symbols("u a", real=True)
i, m = symbols("i m", integer=True, positive=True)
t = IndexedBase("t")
POINTS = (-1000.0, -40.0, -1.0, -1e-3, -1e-8, -1e-12, -1e-300, 0.0, 1e-300, 1e-12, 1e-8, 1e-3, 0.3, 1.0, 40.0, 1000.0)
BITS = 6000  # more than exp(1000) and 1e-300 take together


def s(x: Any) -> Any:
    return 1 / (1 + exp(-x))


def bce(p: Any, label: Any) -> Any:
    return -label * log(p) - (1 - label) * log(1 - p)


Q = Rational(1, 4)
FORMS: dict[str, Any] = {
    "softplus": log(1 + exp(u)), "softplus of -u": log(exp(-u) + 1), "softplus of 2 u": 3 * log(1 + exp(2 * u)) / 2,
    "softplus shifted": log(1 + exp(1 - u)), "softplus doubled": log(2 + 2 * exp(u)), "softplus - u": log(1 + exp(u)) - u,
    "log(1 + 2 exp u)": log(1 + 2 * exp(u)), "log(3 + exp u)": log(3 + exp(u)), "log(e + exp u)": log(exp(u) + sp.E),
    "softplus squared": log(1 + exp(u)) ** 2, "difference of softplus": log(1 + exp(u)) - log(1 + exp(-u)),
    "sigmoid 1": s(u), "sigmoid 2": exp(u) / (1 + exp(u)), "sigmoid 3": 1 - 1 / (1 + exp(u)),
    "sigmoid 4": (1 + tanh(u / 2)) / 2, "sigmoid 5": exp(u / 2) / (exp(u / 2) + exp(-u / 2)), "sigmoid of 2 u": s(2 * u),
    "1 - sigmoid": 1 - s(u), "sigmoid - 1": s(u) - 1, "swish": u * s(u), "square of 1 - sigmoid": (1 - s(u)) ** 2,
    "log sigmoid": log(s(u)), "-log sigmoid": -log(s(-u)), "log(1 - sigmoid)": log(1 - s(u)), "logit": log(s(u) / (1 - s(u))),
    **{f"cross-entropy {y}": bce(s(u), y) for y in (0, 1, Q)},
    **{f"cross-entropy by logits {y}": log(1 + exp(u)) - y * u for y in (0, 1, Q)},
    **{f"cross-entropy by both {y}": y * log(1 + exp(-u)) + (1 - y) * log(1 + exp(u)) for y in (0, 1, Q)},
    **{f"cross-entropy by quotients {y}": bce(exp(u) / (1 + exp(u)), y) for y in (0, 1, Q)},
    **{f"cross-entropy by tanh {y}": bce((1 + tanh(u / 2)) / 2, y) for y in (0, 1, Q)},
    **{f"cross-entropy by parts {y}": Max(u, 0) - y * u + log(1 + exp(-Abs(u))) for y in (0, Q)},
    "log cosh": log(cosh(u)), "log cosh scaled": 3 * log(cosh(u / 3)), "log cosh written out": log((exp(u) + exp(-u)) / 2),
    "log of two": log(exp(u) + exp(2 * u)), "log of three": log(1 + exp(u) + exp(-u)), "weights": log(3 * exp(u) + 2 * exp(-u)),
    "softmax of two": exp(u) / (exp(u) + exp(2 * u)), "softmax of three": exp(u) / (1 + exp(u) + exp(-u)),
    "pseudo Huber": sqrt(u**2 + 1) - 1, "pseudo Huber 4": sqrt(1 + 4 * u**2) - 1, "pseudo Huber 9": sqrt(9 + u**2) - 3,
    "pseudo Huber scaled": 9 * (sqrt(1 + (u / 3) ** 2) - 1),
    "1 - cos": 1 - cos(u), "2 - 2 cos 2 u": 2 - 2 * cos(2 * u), "cosh - 1": cosh(u) - 1,
    "exp - 1": exp(u) - 1, "1 - exp(-u)": 1 - exp(-u), "2 exp - 2": 2 * exp(u) - 2, "exp - 1, squared": (exp(u) - 1) ** 2,
    "1 - exp(-u^2/2)": 1 - exp(-(u**2) / 2), "2 sinh": exp(u) - exp(-u), "log(1 + u^2)": log(1 + u**2),
    "log(2 + 2 u^2)": log(2 + 2 * u**2), "1 - 1/(1 + u^2)": 1 - 1 / (1 + u**2),
    "tanh by exponentials": (exp(u) - exp(-u)) / (exp(u) + exp(-u)), "tanh by one": (exp(2 * u) - 1) / (exp(2 * u) + 1),
    "tanh by exp(-2 u)": (1 - exp(-2 * u)) / (1 + exp(-2 * u)), "tanh by sigmoid": 2 * s(2 * u) - 1, "tanh": sinh(u) / cosh(u),
    "tanh as it is": tanh(u), "1 - tanh^2": 1 - tanh(u) ** 2, "tanh cubed": tanh(u) ** 3, "log(1 + tanh^2)": log(1 + tanh(u) ** 2),
    "log of a square": log(u**2) + log(u**4), "log(1 - exp(-u))": log(1 - exp(-u)), "log(exp u - 1)": log(exp(u) - 1),
    "log of a share": log(u**2 / (1 + u**2)), "log of half a share": log(3 - 3 * exp(-u / 2)), "1 - tanh": 1 - tanh(u), "1/cosh^2": 1 / cosh(u) ** 2, "sinh u/u": sinh(u) / u, "sin u/u": sin(u) / u, "(e^u - 1)/u": (exp(u) - 1) / u, "(1 - e^-u)/u": (1 - exp(-u)) / u, "log(1 + u)/u": log(1 + u) / u,
    "log(1 - u)/u": log(1 - u) / u, "atan u/u": atan(u) / u, "asinh u/u": asinh(u) / u, "tanh u/u": tanh(u) / u, "sinh of 2 u": sinh(2 * u) / u,
    "root - u": sqrt(1 + u**2) - u, "root + u": sqrt(4 + u**2) + u, "1 - u/root": 1 - u / sqrt(1 + u**2),
    "exp(-exp u)": exp(-exp(u)), "1 - exp(-exp u)": 1 - exp(-exp(u)), "exp u exp(-exp u)": exp(u) * exp(-exp(u)), "u (1 + tanh u)/2": u * (1 + tanh(u)) / 2,
    "log(1 - exp(-exp u))": log(1 - exp(-exp(u))), "log softplus": log(log(1 + exp(u))), "exp(-exp(-u))": exp(-exp(-u)),
    "softplus of exp u": log(1 + exp(exp(u))),
    "u - sin u": u - sin(u), "sinh u - u": sinh(u) - u, "u - tanh u": u - tanh(u), "e^u - 1 - u": exp(u) - 1 - u, "u - log(1 + u)": u - log(1 + u), "(1 + u) log(1 + u) - u": (1 + u) * log(1 + u) - u,
    "cos u - 1 + u^2/2": cos(u) - 1 + u**2 / 2, "1/(1 - e^-u) - 1/u": 1 / (1 - exp(-u)) - 1 / u, "coth u - 1/u": cosh(u) / sinh(u) - 1 / u, "u/(e^u - 1)": u / (exp(u) - 1),
    "(e^u - 1 - u)/u^2": (exp(u) - 1 - u) / u**2, "log(e^u - 1) - log u": log(exp(u) - 1) - log(u), "log(u + root)": log(u + sqrt(1 + u**2)), "log(root - u)": log(sqrt(u**2 + 1) - u),
    "log cosh u - |u|": log(cosh(u)) - Abs(u), "1/(e^u - 1)": 1 / (exp(u) - 1), "Planck": u**3 / (exp(u) - 1), "log sinc": log(sin(u) / u), "root of 1 + u, less 1": (sqrt(1 + u) - 1) / u,
    "within a larger cost": (log(1 + exp(u)) - 2) ** 2 + 3 * s(u) * u,
}  # fmt: skip

TINY: dict[str, Any] = {  # at 1e-300 squares of data are 0
    "(1 - cos u)/u^2": (1 - cos(u)) / u**2, "(cosh u - 1)/u^2": (cosh(u) - 1) / u**2, "u/sinh u": u / sinh(u), "u coth u": u * cosh(u) / sinh(u), "u coth u - 1": u * cosh(u) / sinh(u) - 1,
    "log cosh u/u^2": log(cosh(u)) / u**2, "(root - 1)/u^2": (sqrt(1 + u**2) - 1) / u**2, "(u/sinh u)^2": u**2 / sinh(u) ** 2, "Debye": u**2 * exp(u) / (exp(u) - 1) ** 2, "squared": (log(cosh(u)) / u**2) ** 2,
}  # fmt: skip

BALLS: dict[Any, Any] = {
    sp.exp: lambda x: x.exp(), sp.log: lambda x: x.log(), sp.tanh: lambda x: x.tanh(), sp.cosh: lambda x: x.cosh(),
    sp.sinh: lambda x: x.sinh(), sp.cos: lambda x: x.cos(), sp.sin: lambda x: x.sin(), sp.Abs: abs,
    sp.sign: lambda x: arb(int(x > 0) - int(x < 0)), sp.Heaviside: lambda x, h=None: (arb(int(x > 0) - int(x < 0)) + 1) / 2,
    sp.Max: lambda *xs: max(xs), sp.atan: lambda x: x.atan(), sp.asinh: lambda x: x.asinh(),
}  # fmt: skip


def ball(expr: Any, at: arb) -> arb:
    """The value by ball arithmetic, from the leaves up."""
    if expr == u:
        return at
    if expr.is_Rational:
        return arb(int(expr.p)) / int(expr.q)
    if expr is sp.E:
        return arb(1).exp()
    parts = [ball(p, at) for p in expr.args]
    if expr.is_Add:
        return sum(parts, arb(0))
    if expr.is_Mul:
        return math.prod(parts, start=arb(1))
    if expr.is_Pow:
        return parts[0] ** int(expr.exp) if expr.exp.is_Integer else parts[0].sqrt() ** int(2 * expr.exp)
    return BALLS[type(expr)](*parts)


def agrees(ours: float, right: arb) -> bool:
    if not right.is_finite():  # a pole, or outside of the domain
        return True
    if abs(right) < 1e-290 or abs(right) > 1e290:  # below or above the floats, or nearly (some engines drop these)
        infinite = math.copysign(math.inf, float(right.mid() > 0) - 0.5)
        return (
            abs(ours) < 1e-280
            if abs(right) < 1
            else ours in (infinite, float(right.mid())) or abs(ours / float(right.mid()) - 1) < 1e-14
        )
    return abs(ours - float(right.mid())) <= 1e-14 * abs(float(right.mid()))


def right_ones(form: Any) -> list[tuple[arb, arb]]:
    before, flint.ctx.prec = flint.ctx.prec, BITS
    slope = form.diff(u)
    try:
        return [(ball(form, arb(p)), ball(slope, arb(p))) for p in POINTS]
    finally:
        flint.ctx.prec = before


@pytest.mark.parametrize("name", [*FORMS, *TINY])
def test_both_tails(name: str) -> None:
    check(name, "numpy")


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["numba", "jax"])
@pytest.mark.parametrize("name", [*FORMS, *TINY])
def test_both_tails_on_other_engines(name: str, engine: str) -> None:
    needs(engine)
    check(name, engine)


def check(name: str, engine: str) -> None:
    form = FORMS[name] if name in FORMS else TINY[name]
    scalar = code_of(form, [u], engine)
    vector = code_of(Sum(form.subs(u, a * t[i]), (i, 1, m)), [a], engine)
    for point, (value, slope) in zip(POINTS, right_ones(form), strict=True):
        ours, slopes = scalar.value_and_gradient({u: point})
        assert agrees(ours, value), (point, ours, value.str(20, radius=False))
        assert agrees(slopes[u], slope), (point, slopes[u], slope.str(20, radius=False))
        if name in TINY and abs(point) < 1e-200:
            continue
        ours, slopes = vector.value_and_gradient({a: 1.0}, {t: [point]})
        assert agrees(ours, value), ("array", point, ours, value.str(20, radius=False))
        assert agrees(slopes[a], slope * point), ("array", point, slopes[a], slope.str(20, radius=False))
