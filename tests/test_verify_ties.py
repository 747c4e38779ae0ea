"""Several switches at once: a step that is wrong at a tie of three, or in one corner between switches, is refused."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import prod
from typing import Any

import pytest
from flint import arb, fmpq
from sympy import (
    Abs,
    Eq,
    IndexedBase,
    Max,
    Min,
    Mod,
    Piecewise,
    Rational,
    S,
    Sum,
    atan2,
    ceiling,
    exp,
    floor,
    lambdify,
    symbols,
)

import gdsym as gd
from gdsym.verify import agree
from gdsym.verify.numbers import is_undefined
from gdsym.verify.special import difference
from gdsym.written.from_sympy import from_sympy
from gdsym.written.nodes import Neg, Node, Rel

x, y, z = symbols("x y z", real=True)
i, m = symbols("i m", integer=True, positive=True)
X, Y, Z = map(IndexedBase, "XYZ")
NUMBERS = (-3, -2, -1, -0.5, 0, 0.5, 1, 2, 3)


def with_a_sign(node: Node) -> Iterator[Node]:
    """One side of one comparison with the other sign."""
    for place, child in enumerate(node.children):
        for mutant in (Neg(child),) if isinstance(node, Rel) else with_a_sign(child):
            yield node.with_children((*node.children[:place], mutant, *node.children[place + 1 :]))


def differ(right: Node, wrong: Node) -> bool:
    """By plain floats."""
    f, g = (lambdify((x, y, z), side.to_sympy(), "math") for side in (right, wrong))
    return any(abs(f(*at) - g(*at)) > 1e-9 for at in product(NUMBERS, repeat=3))


@pytest.mark.slow
@pytest.mark.parametrize("expr", [Min(x, y, z, x * y), Max(0, x, 2 * y, z + 1), Max(x * y, y**2, z, 2 * z - 3)])
def test_a_comparison_with_another_sign_is_refused(expr: Any) -> None:
    last = gd.derive(expr, x).steps[-1].line
    mutants = list(with_a_sign(last))
    assert len(mutants) > 15
    assert [str(wrong) for wrong in mutants if agree(last, wrong) and differ(last, wrong)] == []


def only(value: int, *conditions: Any) -> Piecewise:
    condition = conditions[0]
    for other in conditions[1:]:
        condition &= other
    return Piecewise((value, condition), (0, True))


CLAIMS: dict[str, tuple[Any, Any]] = {
    "three with numbers": (Max(x, y + 7, 3 * z - 11), Max(x, y + 7, 3 * z - 11) + only(1, Eq(x, y + 7), Eq(x, 3 * z - 11))),
    "four letters": (x, x + only(1, Eq(x, y), Eq(y, z), x > 1)),
    "and below": (x, x + only(1, Eq(x, y), Eq(y, z), x < -1)),
    "an exponential": (Max(x, y, exp(z)), Max(x, y, exp(z)) + only(1, Eq(x, y), Eq(x, exp(z)))),
    "a product": (Max(x, y, x * y), Max(x, y, x * y) + only(1, Eq(x, y), Eq(x, x * y), y < x + 1)),
    "entries": (x, x + Sum(only(1, Eq(X[i], Y[i]), Eq(Y[i], Z[i])), (i, 1, m))),
    "two shares": (x, x + only(1, Eq(10 * x, 3 * y + 1), Eq(7 * x, z))),
}  # fmt: skip


@pytest.mark.parametrize("name", CLAIMS)
def test_wrong_at_a_tie_of_three_alone(name: str) -> None:
    left, right = CLAIMS[name]
    assert agree(from_sympy(left), from_sympy(right)).verdict == "refuted"


def test_whole_numbers_stay_whole_at_switches() -> None:
    n, k = symbols("n k", integer=True)
    floors = Max(n, k) * Piecewise((1, n > k), ((-1) ** (2 * n), True))
    assert agree(from_sympy(Max(n, k)), from_sympy(floors))


def when(condition: Any) -> Piecewise:
    return Piecewise((1, condition), (0, True))


n = symbols("n", integer=True)
ZERO = S.Zero
WRONG: dict[str, tuple[Any, Any]] = {
    "the twelfth kink": (sum(Abs(x - j) for j in range(1, 13)), sum(Abs(x - j) for j in range(1, 12)) + Piecewise((x - 12, x > 11), (12 - x, True))),
    "a window of 1e-9": (when((x > 1) & (x < 1 + Rational(1, 10**9))), ZERO),
    "a window beside 0": (when((x > 0) & (x < Rational(1, 10**9))), ZERO),
    "a window of a square": (when((x - 5) ** 2 < Rational(1, 10**16)), ZERO),
    "a window of a product": (when((x * y > 1) & (x * y < 1 + Rational(1, 10**9))), ZERO),
    "three far out": (when((x > 10**9) & (y < -(10**9)) & (z > 10**6)), ZERO),
    "three windows": (when((x > 10) & (y < -10) & (z > 20) & (x < 11)), ZERO),
    "the second term": (Sum(Piecewise((0, i < 2), (when(Eq(X[i], 7 * Y[i] + 3)), True)), (i, 1, m)), ZERO),
    "a ceiling": (ceiling(x), floor(x) + 1),
    "a floor of a square": (floor(x**2), ceiling(x**2) - 1),
    "a floor below 0": (floor(-x), -floor(x) - 1),
    "a remainder by 1": (Mod(x, 1), x - ceiling(x) + 1),
    "a remainder of whole numbers": (Mod(n, 13), n),
    "whole numbers up to 8": (n * prod((n - j) * (n + j) for j in range(1, 9)), ZERO),
    "multiples of 30": (when(Eq(Mod(n, 2), 0) & Eq(Mod(n, 3), 0) & Eq(Mod(n, 5), 0) & (n > 0)), ZERO),
    "the cut of an angle": (atan2(y, x), -atan2(-y, x)),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_wrong_in_a_corner_alone(name: str) -> None:
    left, right = WRONG[name]
    assert not agree(from_sympy(left), from_sympy(right))


def test_an_angle_has_no_slope_on_its_cut() -> None:
    """A central difference over the jump was taken for a slope of 10^31."""
    assert all(step.check for step in gd.derive(atan2(y, x), y).steps)


def test_steep_functions_and_zeros_keep_their_slopes() -> None:
    """Only a difference that does not shrink with its step is a jump."""
    at = [
        (lambda u: u.sin(), 0, 1),
        (lambda u: u.exp(), 200, arb(200).exp()),
        (lambda u: (u * 10**20).sin(), 0, 10**20),
    ]
    for function, place, slope in at:
        assert difference(function, (1,), (fmpq(place),)).overlaps(arb(slope))
    assert is_undefined(difference(lambda u: u.floor(), (1,), (fmpq(2),)))
