"""X^T X in pieces is X^T X: any order, any number of rows, also where a sum of squares would hide an error."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from sympy import IndexedBase, Sum, symbols

import gdsym as gd
from gdsym.arrays import grams
from gdsym.arrays.grams import gram, with_grams
from gdsym.arrays.graph import Graph, Op


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("rows", [1, 16_383, 16_384, 16_385, 17_000, 300_000])
@pytest.mark.parametrize("width", [1, 2, 3, 10, 32, 33])
def test_it_is_the_product(rows: int, width: int, order: Any) -> None:
    if rows * width > 3_000_000:
        width = 5
    X = np.array(np.random.default_rng(rows + width).normal(size=(rows, width)), order=order)
    found = gram(X)
    sizes = np.sqrt(np.outer((X**2).sum(axis=0), (X**2).sum(axis=0)))
    assert found.shape == (width, width) and np.array_equal(found, found.T)
    assert (np.abs(found - np.einsum("ij,ik->jk", X, X)) <= 1e-13 * sizes).all()


@pytest.mark.parametrize("order", ["C", "F"])
def test_every_entry_counts_once(order: Any) -> None:
    """Whole numbers: no rounding, so that a row too many or too few is seen."""
    X = np.array(np.random.default_rng(0).integers(-9, 10, size=(263_000, 4)), dtype=float, order=order)
    assert np.array_equal(gram(X), X.astype(int).T @ X.astype(int))


def test_what_is_no_plain_array_of_its_own_is_multiplied_as_it_is() -> None:
    wide = np.arange(204_000.0).reshape(17_000, 12) % 7
    for X in (wide[:, ::2], np.broadcast_to(np.arange(5.0), (17_000, 5)), wide[::-1, :3]):
        assert np.array_equal(gram(X), X.T @ X)

    class Lazy:
        shape, T = (17_000, 3), property(lambda self: self)

        def dot(self, other: Any) -> str:
            return "lazy"

    assert gram(Lazy()) == "lazy"


def test_what_it_stands_for() -> None:
    """X^T X within a quotient, also of an array that is computed; not X^T Y, (a X)^T X, X X or x x."""
    g = Graph()
    X, Y, x, m, a = (
        g.make("leaf", attr=name, ndim=n) for name, n in (("X", 2), ("Y", 2), ("x", 1), ("m", 0), ("a", 0))
    )
    scaled = g.make("mul", a, X)

    def product(left: Op, right: Op) -> Op:
        return g.make("matmul", g.make("transpose", left, attr=(1, 0)), right, ndim=2)

    found = with_grams(g, [g.make("div", product(X, X), m), product(scaled, scaled)], "gram1")
    assert found == [g.make("div", g.make("gram", X, attr="gram1"), m), g.make("gram", scaled, attr="gram1")]
    others = [product(X, Y), product(scaled, X), g.make("matmul", X, X), g.make("matmul", x, x, ndim=0)]
    assert with_grams(g, others, "gram1") == others


@pytest.mark.parametrize("order", ["C", "F"])
def test_the_hessian_of_least_squares(order: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the derived formula, against exact fractions; a parameter and data may be called gram."""
    i, j, m, n = symbols("i j m n", integer=True, positive=True)
    X, y, v = IndexedBase("gram"), IndexedBase("y"), IndexedBase("v")
    cost = gd.Cost(Sum((Sum(v[j] * X[i, j], (j, 1, n)) - y[i]) ** 2, (i, 1, m)) / m, [v])
    table = np.array(np.random.default_rng(1).normal(size=(16_390, 3)), order=order)
    asked: list[tuple[int, ...]] = []
    blocks = grams._blocks
    monkeypatch.setattr(grams, "_blocks", lambda part: (asked.append(part.shape), blocks(part))[1])
    found = cost.insight({X: table, y: np.zeros(16_390)}).hessian
    columns = [[Fraction(number) for number in column] for column in table.T.tolist()]
    exact = [[float(2 * sum(a * b for a, b in zip(c, d, strict=True)) / 16_390) for d in columns] for c in columns]
    assert np.allclose(found, exact, rtol=1e-12, atol=1e-15) and asked == [(16_384, 3)]
