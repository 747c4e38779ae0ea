"""Compiled costs: right against autograd at real sizes and the literal sum at tiny ones, flat, as source."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import autograd
import numpy as np
import pytest
from arrays_costs import CASES, Case, W, X, Y, b, compiled, i, j, linear, m, over, score, w, wv, x, y
from sympy import (
    Eq,
    Function,
    IndexedBase,
    KroneckerDelta,
    Max,
    Piecewise,
    Product,
    S,
    Sum,
    cos,
    erf,
    exp,
    factorial,
    floor,
    gamma,
    log,
    loggamma,
    symbols,
)  # fmt: skip

from gdsym.arrays import Compiled, bind
from gdsym.arrays.check import check_program
from gdsym.errors import CostError, DataError, StepRefused, Unsupported


@pytest.fixture(params=list(CASES))
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]()


def test_value_and_gradient_agree_with_autograd(case: Case) -> None:
    run = Compiled(case.program())
    value, gradient = run.value_and_gradient(case.start, case.data)
    starts = [np.asarray(s, dtype=float) for s in case.start.values()]
    assert value == pytest.approx(float(case.plain(*starts)), rel=1e-12)
    for at, param in enumerate(case.start):
        right = autograd.grad(case.plain, at)(*starts)
        assert np.shape(gradient[param]) == np.shape(case.start[param])
        np.testing.assert_allclose(gradient[param], right, rtol=1e-10, atol=1e-12)


def test_literal_sum_at_tiny_sizes(case: Case) -> None:
    assert check_program(case.program(check=False)) >= 1


def test_source_runs_by_itself(case: Case) -> None:
    run = Compiled(case.program())
    space: dict[str, Any] = {}
    exec(run.source, space)
    given = bind(run.program, case.data, case.start)
    told = {s for s, readers in run.program.shapes.sizes.items() if readers}
    data = [given[g.name] for g in run.program.inputs if g.kind != "param" and g.node not in told]
    value, *slopes = space["value_and_gradient"](*case.start.values(), *data)
    right, gradient = run.value_and_gradient(case.start, case.data)
    assert value == pytest.approx(right, rel=1e-13)
    for ours, theirs in zip(slopes, gradient.values(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-14)
    assert "gdsym" not in run.source and run.source.isascii()


def test_flat_form_for_scipy(case: Case) -> None:
    run = Compiled(case.program())
    bound = run.bind(case.data)
    flat = bound.flat(case.start)
    value, gradient = run.value_and_gradient(case.start, case.data)
    assert bound.fun(flat) == pytest.approx(value, rel=1e-13)
    np.testing.assert_allclose(bound.jac(flat), np.concatenate([np.ravel(g) for g in gradient.values()]), rtol=1e-12)
    assert run.value(case.start, case.data) == pytest.approx(value, rel=1e-13)
    assert list(run.gradient(case.start, case.data)) == list(case.start)


def test_the_line_by_bare_numbers() -> None:
    run = Compiled(CASES["line"]().program())
    data = {"x": [1, 2], y: [300, 500]}
    assert run.value({w: 0, b: 0}, data) == 85000.0
    assert run.gradient({"w": 0, "b": 0}, data) == {w: -650.0, b: -400.0}


def test_the_source_of_the_line_reads_like_the_formula() -> None:
    source = Compiled(CASES["line"]().program()).source
    for line in (
        "def value_and_gradient(w, b, x, y):", "m = len(x)", "r = w*x + b - y  ", "J = (r @ r)/(2*m)  ",
        "dJ_dw = (r @ x)/m ", "dJ_db = r.sum()/m ", "# w x_i + b - y_i", "# 1/(2 m) sum_i r_i^2", "# 1/m sum_i r_i x_i",
    ):  # fmt: skip
        assert line in source


def test_what_is_known_before_the_loop_is_computed_once() -> None:
    program = CASES["ridge"]().program()
    assert [s.code for s in program.once if s.name != "total"] == ["2.0*m", "2.0*lam"]
    assert [s.code for s in program.each] == ["X.dot(w) + b - y"]
    assert program.gradients == ("r.dot(X)/m + c1*w", "float(total(r))/m")
    assert program.column_major == ("X",)


def test_logistic_shares_one_exponential() -> None:
    program = CASES["logistic"]().program()
    code = " ".join([*(s.code for s in program.each), program.value, *program.gradients])
    assert code.count("exp(") == 1 and code.count(".dot(") == 2


def test_network_shares_the_hidden_layer() -> None:
    program = CASES["network"]().program()
    code = " ".join([*(s.code for s in program.each), program.value, *program.gradients])
    assert code.count("tanh") == 1


def test_common_factors_leave_a_sum_so_that_it_contracts() -> None:
    k = symbols("k", integer=True)
    s = 1 / (1 + exp(-linear()))
    slope = -over(y[i] * exp(-linear()) * X[i, k] * s - (1 - y[i]) * s * X[i, k]) / m
    cost = -over(y[i] * log(s) + (1 - y[i]) * log(1 - s)) / m
    program = compiled(cost, {wv: ((k,), slope)})
    assert program.gradients == ("-(y - np.maximum(e, r >= 0.0)/(1.0 + e)).dot(X)/m",)
    branches = Piecewise((-X[i, k] * y[i], y[i] * linear() < 1), (0, True))
    hinge = compiled(over(Max(0, 1 - y[i] * linear())), {wv: ((k,), over(branches))})
    assert hinge.gradients[0].endswith(".dot(X)") and "None" not in hinge.gradients[0]


def test_a_delta_between_indices_collapses() -> None:
    c, k, p, q, K = symbols("c k p q K", integer=True)
    total = Sum(exp(score(i, q)), (q, 1, K))
    top = exp(score(i, c))
    raw = (top * KroneckerDelta(c, p) * X[i, k] * total - top * exp(score(i, p)) * X[i, k]) / top / total
    slope = -over(Sum(Y[i, c] * raw, (c, 1, K))) / m
    program = compiled(-over(Sum(Y[i, c] * log(top / total), (c, 1, K))) / m, {W: ((k, p), slope)})
    case = CASES["one hot"]()
    code = " ".join([program.value, *program.gradients, *(s.code for s in program.each)])
    assert "einsum" not in code and "arange" not in code and code.count("exp(") == 1
    ours, right = (Compiled(p_).gradient(case.start, case.data)[W] for p_ in (program, case.program()))
    np.testing.assert_allclose(ours, right, rtol=1e-12, atol=1e-14)


def test_scalar_costs_are_plain_python() -> None:
    program = CASES["rosenbrock scalars"]().program()
    assert program.scalar and program.needs == ()
    u = symbols("u")
    assert compiled(exp(u) * cos(u), {u: exp(u) * cos(u)}, check=False).needs == ("import math",)


def test_a_constant_gradient_keeps_its_shape() -> None:
    k = symbols("k", integer=True)
    nn = symbols("n", integer=True)
    run = Compiled(compiled(Sum(wv[j], (j, 1, nn)) + b, {wv: ((k,), S.One), b: S.One}))
    gradient = run.gradient({wv: [1, 2, 3], b: 4}, {})
    assert gradient[wv].tolist() == [1.0, 1.0, 1.0]
    assert gradient[b] == 1.0 and type(gradient[b]) is float


def test_a_gradient_that_is_the_data_is_a_copy() -> None:
    k, nn = symbols("k n", integer=True)
    run = Compiled(compiled(Sum(wv[j] * x[j], (j, 1, nn)), {wv: ((k,), x[k])}))
    data = np.array([1.0, 2.0])
    run.gradient({wv: [0, 0]}, {x: data})[wv][0] = 99
    assert data.tolist() == [1.0, 2.0]


def test_index_as_a_value_and_zero_based_ranges() -> None:
    r = w * i - x[i]
    run = Compiled(compiled(Sum(r**2, (i, 0, m - 1)), {w: Sum(2 * r * i, (i, 0, m - 1))}))
    assert run.value({w: 1}, {x: [0, 1, 5]}) == 9.0
    assert run.gradient({w: 1}, {x: [0, 1, 5]})[w] == -12.0


def test_an_array_looked_up_by_labels() -> None:
    c = IndexedBase("c")
    k = symbols("k", integer=True)
    slope = Sum(2 * KroneckerDelta(c[i], k) * (wv[k] - x[i]), (i, 1, m))
    run = Compiled(compiled(over((wv[c[i]] - x[i]) ** 2), {wv: ((k,), slope)}))
    value, gradient = run.value_and_gradient({wv: [1, 2, 3]}, {c: [2, 2, 1], x: [1, 4, 1]})
    assert value == 5.0 and gradient[wv].tolist() == [0.0, -2.0, 0.0]
    with pytest.raises(DataError, match=r"c holds 4, but it is an index of w, whose entries are 1..3"):
        run.value({wv: [1, 2, 3]}, {c: [2, 4, 1], x: [1, 4, 1]})


def test_a_triangular_sum_divides_only_where_it_is_summed() -> None:
    pairs = over(Sum(1 / (x[i] - x[j]) ** 2 + log(x[j] - x[i]), (j, i + 1, m)))
    run = Compiled(compiled(w * pairs, {w: pairs}))
    assert run.value({w: 1}, {x: [1, 2, 4]}) == pytest.approx(1 + 1 / 9 + 1 / 4 + math.log(6))


def test_two_indices_in_one_entry_and_a_diagonal() -> None:
    A = IndexedBase("A")
    n = symbols("n", integer=True)
    run = Compiled(compiled(over(Sum(w * x[i + j] * y[j], (j, 1, n))) + Sum(A[j, j], (j, 1, 2)), {}, check=False))
    # i = 1..2, j = 1..2 reads x_2..x_4
    data = {w: 1, x: [9, 1, 2, 3], y: [10, 1], A: [[1, 5], [5, 2]], "m": 2, "n": 2}
    assert run.value({}, data) == 10 * (1 + 2) + (2 + 3) + 3


def test_products_over_an_index_and_special_functions() -> None:
    body = Product(w + x[j], (j, 1, m)) + over(erf(x[i]) + gamma(x[i]) + loggamma(x[i]) + factorial(x[i]))
    run = Compiled(compiled(body, {}, check=False))
    assert run.value({}, {w: 1, x: [2.0, 3.0]}) == pytest.approx(
        12 + math.erf(2) + math.erf(3) + 1 + 2 + math.log(2) + 2 + 6
    )


def test_unsafe_names_never_reach_the_code() -> None:
    bad = symbols("__import__('os').system('x')")
    odd = IndexedBase("y\nimport os")
    run = Compiled(compiled(over((bad * x[i] - odd[i]) ** 2), {bad: over(2 * (bad * x[i] - odd[i]) * x[i])}))
    assert "import os" not in run.source and "system" not in run.source
    assert [g.name for g in run.program.inputs] == ["p0", "x", "x0", "m"]
    assert run.gradient({bad: 2}, {x: [1, 2], odd: [1, 1]})[bad] == 14.0


@pytest.mark.parametrize("name", ["lambda", "sum", "np", "J", "len", "theta", "θ", "class", "_x", "exp", "x0"])
def test_names_that_would_clash_still_work(name: str) -> None:
    s = symbols(name)
    run = Compiled(compiled(over((s * x[i] - y[i]) ** 2), {s: over(2 * (s * x[i] - y[i]) * x[i])}))
    assert run.value({name: 2}, {x: [1, 2], y: [1, 1]}) == 10.0
    exec(run.source, {})


def test_a_wrong_gradient_in_the_code_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    program = CASES["line"]().program()
    turned = replace(program.graph, gradients=tuple(reversed(program.graph.gradients)))
    with pytest.raises(StepRefused, match="partial by w disagrees"):
        check_program(replace(program, graph=turned))


def test_code_that_cannot_be_run_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """NumPy's own error, with no word of where it came from, stood in its place."""
    program = CASES["line"]().program(check=False)
    broken = lambda *given: np.ones(2) + np.ones(3)  # noqa: E731
    monkeypatch.setattr("gdsym.arrays.check.split", lambda *args: (lambda *given: (), broken))
    with pytest.raises(StepRefused, match="cannot be run"):
        check_program(program)


