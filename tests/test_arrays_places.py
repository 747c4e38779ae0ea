"""Slopes of differences of neighbours: parts with zeros around them are added where they belong, and nobody else's arrays change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from once import code_of
from sympy import Abs, IndexedBase, Max, Sum, sqrt, symbols

i, j, m, n = symbols("i j m n", integer=True, positive=True)
a = symbols("a", positive=True)
u, w, y = (IndexedBase(name) for name in "uwy")
W, Y = IndexedBase("W"), IndexedBase("Y")
FIT = Sum((w[j] - y[j]) ** 2, (j, 1, n))
STEPS = Sum((w[j + 1] - w[j]) ** 2, (j, 1, n - 1))
BENDS = Sum((w[j + 1] - 2 * w[j] + w[j - 1]) ** 2, (j, 2, n - 1))


def differences(count: int, order: int) -> Any:
    return np.diff(np.eye(count), n=order, axis=0)


@pytest.mark.parametrize("count", [3, 4, 7])
def test_against_matrices_of_differences(count: int) -> None:
    """Also where the parameters are every other entry of something, and where nothing stands beside the differences."""
    rng = np.random.default_rng(count)
    at, data = rng.normal(size=2 * count)[::2], rng.normal(size=count)
    one, two = differences(count, 1), differences(count, 2)
    rows = {
        "with a fit": (FIT + BENDS, {y: data}, 2 * (at - data) + 2 * two.T @ two @ at),
        "alone": (BENDS + STEPS, {}, 2 * (two.T @ two + one.T @ one) @ at),
        "weighed": (FIT + 3 * a * STEPS, {y: data, a: 0.7}, 2 * (at - data) + 4.2 * one.T @ one @ at),
        "beside data": (Sum(w[j] * y[j], (j, 1, n)) + STEPS, {y: data}, data + 2 * one.T @ one @ at),
        "falls": (FIT + 10 * Sum(Max(0, w[j] - w[j + 1]) ** 2, (j, 1, n - 1)), {y: data},
                  2 * (at - data) - 20 * one.T @ np.maximum(-one @ at, 0)),
        "absolute": (FIT + Sum(Abs(w[j + 1] - w[j]), (j, 1, n - 1)), {y: data}, 2 * (at - data) + one.T @ np.sign(one @ at)),
    }  # fmt: skip
    for name, (cost, given, right) in rows.items():
        code = code_of(cost, [w])
        before = data.copy()
        for _ in range(2):
            np.testing.assert_allclose(code.gradient({w: at}, given)[w], right, rtol=1e-13, atol=1e-13, err_msg=name)
            np.testing.assert_allclose(code.value_and_gradient({w: at}, given)[1][w], right, rtol=1e-13, atol=1e-13)
        bound = code.bind(given)
        first = bound.jac(bound.flat({w: at}))
        np.testing.assert_array_equal(first, bound.jac(bound.flat({w: at})))
        np.testing.assert_array_equal(data, before)
        space: dict[str, Any] = {}
        exec(code.source, space)
        shown = space["value_and_gradient"](at, *({y: data, a: 0.7}[k] for k in sorted(given, key=str, reverse=True)))
        np.testing.assert_allclose(shown[1], right, rtol=1e-13, atol=1e-13, err_msg=name)


def test_what_several_slopes_share_stays_as_it_is() -> None:
    """2 (w - u) is the slope by w, but for the steps, and minus that by u."""
    code: Any = code_of(Sum((w[j] - u[j]) ** 2, (j, 1, n)) + STEPS, [w, u])
    one, other = np.array([1.0, 4.0, 2.0, 8.0]), np.array([0.5, 1.0, -1.0, 3.0])
    steps = differences(4, 1)
    slopes = code.value_and_gradient({w: one, u: other})[1]
    assert slopes[u].tolist() == [-1.0, -6.0, -6.0, -10.0]
    assert slopes[w].tolist() == (2 * (one - other) + 2 * steps.T @ steps @ one).tolist()


def test_total_variation_in_the_plane() -> None:
    """Along both axes of a table that is the transpose of what is kept."""
    cost = (
        Sum((W[i, j] - Y[i, j]) ** 2, (i, 1, m), (j, 1, n))
        + Sum(sqrt((W[i + 1, j] - W[i, j]) ** 2 + 1), (i, 1, m - 1), (j, 1, n))
        + Sum(sqrt((W[i, j + 1] - W[i, j]) ** 2 + 1), (i, 1, m), (j, 1, n - 1))
    )
    code: Any = code_of(cost, [W])
    assert "added_at(2*r, " in code.source
    at, data = np.random.default_rng(1).normal(size=(2, 5, 3))
    for table, near in ((at, data), (at.T, data.T), (at[:2, :2], data[:2, :2])):
        down, across = (differences(size, 1) for size in table.shape)
        d, e = down @ table, table @ across.T
        right = 2 * (table - near) + down.T @ (d / np.sqrt(d * d + 1)) + (e / np.sqrt(e * e + 1)) @ across
        np.testing.assert_allclose(code.gradient({W: table}, {Y: near})[W], right, rtol=1e-13, atol=1e-14)


def test_a_letter_and_a_number_are_one_factor() -> None:
    """In a loop a (2 r) is (2 a) r, and 2 a is made before it."""
    program = code_of(FIT + a * STEPS + a * BENDS, [w]).program
    before = {s.code for s in program.once}
    each = "\n".join([*(s.code for s in program.each), *program.gradients])
    assert {"2.0*a", "4.0*a"} <= before and "a*" not in each.replace("a*float", "")


def test_parts_within_zeros_on_two_sides(jax: Any) -> None:
    """Total variation of a picture: each slope is added to its own corner, and no zeros are put around it."""
    z, lam, h = IndexedBase("z"), symbols("lambda"), symbols("h", integer=True, positive=True)
    steps = (z[j + 1, h] - z[j, h]) ** 2 + (z[j, h + 1] - z[j, h]) ** 2 + 1
    cost = Sum((z[j, h] - Y[j, h]) ** 2, (j, 1, n), (h, 1, m)) + lam * Sum(sqrt(steps), (j, 1, n - 1), (h, 1, m - 1))
    code: Any = code_of(cost, [z])
    rng = np.random.default_rng(3)
    at, picture = rng.normal(size=(2, 7, 5))

    def plain(u: Any) -> Any:
        down, right = u[1:, :-1] - u[:-1, :-1], u[:-1, 1:] - u[:-1, :-1]
        return ((u - picture) ** 2).sum() + 0.3 * jax.numpy.sqrt(down**2 + right**2 + 1).sum()

    value, slopes = code.value_and_gradient({z: at}, {Y: picture, lam: 0.3})
    right, slope = jax.value_and_grad(plain)(at)
    assert value == pytest.approx(float(right), rel=1e-13)
    np.testing.assert_allclose(slopes[z], slope, rtol=1e-11, atol=1e-13)
    text = "".join([*(s.code for s in code.program.each), *code.program.gradients])
    assert "concatenate" not in text and all(f"np.s_[{place}]" in text for place in ("1:, :-1", ":-1, 1:", ":-1, :-1"))
