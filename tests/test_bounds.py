"""Bounds of formulas over all real letters: bare cases, and random formulas at random numbers."""

from __future__ import annotations

import math
import random
from fractions import Fraction
from typing import Any

import pytest
import sympy

from gdsym.reading import read
from gdsym.rules.bounds import bounds, holds
from gdsym.written import nodes as n

x, p = n.Sym(sympy.Symbol("x")), n.Sym(sympy.Symbol("p", positive=True))


def positive(name: n.Node) -> bool:
    return name == p


def shown(text: str) -> str:
    (low, high) = bounds(n.replace(read(text), {n.Sym(sympy.Symbol("p")): p}), positive)
    left = "(-oo" if low is None else f"{'(' if low[1] else '['}{low[0]}"
    return f"{left}, {'oo)' if high is None else f'{high[0]}' + (')' if high[1] else ']')}"


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("x", "(-oo, oo)"),
        ("p", "(0, oo)"),
        ("1/(1 + exp(-x))", "(0, 1)"),
        ("1 - 1/(1 + exp(-x))", "(0, 1)"),
        ("2*x**2 + 3", "[3, oo)"),
        ("-2*x**2", "(-oo, 0]"),
        ("-3*(1 + p)", "(-oo, -3)"),
        ("x*x", "(-oo, oo)"),
        ("p*x", "(-oo, oo)"),
        ("exp(x**2)", "[1, oo)"),
        ("1 - exp(-p)", "(0, 1)"),
        ("abs(1 + x**2)", "(0, oo)"),
        ("abs(x)*p", "[0, oo)"),
        ("sqrt(1 + x**2)", "(0, oo)"),
        ("sqrt(x)", "[0, oo)"),
        ("2 + cos(x)", "[1, 3]"),
        ("1 - tanh(x)", "(0, 2)"),
        ("1/(3 + cos(x))", "[1/4, 1/2]"),
        ("(2 + sin(x))**3", "[1, 27]"),
        ("(2 + sin(x))*(3 + cos(x))", "[2, 12]"),
        ("1/x**2", "(-oo, oo)"),
        ("Sum(exp(x*i), (i, 1, m))", "(0, oo)"),
        ("Sum(x**2, (i, 1, m))", "[0, oo)"),
        ("0*x", "[0, 0]"),
        ("2**x", "(0, oo)"),
        ("log(x)", "(-oo, oo)"),
    ],
)
def test_ends(text: str, ends: str) -> None:
    assert shown(text) == ends


def test_signs_follow() -> None:
    share = read("1 - 1/(1 + exp(-x))")
    assert holds("!=", share, positive)
    assert holds(">", share, positive)
    assert holds(">=", read("x**2"), positive)
    assert holds("!=", read("-1 - x**2"), positive)
    assert not holds(">", read("x**2"), positive)
    assert not holds("!=", read("1 - x**2"), positive)


def test_random_formulas_stay_within_their_bounds() -> None:
    rng = random.Random(7)
    said = 0
    for _ in range(1500):
        node = formula(rng, 4)
        low, high = bounds(node, positive)
        said += low is not None or high is not None
        for _ in range(12):
            at = {x: rng.choice((-3.0, -1.0, 0.0, 0.5, 2.0, rng.gauss(0, 4))), p: rng.choice((1e-6, 1.0, 7.0))}
            try:
                u = value(node, at)
            except (ArithmeticError, ValueError):
                continue
            slack = 1e-9 * (1 + abs(u)) if math.isfinite(u) else 0
            assert low is None or u >= float(low[0]) - slack, (node, at)
            assert high is None or u <= float(high[0]) + slack, (node, at)
    assert said > 500


def formula(rng: random.Random, deep: int) -> n.Node:
    """One of the forms that bounds are known of, or a letter."""
    if deep == 0 or rng.random() < 0.15:
        return rng.choice((x, p, n.Num(rng.randint(-3, 3)), n.Num(Fraction(1, 2))))
    kinds = ("add", "neg", "mul", "div", "pow", "root", "fn")
    kind, u, v = rng.choice(kinds), formula(rng, deep - 1), formula(rng, deep - 1)
    if kind == "fn":
        return n.Fn(rng.choice((sympy.exp, sympy.Abs, sympy.tanh, sympy.cos, sympy.cosh, sympy.sign)), u)
    if kind == "pow":
        return n.Pow(u, n.Num(rng.randint(1, 4)))
    made: dict[str, Any] = {"add": n.Add, "mul": n.Mul, "div": n.Div}
    return n.Neg(u) if kind == "neg" else n.Root(u, n.Num(2)) if kind == "root" else made[kind](u, v)


def value(node: n.Node, at: dict[n.Node, float]) -> float:
    """Its number in floats."""
    if node in at:
        return at[node]
    if isinstance(node, n.Num):
        return float(node.value)
    u, *rest = (value(child, at) for child in node.children)
    if isinstance(node, n.Fn):
        sign = {"sign": lambda t: math.copysign(1, t) if t else 0.0, "Abs": abs}
        return float(sign.get(node.name, getattr(math, node.name, abs))(u))
    if isinstance(node, n.Neg):
        return -u
    if isinstance(node, n.Root):
        return math.sqrt(u)
    (v,) = rest
    if isinstance(node, n.Div):
        return u / v
    return u**v if isinstance(node, n.Pow) else u + v if isinstance(node, n.Add) else u * v
