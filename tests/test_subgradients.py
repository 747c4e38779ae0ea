"""Claims about several parameters at a kink: each is a subgradient by itself; is the vector one?"""

from __future__ import annotations

from typing import Any

import pytest
from sympy import Abs, IndexedBase, Max, Min, Piecewise, Rational, Sum, symbols

import gdsym as gd

u, v, z = symbols("u v z")
i, j, k, m, n = symbols("i j k m n", integer=True, positive=True)
w, X, y = map(IndexedBase, ("w", "X", "y"))
third = Rational(1, 3)


def one(condition: Any, value: Any = 1, other: Any = 0) -> Any:
    return Piecewise((value, condition), (other, True))


margin = y[i] * (u * X[i] + v)
hinge = Sum(Max(0, 1 - margin), (i, 1, m))
by_u = Sum(one(margin < 1, -y[i] * X[i]), (i, 1, m))

RIGHT: dict[str, tuple[Any, dict[Any, Any]]] = {
    "max, the first": (Max(u, v), {u: one(u >= v), v: one(v > u)}),
    "max, a third": (Max(u, v), {u: Piecewise((1, u > v), (0, u < v), (third, True)), v: Piecewise((1, v > u), (0, v < u), (1 - third, True))}),
    "max of three": (Max(u, v, z), {u: one((u >= v) & (u >= z)), v: one((v > u) & (v >= z)), z: one((z > u) & (z > v))}),
    "absolute values": (Abs(u) + Abs(v), {u: one(u >= 0, 1, -1), v: one(v >= 0, 1, -1)}),
    "of a difference": (Abs(u - v), {u: one(u >= v, 1, -1), v: one(u >= v, -1, 1)}),
    "hinge": (hinge, {u: by_u, v: Sum(one(margin < 1, -y[i]), (i, 1, m))}),
    "entries": (Sum(Abs(w[j]), (j, 1, n)), {w: one(w[k] >= 0, 1, -1)}),
    "neither convex nor concave": (Abs(v) - Abs(u), {u: one(u >= 0, -1, 1), v: one(v >= 0, 1, -1)}),
}  # fmt: skip

WRONG: dict[str, tuple[Any, dict[Any, Any]]] = {
    "max, both": (Max(u, v), {u: one(u >= v), v: one(v >= u)}),
    "max, none": (Max(u, v), {u: one(u > v), v: one(v > u)}),
    "min, both": (Min(u, v), {u: one(u <= v), v: one(v <= u)}),
    "max of three": (Max(u, v, z), {u: one((u >= v) & (u >= z)), v: one((v > u) & (v >= z)), z: one((z >= u) & (z > v))}),
    "of a difference": (Abs(u - v), {u: one(u >= v, 1, -1), v: one(v >= u, 1, -1)}),
    "hinge at the margin": (hinge, {u: by_u, v: Sum(one(margin <= 1, -y[i]), (i, 1, m))}),
    "entries of one array": (Max(w[1], w[2]), {w: one(k <= 2) * one(w[k] >= Max(w[1], w[2]))}),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_a_vector_that_is_one_is_right(name: str) -> None:
    cost, claims = RIGHT[name]
    verdict = gd.Cost(cost, list(claims)).check(claims)
    assert verdict.ok and "Together" not in verdict.message


@pytest.mark.parametrize("name", WRONG)
def test_a_vector_that_is_none_is_wrong_though_each_entry_is_right(name: str) -> None:
    cost, claims = WRONG[name]
    verdict = gd.Cost(cost, list(claims)).check(claims)
    assert not verdict.ok and verdict.factor is None and verdict.counterexample
    assert all(part.ok for part in verdict.parts.values())
    assert "Together they are no su" in verdict.message


def test_the_direction_is_said() -> None:
    verdict = gd.Cost(Max(u, v), [u, v]).check(WRONG["max, both"][1])
    assert verdict.message.endswith(
        "Together they are no subgradient: at u = 5, v = 5, along u = 1, v = 1, the slopes on the two sides are 1 and 1, and yours add up to 2."
    )
    assert "no supergradient" in gd.Cost(Min(u, v), [u, v]).check(WRONG["min, both"][1]).message
    assert verdict.counterexample == {u: 5, v: 5}
