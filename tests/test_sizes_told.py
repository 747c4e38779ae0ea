"""The sizes of sums that a page tells: those at which the judge had values."""

from __future__ import annotations

import pytest
from sympy import Expr, IndexedBase, Sum, Symbol, log, sqrt

import gdsym as gd
from gdsym.export.facts import sizes
from gdsym.reading import read
from gdsym.verify.build import Builder
from gdsym.verify.points import Point
from gdsym.written.nodes import Sym

X, T, K, W = IndexedBase("x"), Symbol("t", integer=True), Symbol("K", integer=True, positive=True), Symbol("w")


@pytest.mark.parametrize(
    ("cost", "told"),
    [
        (Sum((X[T] - W) ** 2, (T, 1, K)), "K = 1, 2, 3, 4, 5"),
        (Sum((X[T] - W * X[T - 1]) ** 2, (T, 2, K)), "K = 2, 3, 4, 5, 6"),
        (Sum((X[T] - W * X[T - 2]) ** 2, (T, 3, K)) / (K - 3), "K = 4, 5, 6, 7"),
        (Sum((X[T] - W) ** 2, (T, 1, K)) / (K - 1), "K = 2, 3, 4, 5"),
        (Sum((X[T] - W) ** 2, (T, 0, K - 1)) / ((K - 1) * (K - 2)), "K = 3, 4, 5"),
        (W * log(K - 3) * Sum(X[T] * W, (T, 1, K)), "K = 4, 5"),
        (W * sqrt(K - 8) * Sum(X[T] * W, (T, 1, K)), ""),
        (Sum(X[T] * W**2, (T, 1, K)) / (K - 2) + Sum(X[T] * W, (T, 1, Symbol("M", integer=True))), "K = 1, 3, 4, 5, M = 1, 2, 3, 4, 5"),
    ],
)  # fmt: skip
def test_the_sizes_that_are_told_are_those_that_were_tried(cost: Expr, told: str) -> None:
    assert gd.derive(cost, W).page().sizes == told


def test_the_judge_drew_the_sizes_that_are_told() -> None:
    for low in (0, 1, 2, 3, 5):
        sides = read(f"Sum((w*x[t] - 1)**2, (t, {low}, K))"), read(f"Sum((w*x[t] - 1)**2, (t, {low}, K)) + 0*w")
        builder = Builder({})
        for side in sides:
            builder.build(side)
        k = next(s for s in sides[0].free if isinstance(s, Sym) and s.name == "K")
        drawn = {int(Point(seed=t, roles=builder.noted.roles()).letter(k, 0)) for t in range(10)}
        assert sizes(sides[0]) == f"K = {', '.join(map(str, sorted(drawn)))}"
