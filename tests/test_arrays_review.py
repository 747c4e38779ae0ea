"""Shifted indices, entries that the cost does not read, labels out of range, partials that are not defined."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from sympy import Abs, IndexedBase, KroneckerDelta, Max, Piecewise, Product, Sum, exp, log, sqrt, symbols

from gdsym import Cost
from gdsym.errors import DataError, GdsymError, Unsupported

i, j, k, m, n = symbols("i j k m n", integer=True, positive=True)
s, t = symbols("s t")
w, x, y, X, c = map(IndexedBase, "w x y X c".split())


def both(expr: Any, start: dict[Any, Any], data: dict[Any, Any] | None = None) -> tuple[float, dict[Any, Any]]:
    return Cost(expr, list(start)).compile().value_and_gradient(start, data or {})


LAG = Sum((y[i] - s * x[i - 1]) ** 2, (i, 2, m))


@pytest.mark.parametrize("size", [{}, {m: 4}])
@pytest.mark.parametrize("xs", [[1, 2, 3, 4], [1, 2, 3]])
def test_an_axis_that_is_not_used_to_its_end_only_bounds_the_size(xs: list[int], size: dict[Any, int]) -> None:
    assert both(LAG, {s: 0.5}, {x: xs, y: [1, 2, 3, 4], **size}) == (12.5, {s: -26.0})


def test_a_shifted_entry_of_the_next_sample_and_a_square_matrix() -> None:
    assert both(Sum((s * x[i + 1] - y[i]) ** 2, (i, 1, n - 1)), {s: 0.5}, {x: [1, 2, 3], y: [1, 2, 9]})[0] == 0.25
    assert both(Sum(s * X[i, i + 1], (i, 1, n - 1)), {s: 0.5}, {X: [[1, 2, 3], [4, 5, 6], [7, 8, 9]]})[0] == 4.0


def test_sizes_that_are_only_bounded_take_the_largest_that_fits() -> None:
    expr = Sum(s * x[i] * y[i - 1], (i, 2, m - 1))
    assert both(expr, {s: 1.0}, {x: [1, 2, 3], y: [1, 1, 9, 9]}) == (5.0, {s: 5.0})
    code = Cost(expr, [s]).compile().source
    space: dict[str, Any] = {}
    exec(code, space)
    assert space["value_and_gradient"](1.0, [1, 2, 3], [1, 1, 9, 9])[0] == 5.0


def test_data_too_short_for_the_shift_are_still_refused() -> None:
    with pytest.raises(DataError, match=r"x has shape .2,., but .* at least 3"):
        both(LAG, {s: 0.5}, {x: [1, 2], y: [1, 2, 3, 4]})
    with pytest.raises(DataError, match="Give them equal length"):
        both(Sum(s * x[i] * y[i], (i, 1, m - 1)), {s: 1.0}, {x: [1, 2, 3], y: [1, 2]})


def test_entries_before_the_first_that_is_read_have_slope_0() -> None:
    value, slopes = both(Sum(w[i + 1] * x[i], (i, 1, n)), {w: [1.0, 2, 3]}, {x: [1, 2]})
    assert value == 8 and slopes[w].tolist() == [0, 1, 2]
    assert both(Sum(w[i] * x[i], (i, 2, n)), {w: [1.0, 2, 3]}, {x: [4, 5, 6]})[1][w].tolist() == [0, 5, 6]


def test_an_index_that_is_no_linear_form_is_checked_on_longer_arrays() -> None:
    expr = Sum(s * x[i * j], (i, 1, n), (j, 1, m))
    assert both(expr, {s: 1.0}, {x: [1, 2, 3, 4], n: 2, m: 2}) == (9.0, {s: 9.0})
    with pytest.raises(DataError, match="more entries are needed"):
        both(expr, {s: 1.0}, {x: [1, 2, 3], n: 2, m: 2})
    with pytest.raises(Unsupported, match="index in this cost leaves its array"):
        both(Sum(s * x[i * j - 2], (i, 1, n), (j, 1, m)), {s: 1.0}, {x: [1, 2, 3], n: 2, m: 2})


def test_a_case_bound_that_is_a_parameter_is_decided_entry_by_entry() -> None:
    expr = Sum(Piecewise((w[i], i < s), (2 * w[i], True)), (i, 1, m))
    value, slopes = both(expr, {w: [1.0, 2.0], s: 1.5})
    assert value == 5 and slopes[w].tolist() == [1, 2] and slopes[s] == 0


def test_one_undefined_partial_leaves_value_and_other_partials() -> None:
    cost = Cost(sqrt(s) + s + t, [s, t]).compile()
    value, slopes = cost.value_and_gradient({s: 0.0, t: 1.0})
    assert value == 1.0 and slopes[s] == np.inf and slopes[t] == 1.0
    assert list(cost.gradient({s: 0.0, t: 1.0})) == [s, t]
    assert np.array_equal(cost.bind({}).jac([0.0, 1.0]), [np.inf, 1.0])
    assert cost.bind({}).fun([0.0, 1.0]) == 1.0


def test_beside_an_array_parameter_an_infinite_partial_is_infinite_too() -> None:
    value, slopes = both(sqrt(s) + Sum(w[i] ** 2, (i, 1, n)), {s: 0.0, w: [1.0, 2.0]})
    assert value == 5.0 and slopes[s] == np.inf and slopes[w].tolist() == [2, 4]


@pytest.mark.parametrize("wrong", [[0, 3, 3], [1, 4, 3], [1, 1.5, 3]])
def test_labels_that_a_delta_compares_lie_in_the_range_of_its_index(wrong: list[float]) -> None:
    expr = Sum(KroneckerDelta(c[i], k) * w[k] ** 2, (i, 1, m), (k, 1, n))
    assert both(expr, {w: [1.0, 2, 3]}, {c: [1, 3, 3]})[0] == 19
    with pytest.raises(DataError, match=r"c holds .*index k = 1\.\.3"):
        both(expr, {w: [1.0, 2, 3]}, {c: wrong})


def test_a_number_beyond_the_floats_is_refused() -> None:
    with pytest.raises(DataError, match=r"beyond 1\.8e308"):
        both(Sum(s * x[i], (i, 1, n)), {s: 1.0}, {x: [10**400, 1]})


def test_a_class_that_is_left_out_of_the_sum_may_be_a_label() -> None:
    expr = Sum(KroneckerDelta(c[i], k) * w[k] ** 2, (i, 1, m), (k, 1, n - 1))
    assert both(expr, {w: [1.0, 2]}, {c: [1, 2, 3, 3]})[0] == 5


def test_a_convolution_counts_from_the_least_entry_that_it_reads() -> None:
    expr = Sum((y[i] - Sum(w[j] * x[i - j], (j, 0, n - 1))) ** 2, (i, n, m))
    value, slopes = both(expr, {w: [2.0, 1.0]}, {x: [1, 2, 3], y: [9, 5, 9]})
    assert value == 1.0 and slopes[w].tolist() == [-6.0, -4.0]  # residuals 5 - (4 + 1) and 9 - (6 + 2)


def test_data_may_be_longer_than_a_shifted_range() -> None:
    expr = Sum((y[i] - Sum(w[j] * x[i + j - 1], (j, 1, n))) ** 2, (i, 1, m - n + 1))
    assert both(expr, {w: [1.0, 1.0]}, {x: [1, 2, 3], y: [3, 4, 99]})[0] == 1.0


def test_a_size_that_data_only_bound_is_told_by_the_parameters() -> None:
    cost = Cost(Sum((w[i + 2] - 2 * w[i + 1] + w[i]) ** 2 * x[i + 1], (i, 1, n - 2)), [w]).compile()
    bound = cost.bind({x: [1, 1, 1, 1]})
    assert bound.flat({w: [1, 2, 4, 7]}).tolist() == [1, 2, 4, 7] and bound.fun([1, 2, 4, 7]) == 2.0


def test_two_sizes_that_only_the_parameters_tell_are_asked_for() -> None:
    cost = Cost(Sum(X[i, j] ** 2, (i, 1, m), (j, 1, n)), [X]).compile()
    with pytest.raises(DataError, match="Only the parameters tell the sizes"):
        cost.bind({}).fun([1.0, 2.0, 3.0, 4.0])
    with pytest.raises(DataError, match=r"flat.*bind\(.*'[mn]': \.\.\., '[mn]': \.\.\."):
        cost.bind({}).jac([1.0, 2.0, 3.0, 4.0])
    assert cost.bind({m: 2, "n": 2}).jac([1.0, 2.0, 3.0, 4.0]).tolist() == [2, 4, 6, 8]


def test_flat_tells_the_sizes_that_only_parameters_tell() -> None:
    cost = Cost(Sum(i * X[i, j] ** 2, (i, 1, m), (j, 1, n)), [X]).compile()
    bound = cost.bind()
    wide, tall = np.arange(6.0).reshape(2, 3), np.arange(20.0).reshape(5, 4)
    for matrix in (wide, tall, wide + 1):
        flat = bound.flat({X: matrix})
        value, slope = bound.fun_and_jac(flat)
        weights = np.arange(1, len(matrix) + 1)[:, None]
        assert value == (weights * matrix**2).sum() and slope.tolist() == (2 * weights * matrix).ravel().tolist()
        assert np.array_equal(bound.unflat(flat)[X], matrix)
    again = pickle.loads(pickle.dumps(bound))
    assert again.fun(wide.ravel()) == bound.fun(wide.ravel())
    with pytest.raises(DataError, match=r"6 numbers were made with .*m = 2.* and now with .*m = 3"):
        bound.flat({X: wide.T})
    assert bound.fun(wide.ravel()) == (0 + 1 + 4) + 2 * (9 + 16 + 25)
    with pytest.raises(DataError, match="x has 8 numbers"):
        bound.fun(np.zeros(8))


def test_an_index_in_its_own_bound_is_refused() -> None:
    with pytest.raises(GdsymError, match="rename"):
        Cost(Sum((s * x[i] - y[i]) ** 2, (i, 1, i)), [s]).compile()


def test_a_branch_keeps_the_stable_forms() -> None:
    total = exp(s * x[i]) + exp(2 * s * x[i])
    expr = Sum(Piecewise((log(total), x[i] > 0), (exp(s * x[i]) / total, True)), (i, 1, m))
    with np.errstate(all="raise", under="ignore"):
        value, slopes = both(expr, {s: 1.0}, {x: [1000.0, -1000.0]})
    assert value == 2001.0 and slopes[s] == 2000.0


def test_the_log_of_a_product_that_underflows() -> None:
    expr = -log(Product(1 / (1 + exp(-s * x[i])), (i, 1, m)))
    value, slopes = both(expr, {s: 1.0}, {x: np.full(5000, -3.0)})
    assert value == pytest.approx(5000 * np.log1p(np.exp(3)), rel=1e-13)
    assert slopes[s] == pytest.approx(3 * 5000 / (1 + np.exp(-3)), rel=1e-13)


def test_the_log_of_a_square_of_a_difference() -> None:
    value, slopes = both(log((exp(s) - 3) ** 2), {s: 0.0})
    assert value == pytest.approx(np.log(4)) and slopes[s] == pytest.approx(-1.0)


def test_a_mixture_with_weights_and_a_constant_does_not_underflow() -> None:
    body = Sum(w[k] * exp(-((x[i] - s) ** 2) / 2) / sqrt(2), (k, 1, n))
    value, slopes = both(-Sum(log(body), (i, 1, m)), {s: 0.0}, {w: [0.5, 0.5], x: [100.0]})
    assert value == pytest.approx(5000 + np.log(2) / 2) and slopes[s] == pytest.approx(-100)


def test_a_helper_over_numbers_beside_one_over_arrays() -> None:
    u = IndexedBase("u")
    value, slopes = both(Abs(Sum(Abs(w[i]), (i, 1, m)) * Sum(u[k], (k, 1, n))), {w: [1.0, -2.0], u: [-3.0]})
    assert value == 9.0
    assert slopes[w].tolist() == [3.0, -3.0]
    assert slopes[u].tolist() == [-3.0]


def test_conditions_on_two_indices_cut_both_ranges() -> None:
    u = IndexedBase("u")
    start = {X: np.arange(1.0, 13).reshape(4, 3), u: np.array([1.0, -2, 3])}
    expr = Sum(X[j, k - 1] * X[j, k] ** 2 * u[k], (j, 2, m), (k, 2, n))
    value, slopes = both(expr, start)
    assert value == sum(start[X][a, c - 1] * start[X][a, c] ** 2 * start[u][c] for a in (1, 2, 3) for c in (1, 2))
    assert slopes[X][0].tolist() == [0, 0, 0]
    assert slopes[X][1].tolist() == [-2 * 25, 2 * 4 * 5 * -2 + 3 * 36, 2 * 5 * 6 * 3]
    assert "where" not in Cost(expr, [X, u]).compile().source


def test_a_kink_between_neighbours_needs_no_table() -> None:
    for expr in (
        Sum(Max(0, w[i + 1] - w[i]), (i, 1, n - 1)),
        Sum(Piecewise(((w[i + 1] - w[i]) ** 2, w[i + 1] > w[i]), (Abs(w[i]), True)), (i, 1, n - 1)),
    ):
        source = Cost(expr, [w]).compile().source
        assert "arange" not in source and "None" not in source
    value, slopes = both(Sum(Max(0, w[i + 1] - w[i]), (i, 1, n - 1)), {w: [1, 3, 3, 2]})
    assert (value, slopes[w].tolist()) == (2.0, [-1.0, 0.5, 0.5, 0.0])


def test_a_branch_over_part_of_a_range_takes_that_part_of_its_condition() -> None:
    inner = Sum(sqrt(w[i] ** 2 + 1) * w[j], (j, i + 1, n))
    expr = Sum(Piecewise((s * inner**2, Abs(inner) < 1), (Abs(inner) * s, True)), (i, 2, n))
    value, slopes = both(expr, {w: [3.0, 0.5, -0.25, 2.0], s: 2.0})
    a, c = np.sqrt(1.25) * 1.75, np.sqrt(1 + 0.0625) * 2
    assert value == pytest.approx(2 * (a + c), rel=1e-14)
    assert slopes[s] == pytest.approx(a + c, rel=1e-14)
    d = np.sqrt(1.25)
    assert slopes[w][1:].tolist() == pytest.approx(
        [2 * 0.5 / d * 1.75, 2 * (d - 0.25 / np.sqrt(1.0625) * 2), 2 * (d + np.sqrt(1.0625))], rel=1e-14
    )


def test_a_constant_in_a_sum_of_exponentials_counts_for_each_index() -> None:
    """In log((sum_i (w_i + exp(-s^2)) + s)^2 + 1) the exponential stands n times."""
    value, slopes = both(log((Sum(w[i] + exp(-(s**2)), (i, 1, n)) + s) ** 2 + 1), {w: [1.0, 2.0, 4.0], s: 0.5})
    inside = 7 + 3 * np.exp(-0.25) + 0.5
    assert value == pytest.approx(np.log(inside**2 + 1), rel=1e-14)
    assert slopes[w] == pytest.approx(2 * inside / (inside**2 + 1) * np.ones(3), rel=1e-14)
    assert slopes[s] == pytest.approx(2 * inside / (inside**2 + 1) * (1 - 3 * np.exp(-0.25)), rel=1e-14)


def test_a_divisor_before_an_inner_sum_of_a_moving_range() -> None:
    """It is kept from 0 where the range is empty: that is a matter of the inner index, too."""
    l = symbols("l", integer=True, positive=True)
    cost = Sum(x[i] + Sum(Sum(X[i, k] + 4 * w[i], (l, 1, m)) / t, (k, 1, i - 1)), (i, 1, n))
    entries = np.arange(9.0).reshape(3, 3)
    value, slopes = both(cost, {w: [1.0, 2.0, 3.0]}, {x: [1, 1, 1], X: entries, t: 2.0, m: 5})
    assert value == 3 + 5 / 2 * ((3 + 8) + (6 + 12) + (7 + 12))
    assert slopes[w].tolist() == [0, 10, 20]