@pytest.mark.parametrize(("first", "otherwise"), [(2 * w, w * x[i]), (w, w * floor(x[i]))])
def test_a_wrong_case_in_the_code_is_refused(first: Any, otherwise: Any) -> None:
    """What is compared with 0 is 0 at some entries, and measured at others."""
    right, wrong = (
        compiled(over(Piecewise((at_0, Eq(x[i], 0)), (else_, True))), {w: over(x[i])}, check=False)
        for at_0, else_ in ((w, w * x[i]), (first, otherwise))
    )
    with pytest.raises(StepRefused, match="the cost disagrees"):
        check_program(replace(right, graph=wrong.graph))


def test_unknown_functions_are_refused_by_name() -> None:
    f = Function("f")
    with pytest.raises(Unsupported, match="f is an undefined function"):
        compiled(over(f(w * x[i])), {w: over(x[i])})


def test_an_index_before_the_array_is_refused() -> None:
    with pytest.raises(CostError, match=r"x\[i - 1\] reads entry 0, but x counts from 1"):
        compiled(over((x[i] - w * x[i - 1]) ** 2), {w: over(x[i])})


def test_a_parameter_that_is_also_a_size_is_refused() -> None:
    with pytest.raises(CostError, match="m is a parameter and also a bound"):
        compiled(over((m * x[i] - y[i]) ** 2), {m: over(x[i])})


def test_explain_names_axes_and_what_is_shared() -> None:
    text = Compiled(CASES["ridge"]().program()).explain()
    assert "X: data, 2 axes [i = 1..m, counted from 1, j = 1..n, counted from 1]" in text
    assert "m: a size, read off axis 0 of X" in text and "c0 = 2.0*m" in text


def test_linear_helper_has_a_bias() -> None:
    assert b in linear().free_symbols
