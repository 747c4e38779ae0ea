"""Costs that are quadratic but for a rest without data: the same run as the direct one, the data read now and then."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from sympy import Abs, IndexedBase, MatrixSymbol, Piecewise, Rational, Sum, Trace, cos, exp, log, sqrt, symbols

import gdsym as gd
from gdsym.parted import parted

w, b, a, lam = symbols("w b a lambda")
i, j, k, m, n, K = symbols("i j k m n K", integer=True, positive=True)
x, y, X, v, s, c, W, Y = map(IndexedBase, ("x", "y", "X", "v", "s", "c", "W", "Y"))
SCORE = Sum(v[j] * X[i, j], (j, 1, n))
FIT = Sum((w * x[i] + b - y[i]) ** 2, (i, 1, m)) / (2 * m)
LEAST = Sum((SCORE + b - y[i]) ** 2, (i, 1, m)) / (2 * m)
SIZE = Sum(Abs(v[j]), (j, 1, n))
HUBER = Piecewise((v[j] ** 2 / 2, Abs(v[j]) < 1), (Abs(v[j]) - Rational(1, 2), True))
MANY = Sum(Sum((Sum(W[k, j] * X[i, j], (j, 1, n)) - Y[i, k]) ** 2, (k, 1, K)), (i, 1, m)) / (2 * m)

RNG = np.random.default_rng(0)
XS, NOISE = RNG.normal(size=300), 0.1 * RNG.normal(size=300)
ROWS = RNG.normal(size=(200, 5))
TARGET = ROWS @ [1.0, -2.0, 0.0, 0.03, 0.5] + 0.7 + NOISE[:200]
LINE_DATA = {x: XS, y: 3 * XS - 2 + NOISE}
ROW_DATA = {X: ROWS, y: TARGET}
PLANE, VECTOR = {w: 0.3, b: 0}, {v: np.full(5, 0.2), b: 0}


def ill(condition: float) -> Any:
    """A matrix with singular values from 1 down to 1/condition."""
    left = np.linalg.qr(RNG.normal(size=(300, 6)))[0]
    right = np.linalg.qr(RNG.normal(size=(6, 6)))[0]
    return np.sqrt(300) * left @ np.diag(np.logspace(0, -np.log10(condition), 6)) @ right


def hard(condition: float, noise: Any) -> Any:
    A = ill(condition)
    return {X: A, y: A @ np.arange(1.0, 7.0) + 0.7 + noise, lam: 0.01}


CASES = {
    "softplus": (FIT + log(1 + exp(w)), PLANE, LINE_DATA),
    "softplus within the fraction": ((2 * m * FIT + log(1 + exp(w))) / m, PLANE, LINE_DATA),
    "within the sum": (Sum((w * x[i] + b - y[i]) ** 2 + lam * Abs(w) * x[i] ** 2, (i, 1, m)) / m, PLANE, LINE_DATA | {lam: 0.3}),
    "a barrier": (FIT - lam * log(w), PLANE, LINE_DATA | {lam: 0.3}),
    "a quartic with moments": (FIT + Sum(x[i] ** 2 * w**4, (i, 1, m)) / m, PLANE, LINE_DATA),
    "a rest below zero": (FIT - 4 * sqrt(1 + w**2), PLANE, LINE_DATA),
    "a rest that bends down": (FIT + cos(3 * b), PLANE, LINE_DATA),
    "lasso": (LEAST + lam * SIZE, VECTOR, ROW_DATA | {lam: 0.1}),
    "lasso, one vector": (LEAST.subs(b, 0) + lam * SIZE, {v: np.full(5, 0.2)}, ROW_DATA | {lam: 0.1}),
    "weights of their own": (LEAST + Sum(c[j] * Abs(v[j]), (j, 1, n)), VECTOR, ROW_DATA | {c: np.arange(5) / 20}),
    "elastic net": (LEAST + lam * (SIZE / 2 + Sum(v[j] ** 2, (j, 1, n)) / 4), VECTOR, ROW_DATA | {lam: 0.1}),
    "Huber's penalty": (LEAST + lam * Sum(HUBER, (j, 1, n)), VECTOR, ROW_DATA | {lam: 0.1}),
    "several outputs": (
        MANY + lam * Sum(Sum(sqrt(1 + W[k, j] ** 2), (k, 1, K)), (j, 1, n)),
        {W: np.full((3, 5), 0.1)},
        {X: ROWS, Y: ROWS @ RNG.normal(size=(5, 3)), lam: 0.1},
    ),
    "only the number": (LEAST + log(1 + exp(b)), VECTOR, ROW_DATA),
    "cond 1e6": (LEAST + lam * SIZE, {v: np.zeros(6), b: 0}, hard(1e6, NOISE)),
    "cond 1e12": (LEAST + lam * SIZE, {v: np.zeros(6), b: 0}, hard(1e12, NOISE)),
    "cond 1e12, exact fit": (LEAST + log(1 + exp(b)) / 100, {v: np.zeros(6), b: 0}, hard(1e12, 0)),
    "exact fit": (FIT + (w - 3) ** 4, PLANE, {x: XS, y: 3 * XS - 2}),
    "mean 1e6": (FIT + sqrt(1 + b**2), PLANE, {x: XS + 1e6, y: 3 * XS - 2 + NOISE}),
    "tiny": (FIT + (w - 0.3) ** 4 / 10**20, PLANE, {x: XS * 1e-8, y: (3 * XS - 2) * 1e-9}),
    "huge": (FIT + lam * Abs(w), PLANE, {x: XS * 1e8, y: (3 * XS - 2 + NOISE) * 1e9, lam: 1e9}),
}  # fmt: skip


@cache
def problem(name: str) -> tuple[gd.Cost, Any, Any]:
    expr, start, data = CASES[name]
    own = [p for p in start if getattr(p, "label", p) in expr.free_symbols or p in expr.free_symbols]
    return gd.Cost(expr, own), {p: start[p] for p in own}, {d: value for d, value in data.items() if d in _names(expr)}


def _names(expr: Any) -> set[Any]:
    return expr.free_symbols | expr.atoms(IndexedBase)


def runs(name: str, update: str | None = None, maxiter: int = 600) -> tuple[Any, Any]:
    cost, start, data = problem(name)
    top = float(np.max(np.abs(cost.insight(data, start).eigenvalues)))
    how: dict[str, Any] = {
        "learning_rate": (0.3 if update is None else 0.03) / top,
        "maxiter": maxiter,
        "gtol": 0,
        "update": update,
    }
    fast, slow = (cost.descend(start, data, hoist=hoist, **how) for hoist in (True, False))
    assert "Quadratic but for" in fast.message and "Quadratic" not in slow.message
    assert "# J = Q + R" in fast.source and "# J" not in slow.source
    return fast, slow


@pytest.mark.parametrize("update", [None, "momentum", "nesterov"])
@pytest.mark.parametrize("name", CASES)
def test_parameters_and_cost_are_those_of_the_direct_loop(name: str, update: str | None) -> None:
    fast, slow = runs(name, update)
    assert fast.status == slow.status and len(fast.history) == len(slow.history)
    for key in slow.params:
        mine, right = (np.reshape(r.history.params[key], (len(slow.history), -1)) for r in (fast, slow))
        assert (np.linalg.norm(mine - right, axis=1) <= 1e-10 * np.linalg.norm(right, axis=1)).all()
    assert np.abs(fast.history.cost - slow.history.cost).max() <= 1e-10 * abs(slow.history.cost[0])
    norms = slow.history.gradient_norm
    assert (np.abs(fast.history.gradient_norm - norms) <= 1e-9 * norms + 1e-12 * norms.max()).all()


def by_coordinates(A: Any, t: Any, penalty: float, sweeps: int = 3000) -> Any:
    """The minimum of |A v - t|^2/(2m) + penalty |v|_1, one coordinate after the other."""
    found, rest, lengths = np.zeros(A.shape[1]), t.copy(), (A**2).mean(axis=0)
    for _ in range(sweeps):
        for at in range(len(found)):
            pull = A[:, at] @ rest / len(t) + lengths[at] * found[at]
            new = np.sign(pull) * max(abs(pull) - penalty, 0.0) / lengths[at]
            rest -= A[:, at] * (new - found[at])
            found[at] = new
    return found


def test_lasso_comes_to_the_minimum_that_coordinate_descent_finds() -> None:
    cost = gd.Cost(LEAST.subs(b, 0) + lam * SIZE, [v])
    rate = 0.5 / sqrt(symbols("k") + 1)
    run = cost.descend({v: np.zeros(5)}, ROW_DATA | {lam: 0.1}, learning_rate=rate, maxiter=30_000, gtol=0)
    right = by_coordinates(ROWS, TARGET, 0.1)
    assert "Quadratic but for" in run.message and (right == 0).any()
    assert np.abs(run.params[v] - right).max() < 5e-3
    assert abs(run.fun - (np.mean((ROWS @ right - TARGET) ** 2) / 2 + 0.1 * np.abs(right).sum())) < 1e-4


def test_a_cycle_at_a_kink_is_told() -> None:
    cost = gd.Cost(LEAST.subs(b, 0) + lam * SIZE, [v])
    data = ROW_DATA | {lam: 0.3}
    fast, slow = (cost.descend({v: np.ones(5)}, data, learning_rate=0.05, maxiter=3000, hoist=h) for h in (True, False))
    assert fast.status == slow.status == "kink" and "Quadratic but for λ Σⱼ₌₁ⁿ |vⱼ|: 1 pass" in fast.message


def test_tests_stop_where_the_direct_run_stops() -> None:
    cost, start, data = problem("softplus")
    for how in ({"gtol": 1e-9}, {"gtol": 0, "xtol": 1e-9}, {"gtol": 0, "ftol": 1e-9}):
        fast, slow = (cost.descend(start, data, learning_rate=0.3, maxiter=5000, hoist=h, **how) for h in (True, False))
        assert fast.status == slow.status == "converged" and fast.nit == slow.nit and "Quadratic" in fast.message


def test_a_rest_that_grows_without_end_diverges_alike() -> None:
    cost = gd.Cost(FIT + w**4, [w, b])
    fast, slow = (cost.descend({w: 9, b: 0}, LINE_DATA, learning_rate=1.0, maxiter=500, hoist=h) for h in (True, False))
    assert (fast.status, fast.nit) == (slow.status, slow.nit) and fast.status in ("diverged", "nonfinite")


def test_leaving_the_domain_of_the_rest_is_told() -> None:
    cost = gd.Cost(FIT - log(w), [w, b])
    fast, slow = (cost.descend({w: 9, b: 0}, LINE_DATA, learning_rate=2.5, maxiter=500, hoist=h) for h in (True, False))
    assert (fast.status, fast.nit) == (slow.status, slow.nit) and fast.status == "nonfinite"


@pytest.mark.parametrize("half", [1, 63, 64, 65, 170])
@pytest.mark.parametrize("name", ["softplus", "lasso", "only the number"])
def test_resume_is_bit_equal(tmp_path: Any, name: str, half: int) -> None:
    cost, start, data = problem(name)
    how: dict[str, Any] = {"update": "momentum", "learning_rate": 0.02, "gtol": 0}
    whole = cost.descend(start, data, maxiter=500, **how)
    cost.descend(start, data, maxiter=half + 120, **how).save(tmp_path / "half")
    rest = cost.descend(start, data, maxiter=500, resume=gd.load(tmp_path / "half"), **how)
    assert "Quadratic but" in rest.message
    for key in ("cost", "gradient_norm"):
        assert np.array_equal(getattr(rest.history, key), getattr(whole.history, key))
    assert np.array_equal(rest.x, whole.x)


def test_many_samples_are_tried_on_some_and_go_in_blocks() -> None:
    A = np.asfortranarray(RNG.normal(size=(30_000, 40)))
    t = A @ RNG.normal(size=40) + 1
    cost, data, start = gd.Cost(LEAST + lam * SIZE, [v, b]), {X: A, y: t, lam: 0.05}, {v: np.zeros(40), b: 0}
    fast, slow = (cost.descend(start, data, learning_rate=0.3, maxiter=120, gtol=0, hoist=h) for h in (True, False))
    assert "Quadratic but" in fast.message
    np.testing.assert_allclose(fast.x, slow.x, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(fast.history.cost, slow.history.cost, rtol=1e-12)
    np.testing.assert_allclose(fast.jac, slow.jac, rtol=0, atol=1e-12)


def test_the_gradient_of_the_first_row_is_that_of_autograd() -> None:
    grad = pytest.importorskip("autograd").grad
    import autograd.numpy as anp

    def whole(theta: Any) -> Any:
        return anp.mean((ROWS @ theta[:5] + theta[5] - TARGET) ** 2) / 2 + 0.1 * anp.sum(
            anp.sqrt(0.01 + theta[:5] ** 2)
        )

    cost = gd.Cost(LEAST + lam * Sum(sqrt(Rational(1, 100) + v[j] ** 2), (j, 1, n)), [v, b])
    run = cost.descend(VECTOR, ROW_DATA | {lam: 0.1}, learning_rate=0.1, maxiter=300, gtol=0)
    assert "Quadratic but" in run.message
    theta = np.array([0.2] * 5 + [0.0])
    for row in range(300):
        assert abs(whole(theta) - run.history.cost[row]) <= 1e-12 * abs(run.history.cost[0])
        theta = theta - 0.1 * grad(whole)(theta)
    np.testing.assert_allclose(np.append(run.params[v], run.params[b]), theta, rtol=1e-10)


def test_matrices_and_batches() -> None:
    A, u, t = MatrixSymbol("A", m, n), MatrixSymbol("u", n, 1), MatrixSymbol("t", m, 1)
    cost = gd.Cost(Trace((A * u - t).T * (A * u - t)) / (2 * m) + log(1 + Trace(u.T * u)), [u])
    data = {A: ROWS, t: TARGET[:, None]}
    fast, slow = (
        cost.descend({u: np.zeros((5, 1))}, data, learning_rate=0.05, maxiter=200, gtol=0, hoist=h)
        for h in (True, False)
    )
    np.testing.assert_allclose(fast.x, slow.x, rtol=1e-10)
    some = gd.Cost(LEAST + lam * SIZE, [v, b])
    how: dict[str, Any] = {"batch": 10, "rng": 1, "learning_rate": 0.05, "maxiter": 100}
    one, two = (some.descend(VECTOR, ROW_DATA | {lam: 0.1}, hoist=h, **how) for h in (True, False))
    assert np.array_equal(one.history.cost, two.history.cost) and "Quadratic" not in one.message


@pytest.mark.parametrize("update", ["adam", "rmsprop", "adagrad"])
def test_rules_that_divide_by_the_gradient_are_run_directly(update: str) -> None:
    cost, start, data = problem("lasso")
    one, two = (cost.descend(start, data, update=update, maxiter=100, hoist=h) for h in (True, False))
    assert np.array_equal(one.history.cost, two.history.cost) and "Quadratic" not in one.message


def test_costs_whose_data_stand_elsewhere_are_not_taken_apart() -> None:
    def parts(expr: Any, *params: Any) -> Any:
        program = gd.Cost(expr, list(params))._numeric.program
        return parted(program.formula, [p.node for p in program.params], program.own_sizes)

    assert parts(Sum(Abs(SCORE - y[i]), (i, 1, m)) + Sum(v[j] ** 2, (j, 1, n)), v) is None
    assert parts(w**2 + log(1 + exp(w)), w) is None
    assert parts(FIT + Sum(exp(w * x[i]), (i, 1, m)), w, b) is None
    assert parts(FIT * exp(w), w, b) is None
    assert parts(FIT, w, b) is None
    assert parts(FIT + exp(w), w, b) is not None


def test_explain_tells_what_a_descent_hoists() -> None:
    plan = gd.Cost(LEAST + lam * SIZE, [v, b]).compile().explain()
    assert "quadratic but for λ Σⱼ₌₁ⁿ |vⱼ|" in plan
    assert "quadratic in the parameters" in gd.Cost(LEAST, [v, b]).compile().explain()
    assert "quadratic" not in gd.Cost(Sum(exp(w * x[i]), (i, 1, m)), [w]).compile().explain()
