"""Sums over part of an array, shifted and lagged indices: every entry, in the result and in the code, against the sum written out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import mpmath as mp
import numpy as np
import pytest
import sympy as sp
from oracle import World, close, slope, value
from sympy import IndexedBase, Piecewise, Product, Sum, exp, log

import gdsym as gd

i, j, n, m, p, a = sp.symbols("i j n m p a", integer=True, positive=True)
k = sp.Symbol("k", integer=True)
w, x, y, W = (IndexedBase(name) for name in "w x y W".split())
SIZE = 6

COSTS = [
    (Sum(w[i] * x[i], (i, 2, n)), 1),
    (Sum(w[i] ** 2 * x[i], (i, 2, n - 1)), 1),
    (Sum(w[i] * x[i], (i, 3, n - 2)) + Sum(w[i] ** 3, (i, 1, n)), 1),
    (Sum(w[i] * x[i - 1], (i, 2, n)), 1),
    (Sum((w[j + 1] - w[j]) ** 2, (j, 1, n - 1)), 1),
    (Sum((w[j] - w[j - 1]) ** 2, (j, 2, n)), 1),
    (Sum((w[j + 1] - 2 * w[j] + w[j - 1]) ** 2, (j, 2, n - 1)), 1),
    (Sum((w[j] - w[j - 1]) ** 2 * x[j], (j, 1, n)) + Sum(w[j] * x[j], (j, 0, n)), 0),
    (Sum(w[j] ** 2 * x[j], (j, 0, n - 1)), 0),
    (Sum(w[j] ** 2 * x[j], (j, 0, n - 1)) + Sum(w[j] ** 3, (j, 1, n - 2)), 0),
    (Sum((w[j] - w[1]) ** 2, (j, 2, n)), 1),
    (Sum(w[n + 1 - j] * x[j] ** 2, (j, 1, n)), 1),
    (Sum(w[j] * w[n + 1 - j], (j, 2, n)), 1),
    (Sum(w[j] * w[j + 2] * x[j], (j, 1, n - 2)), 1),
    (log(Sum(exp(w[j] - w[j - 1]), (j, 2, n))), 1),
    (Sum(Sum(w[j], (j, 1, i)) ** 2, (i, 1, n)), 1),
    (Sum(Sum(w[i] * w[j] * x[i], (j, i + 1, n)), (i, 1, n - 1)), 1),
    (Sum((w[i] - w[j]) ** 2, (j, 1, n), (i, 1, n)), 1),
    (Sum(sp.Abs(w[j + 1] - w[j]), (j, 1, n - 1)), 1),
    (Sum((x[i] - Sum(w[j] * x[i - j], (j, 1, 2))) ** 2, (i, 3, n)), 1),
]  # fmt: skip


def worlds(cost: Any, at: int) -> Iterator[World]:
    yield from (World(point, whole={"n": SIZE, "k": at}) for point in range(2))


def extent(cost: Any) -> dict[str, tuple[int, int]]:
    """The first and last entry of each array that the cost uses at this size."""
    used: dict[str, set[int]] = {}

    class Noting(World):
        def entry(self, base: Any, indices: tuple[int, ...]) -> Any:
            used.setdefault(str(base), set()).add(indices[0])
            return mp.mpf(1)

        def with_bound(self, names: Any) -> World:
            return Noting(self.point, self.box, self.whole, bound={**self.bound, **names})

    value(cost, Noting(whole={"n": SIZE}))
    return {name: (min(entries), max(entries)) for name, entries in used.items()}


@pytest.mark.parametrize(("cost", "first"), COSTS, ids=lambda c: str(c)[:50])
def test_every_entry_is_that_of_the_sum_written_out(cost: Any, first: int) -> None:
    d = gd.derive(cost, w[k])
    assert d.check
    last = extent(cost)["w"][1]
    for at in range(first, last + 1):
        alone = gd.derive(cost, w[at]).result
        for world in worlds(cost, at):
            right = slope(cost, (w[k],), world)
            assert close(right, value(d.result, world)), (at, d.result)
            assert close(right, value(alone, world)), (at, alone)


@pytest.mark.parametrize(("cost", "first"), COSTS, ids=lambda c: str(c)[:50])
def test_the_code_has_every_entry_too(cost: Any, first: int) -> None:
    world = World(0, whole={"n": SIZE})
    arrays = {
        name: np.array([float(world.entry(name, (q,))) for q in range(first, last + 1)])
        for name, (_, last) in extent(cost).items()
    }
    data = {"n": SIZE, **{name: entries for name, entries in arrays.items() if name != "w"}}
    run = gd.Cost(cost, [w]).compile()
    found, gradient = run.value_and_gradient({w: arrays["w"]}, data)
    assert found == pytest.approx(float(value(cost, world)), rel=1e-12)
    right = [float(slope(cost, (w[first + q],), world)) for q in range(len(arrays["w"]))]
    np.testing.assert_allclose(gradient[w], right, rtol=1e-11, atol=1e-12)


def test_a_sum_over_part_of_the_array_is_a_case_distinction() -> None:
    assert gd.derive(Sum(w[i] * x[i], (i, 2, n)), w[k]).result == Piecewise((x[k], (k >= 2) & (k <= n)), (0, True))
    assert gd.derive(Sum(w[i] * x[i], (i, a, n)), w[k]).result == Piecewise((x[k], (k >= a) & (k <= n)), (0, True))
    declared = IndexedBase("v", shape=(n,))
    d = gd.derive(Sum(declared[i] * x[i], (i, 1, n - 1)), declared[k])
    assert d.result == Piecewise((x[k], (k >= 1) & (k <= n - 1)), (0, True))
    assert "if 2 ≤ k ≤ n;" in str(gd.derive(Sum(w[i] * x[i], (i, 2, n)), w))


def test_a_sum_over_the_whole_axis_is_not() -> None:
    assert gd.derive(Sum(w[j] ** 2, (j, 1, p)), w[k]).result == 2 * w[k]
    assert gd.derive(Sum(w[j] ** 2, (j, 0, p - 1)), w[k]).result == 2 * w[k]
    assert gd.derive(Sum(w[k] ** 2, (k, 1, n)), w[k]).result == 2 * w[k]
    declared = IndexedBase("v", shape=(n,))
    assert gd.derive(Sum(declared[i] * x[i], (i, 1, n)), declared[k]).result == x[k]
    assert gd.derive(Sum(W[i, j] * x[j], (j, 1, n), (i, 1, m)), W[k, a]).result == x[a]


def test_the_variable_itself_beside_the_sum() -> None:
    d = gd.derive(w[k] * Sum(w[k] ** 2, (k, 1, n)), w[k])
    assert str(d.result) == "2*w[k]**2 + Sum(w[j]**2, (j, 1, n))"
    reversed_ = gd.derive(Sum(w[-j], (j, 1, n)), w[k])
    assert reversed_.result == Piecewise((1, (k <= -1) & (k >= -n)), (0, True))


def test_deltas_above_a_fraction_bar() -> None:
    """The logarithm of a softmax, quotient and all, ends without a delta."""
    d = gd.derive(-Sum(y[i] * log(exp(w[i]) / Sum(exp(w[j]), (j, 1, n))), (i, 1, n)), w[k])
    assert d.check and not d.result.has(sp.KroneckerDelta)
    assert d.result == exp(w[k]) * Sum(y[i], (i, 1, n)) / Sum(exp(w[j]), (j, 1, n)) - y[k]


def test_an_entry_that_the_sum_does_not_have() -> None:
    d = gd.derive(Sum(w[i] * x[i], (i, 2, n)), w[1])
    assert d.result == 0 and "outside" in str(d)
    assert gd.derive(Sum(w[i] * x[i], (i, 2, n)), w[2]).result == x[2]


def test_a_product_over_part_of_the_array() -> None:
    d = gd.derive(Product(w[i], (i, 2, n)), w[k])
    assert d.result.subs({k: 1, n: 3}).doit() == 0


def test_the_judge_looks_at_the_entries_before_the_sum() -> None:
    """1 instead of 0 in the other case differs at k = 1 only."""
    from gdsym.verify import agree
    from gdsym.written import from_sympy

    left = from_sympy(Sum(w[i] * sp.KroneckerDelta(i, k), (i, 2, n)))
    given = sp.And(sp.Le(1, k), sp.Le(k, n))
    assert agree(left, from_sympy(Piecewise((w[k], k >= 2), (0, True))), given=given, room=False)
    assert not agree(left, from_sympy(Piecewise((w[k], k >= 2), (1, True))), given=given, room=False)
