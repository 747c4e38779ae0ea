"""Roots of squares and double angles beside numbers: both sides have the same value wherever one has."""

from __future__ import annotations

import random

import mpmath
import pytest
import sympy

from gdsym.rules.squares import root_of_square
from gdsym.rules.tangents import tangents
from gdsym.written import from_sympy
from gdsym.written.nodes import Node, Num, Root, walk

x, a = sympy.symbols("x a", real=True)
ARGUMENTS = (x, 3 * x, a * x + 1, x**2 + a)
PYTHAGORAS = [1 - f(u) ** 2 for f in (sympy.sin, sympy.cos, sympy.tanh) for u in ARGUMENTS]
PYTHAGORAS += [1 + f(u) ** 2 for f in (sympy.tan, sympy.cot, sympy.sinh) for u in ARGUMENTS]
PYTHAGORAS += [f(u) ** 2 - 1 for f in (sympy.cosh, sympy.sec, sympy.csc) for u in ARGUMENTS]
SQUARES = [
    1 - (2 * x / (1 + x**2)) ** 2,
    1 - ((1 - x**2) / (1 + x**2)) ** 2,
    (x - a) ** 2 / (4 * (x + a) ** 2),
    1 - 4 * a * x / (a + x) ** 2,
    x**2 * (x - 1) ** 4 / (9 * (a**2 + x**2 + 1) ** 6),
]
NO_SQUARES = [1 - x**2, 1 + sympy.cos(x) ** 2, sympy.sin(x) ** 2 - 1, 1 - sympy.sinh(x) ** 2, 2 - sympy.sin(x) ** 2,
              1 - 1 / x**2, 2 * x**2 / (1 + x**2) ** 2, -(x**2) / (1 + x**2) ** 2, sympy.tan(x) ** 2 - 1]  # fmt: skip


def close(before: Node, after: Node, seed: int) -> None:
    rng = random.Random(seed)
    both = [sympy.lambdify((x, a), node.to_sympy(), "mpmath") for node in (before, after)]
    for _ in range(200):
        at = [mpmath.mpf(rng.randint(-3000, 3000)) / 997 for _ in range(2)]
        one, other = (f(*at) for f in both)
        assert mpmath.almosteq(one, other, 1e-9, 1e-9), at


@pytest.mark.parametrize("arg", [*PYTHAGORAS, *SQUARES], ids=str)
def test_the_root_of_a_square_is_an_absolute_value(arg: sympy.Expr) -> None:
    root = Root(from_sympy(arg, []), Num(2))
    found = root_of_square(root)
    assert not any(isinstance(part, Root) for part in walk(found))
    close(root, found, 5)


@pytest.mark.parametrize("arg", NO_SQUARES, ids=str)
def test_other_roots_stay(arg: sympy.Expr) -> None:
    root = Root(from_sympy(arg, []), Num(2))
    assert root_of_square(root) is root


@pytest.mark.parametrize("u", ARGUMENTS, ids=str)
@pytest.mark.parametrize("slope", ["tan", "cot", "tanh"])
def test_the_double_angle(slope: str, u: sympy.Expr) -> None:
    f = getattr(sympy, slope)(u)
    above = {"tan": 1 + f**2, "cot": f**2 + 1, "tanh": 1 - f**2}[slope]
    before = from_sympy(5 * x * above / (3 * f), [])
    after = tangents(before)
    assert after != before and not any(type(p.to_sympy()) is type(f) for p in walk(after))
    close(before, after, 7)
