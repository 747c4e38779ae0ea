"""Each law, as it is printed, holds at 10,000 random instances: numbers by NumPy and SciPy, derivatives by a complex step.

u and v are random functions of x: a value and a slope. f(x + ih) has the imaginary part h f'(x), without rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.special as special
import sympy as sp
from numpy.typing import NDArray

import gdsym as gd
from gdsym.rules import RULES
from gdsym.rules.algebra import INVERSE, RECIPROCAL
from gdsym.rules.below import ANY_ROOT_BELOW, ONE_BELOW, ROOT_BELOW
from gdsym.rules.families import ANY_BASE, ANY_ROOT
from gdsym.rules.fdiff import slope_of
from gdsym.rules.laws import U
from gdsym.rules.logs import OF_FACTORS, OF_INVERSE, OF_POWER, OF_ROOT
from gdsym.step import Law
from gdsym.written import nodes as n

Numbers = NDArray[np.complex128]
COUNT = 10_000
STEP = 1e-20
LAWS = {
    f"{rule.name}, {at}": rule.law
    for at, rule in enumerate(
        (
            *RULES,
            INVERSE,
            RECIPROCAL,
            ANY_BASE,
            ANY_ROOT,
            ONE_BELOW,
            ROOT_BELOW,
            ANY_ROOT_BELOW,
            OF_FACTORS,
            OF_INVERSE,
            OF_POWER,
            OF_ROOT,
        )
    )
    if rule.law is not None
}
CONSTANTS = ("c", "n")
HANDBOOK = Path(__file__).parent.parent / "docs" / "rules.md"

# Functions of one argument whose value SciPy or NumPy has for complex numbers: the law of each comes from SymPy's fdiff.
TABLE: dict[Any, Callable[[Any], Any]] = {
    sp.sin: np.sin, sp.cos: np.cos, sp.tan: np.tan, sp.sinh: np.sinh, sp.cosh: np.cosh, sp.tanh: np.tanh, sp.atan: np.arctan, sp.asinh: np.arcsinh,
    sp.asin: np.arcsin, sp.acos: np.arccos, sp.atanh: np.arctanh, sp.acosh: lambda u: np.log(u + np.sqrt(u * u - 1)), sp.erf: special.erf, sp.erfc: special.erfc,
    sp.erfi: special.erfi, sp.sec: lambda u: 1 / np.cos(u), sp.csc: lambda u: 1 / np.sin(u), sp.cot: lambda u: np.cos(u) / np.sin(u), sp.sech: lambda u: 1 / np.cosh(u),
    sp.csch: lambda u: 1 / np.sinh(u), sp.coth: lambda u: np.cosh(u) / np.sinh(u), sp.acot: lambda u: np.arctan(1 / u), sp.sinc: lambda u: np.sin(u) / u,
    sp.gamma: special.gamma, sp.loggamma: special.loggamma, sp.airyai: lambda u: special.airy(u)[0], sp.airybi: lambda u: special.airy(u)[2],
    sp.Si: lambda u: special.sici(u)[0], sp.Ci: lambda u: special.sici(u)[1], sp.Shi: lambda u: special.shichi(u)[0], sp.Chi: lambda u: special.shichi(u)[1],
    sp.LambertW: special.lambertw, sp.fresnels: lambda u: special.fresnel(u)[0], sp.fresnelc: lambda u: special.fresnel(u)[1], sp.Ei: special.expi, sp.elliptic_k: special.ellipk,
    sp.elliptic_e: special.ellipe,
}  # fmt: skip
ELEMENTARY = (
    sp.sin, sp.cos, sp.tan, sp.sinh, sp.cosh, sp.tanh, sp.atan, sp.asinh, sp.asin, sp.acos, sp.atanh, sp.acosh, sp.sec, sp.csc, sp.cot, sp.sech, sp.csch, sp.coth,
    sp.acot, sp.sinc,
)  # fmt: skip
BELOW_ONE = (sp.asin, sp.acos, sp.atanh, sp.elliptic_k, sp.elliptic_e)
FUNCTIONS: dict[Any, Callable[..., Any]] = {
    **TABLE,
    sp.exp: np.exp,
    sp.log: np.log,
    sp.polygamma: lambda k, u: special.polygamma(int(np.real(k)), np.real(u)),
}
FUNCTIONS |= {sp.airyaiprime: lambda u: special.airy(u)[1], sp.airybiprime: lambda u: special.airy(u)[3]}
FUNCTIONS |= {sp.Abs: lambda u: np.sign(u.real) * u, sp.sign: lambda u: np.sign(u.real) + 0j}


class Instance:
    """10,000 values of the letters, each a number and a slope."""

    def __init__(self, seed: str, low: float = 0.1, high: float = 3.0) -> None:
        rng = np.random.default_rng(list(seed.encode()))
        self.numbers: dict[str, Numbers] = {}
        for letter in "cnstuvx":
            slopes = (
                np.zeros(COUNT) if letter in CONSTANTS else np.ones(COUNT) if letter == "x" else rng.normal(size=COUNT)
            )
            self.numbers[letter] = rng.uniform(low, high, COUNT) + 1j * STEP * slopes

    def value(self, node: n.Node) -> Any:
        if isinstance(node, n.D):
            return np.imag(self.value(node.body)) / STEP + 0j
        if isinstance(node, n.Sym):
            return self.numbers["x" if node == U else node.name]
        parts = [self.value(child) for child in node.children]
        return VALUES[type(node)](node, parts)


VALUES: dict[type[n.Node], Callable[[Any, list[Any]], Any]] = {
    n.Num: lambda node, parts: complex(node.value), n.Const: lambda node, parts: complex(node.value), n.Add: lambda node, parts: sum(parts),
    n.Mul: lambda node, parts: np.prod(np.broadcast_arrays(*parts), axis=0), n.Neg: lambda node, parts: -parts[0], n.Div: lambda node, parts: parts[0] / parts[1],
    n.Pow: lambda node, parts: np.exp(parts[1] * np.log(parts[0] + 0j)) if parts[1] is not None else None, n.Root: lambda node, parts: np.exp(np.log(parts[0]) / parts[1]),
    n.Fn: lambda node, parts: FUNCTIONS[node.func](*parts), n.Rel: lambda node, parts: {"==": np.equal}[node.op](*np.real(np.broadcast_arrays(*parts))),
    n.Logic: lambda node, parts: np.full(COUNT, {"true": True}[node.op]), n.Cases: lambda node, parts: np.select(parts[1::2], parts[::2]),
}  # fmt: skip


def worst(law: Law, instance: Instance) -> float:
    """The greatest relative difference of the two sides."""
    left, right = (np.real(instance.value(side)) + np.zeros(COUNT) for side in (law.lhs, law.rhs))
    assert np.isfinite(left).all() and np.isfinite(right).all()
    return float(np.max(np.abs(left - right) / (1 + np.abs(left))))


@pytest.mark.parametrize("name", LAWS)
def test_a_law_holds_at_ten_thousand_instances(name: str) -> None:
    law = LAWS[name]
    assert law is not None
    assert worst(law, Instance(name)) < 1e-10


@pytest.mark.parametrize("name", LAWS)
def test_a_law_that_is_bent_does_not(name: str) -> None:
    law = LAWS[name]
    assert law is not None
    bent = (n.Add(law.rhs, n.Num(sp.Rational(1, 1000))), n.Mul(n.Num(2), n.Add(law.rhs, n.Num(1))))
    assert all(worst(Law(law.lhs, wrong), Instance(name)) > 1e-5 for wrong in bent)


@pytest.mark.parametrize("func", TABLE, ids=lambda func: func.__name__)
def test_the_table_of_derivatives(func: Any) -> None:
    """`derivative of f`: the law that is printed, made from SymPy's fdiff, against SciPy's values."""
    slope = slope_of(func, 1, 0)
    assert slope is not None
    low, high = (
        (0.05, 0.9)
        if func in BELOW_ONE
        else (1.1, 3.0)
        if func is sp.acosh
        else (0.1, 1.4)
        if func is sp.tan
        else (0.2, 2.5)
    )
    instance = Instance(func.__name__, low, high)
    x = instance.numbers["x"].real
    if func in ELEMENTARY:
        found, close = instance.value(n.D(n.Fn(func, U), U)).real, 1e-10
    else:  # SciPy's series do not feel a complex step: a difference instead
        found, close = (real(func, x + 1e-5) - real(func, x - 1e-5)) / 2e-5, 1e-6
    ours = np.real(Reals(x).value(slope))
    assert np.max(np.abs(found - ours) / (1 + np.abs(found))) < close
    assert np.max(np.abs(found - 1.001 * ours) / (1 + np.abs(found))) > 10 * close


def real(func: Any, x: Any) -> Any:
    return np.real(FUNCTIONS[func](x))


class Reals(Instance):
    """The same at real numbers, which some functions of SciPy need."""

    def __init__(self, x: Any) -> None:
        self.numbers = {"x": x}

    def value(self, node: n.Node) -> Any:
        if isinstance(node, n.Fn):
            return np.real(FUNCTIONS[node.func](*(np.real(self.value(child)) for child in node.children)))
        return super().value(node)


def test_every_rule_has_a_law_or_says_in_the_handbook_how_it_is_proved() -> None:
    page = HANDBOOK.read_text(encoding="utf-8")
    for rule in RULES:
        assert f"| {rule.name} " in page, f"{rule.name} is missing in docs/rules.md"


KINKS = [
    ("Abs(x)", 0, 0), ("Abs(x - 1)*3", 1, 0), ("sign(x)", 0, 0), ("Heaviside(x)", 0, 0), ("floor(x)", 2, 0), ("ceiling(x)", 2, 0), ("frac(x)", 2, 1), ("Mod(x, 2)", 4, 1), ("Max(0, x)", 0, "1/2"), ("Min(0, x)", 0, "1/2"),
    ("Max(x, -x)", 0, 0), ("Max(x, 2*x, 3*x)", 0, 2), ("Max(x, 2*x, x - 1)", 0, "3/2"), ("Min(x, 5*x, 6*x, 1)", 0, 4), ("Max(3, x)**2", 3, 3), ("Max(0, 1 - x)", 1, "-1/2"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "at", "slope"), KINKS)
def test_conventions_at_kinks(text: str, at: int, slope: Any) -> None:
    """The table of docs/rules.md, in bare numbers; each convention is said under the derivation."""
    x = sp.Symbol("x")
    expr = sp.sympify(text)
    d = gd.derive(expr, x)
    assert d.result.subs(x, at).doit() == sp.sympify(slope)
    assert d.notes


def test_convention_at_a_joint() -> None:
    x = sp.Symbol("x")
    d = gd.derive(sp.Piecewise((x, x < 1), (x**2, True)), x)
    assert d.result.subs(x, 1) == 2 and d.result.subs(x, sp.Rational(1, 2)) == 1
    assert d.notes
