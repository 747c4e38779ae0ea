"""Over the corpus: where the cost has no value but the derivative has one, or the other way round, a condition says so."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from corpus import CASES
from sympy import Ne, Sum, symbols

import gdsym as gd
from gdsym.verify import Point, evaluate
from gdsym.verify.evidence import Undecided, Unknown
from gdsym.written.nodes import Sym

x = symbols("x")
ELEMENTARY = (
    sp.log, sp.exp, sp.sin, sp.cos, sp.tan, sp.cot, sp.sec, sp.csc, sp.asin, sp.acos, sp.atan, sp.acot, sp.asec, sp.acsc, sp.sinh, sp.cosh,
    sp.tanh, sp.coth, sp.sech, sp.csch, sp.asinh, sp.acosh, sp.atanh, sp.acoth, sp.asech, sp.acsch, sp.Abs, sp.sign, sp.Max, sp.Min,
    sp.Piecewise, sp.floor, sp.ceiling, sp.erf, sp.erfc, sp.gamma, sp.loggamma, sp.polygamma, sp.expint, sp.uppergamma,
)  # fmt: skip


def plain(case: Any) -> bool:
    """A formula in plain letters, of functions whose values are known at all points."""
    expr = case.expr if isinstance(case.expr, sp.Basic) else None
    if (
        expr is None
        or case.where
        or isinstance(case.wrt, tuple)
        or expr.has(sp.Indexed, sp.Sum, sp.Integral, sp.MatrixSymbol)
    ):
        return False
    return len(expr.free_symbols) <= 3 and all(isinstance(f, ELEMENTARY) for f in expr.atoms(sp.Function))


PLAIN = [case for case in CASES if plain(case)]


def holds(condition: Any, at: Any) -> bool:
    """A condition on what has no value there does not hold."""
    try:
        return condition.subs(at) == sp.true
    except TypeError:  # SymPy compares no zoo
        return False


def value(node: Any, point: Point) -> Any:
    try:
        return evaluate(node, point)
    except (Undecided, Unknown):
        return "not decided"


@pytest.mark.slow
@pytest.mark.parametrize("case", PLAIN, ids=lambda case: str(case.expr)[:50])
def test_no_condition_is_missing(case: Any) -> None:
    d, rng = gd.derive(case.expr, case.wrt), random.Random(3)
    names = sorted((name for name in d.node.free if isinstance(name, Sym)), key=str)
    for _ in range(25):
        numbers = {name: Fraction(rng.choice([-3, -2, -1, 0, 1, 2, 3, 7]), rng.choice([1, 2, 3])) for name in names}
        for name in names:
            if name.symbol.is_integer or name.symbol.is_positive:
                numbers[name] = Fraction(abs(round(numbers[name])) + 1)
        at = {name.symbol: sp.Rational(number) for name, number in numbers.items()}
        here, slope = (value(node, Point(values=dict(numbers))) for node in (d.node, d.written))
        if holds(d.given, at):
            assert (here is None) <= (slope is None) or slope == "not decided", numbers
            assert (slope is None) <= (here is None) or here == "not decided", numbers


def test_enough_of_the_corpus_is_looked_at() -> None:
    assert len(PLAIN) >= 100


@pytest.mark.parametrize(
    "letter", [symbols("i"), symbols("i", integer=True), symbols("i", integer=True, positive=True)]
)
def test_an_index_is_where_its_sum_says_whatever_was_declared(letter: Any) -> None:
    n = symbols("n", integer=True, positive=True)
    assert gd.derive(Sum(x**letter, (letter, 0, n)), x).given == Ne(x, 0)
    assert gd.derive(Sum(x**letter, (letter, 1, n)), x).given == sp.true


@pytest.mark.parametrize("order", [0, 1, 2, 3])
def test_a_pole_has_no_value(order: int) -> None:
    node = gd.derive(sp.polygamma(order, x), x).node
    for at in (0, -1, -2):
        assert evaluate(node, Point(values={next(iter(node.free)): Fraction(at)})) is None
