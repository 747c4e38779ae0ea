"""Inverses and determinants of matrices with numbers: values, slopes and second derivatives."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
import sympy
from sympy import Abs, Determinant, Identity, MatrixSymbol, OneMatrix, Symbol, Trace, det, log, pi, symbols

import gdsym as gd
from gdsym.backends import trial

n, m, p = symbols("n m p", integer=True, positive=True)
a, c = symbols("a c")
T, S, A = (MatrixSymbol(name, n, n) for name in "TSA")
R, X = MatrixSymbol("R", m, m), MatrixSymbol("X", m, p)
w, y, v = MatrixSymbol("w", p, 1), MatrixSymbol("y", m, 1), MatrixSymbol("v", n, 1)

rng = np.random.default_rng(5)


def definite(size: int) -> Any:
    half = rng.normal(size=(size, size))
    return half @ half.T + size * np.eye(size)


SIZE, ROWS, COLUMNS = 30, 25, 6
AT: dict[str, Any] = {
    "T": definite(SIZE) + rng.normal(size=(SIZE, SIZE)),
    "S": definite(SIZE) / SIZE,
    "A": definite(SIZE) + rng.normal(size=(SIZE, SIZE)),
    "R": definite(ROWS) + rng.normal(size=(ROWS, ROWS)),
    "X": rng.normal(size=(ROWS, COLUMNS)),
    "w": rng.normal(size=COLUMNS),
    "y": rng.normal(size=ROWS),
    "v": rng.normal(size=SIZE),
    "a": 0.7,
    "c": 1.3,
}
inv, logabs = anp.linalg.inv, lambda u: anp.linalg.slogdet(u)[1]

COSTS: dict[str, tuple[Any, list[Any], Any]] = {
    "by the precision": (Trace(S * T) - log(det(T)), [T], lambda T, S: anp.trace(S @ T) - logabs(T)),
    "by the covariance": (log(det(T)) + Trace(S * T.inv()), [T], lambda T, S: logabs(T) + anp.trace(S @ inv(T))),
    "Mahalanobis": ((v.T * S.inv() * v)[0, 0], [v], lambda v, S: v @ inv(S) @ v),
    "generalised least squares": (
        (X * w - y).T * R.inv() * (X * w - y),
        [w],
        lambda w, X, y, R: (X @ w - y) @ inv(R) @ (X @ w - y),
    ),
    "evidence": (
        log(det(X.T * X + a * Identity(p))),
        [X, a],
        lambda X, a: logabs(X.T @ X + a * anp.eye(COLUMNS)),
    ),
    "determinant": (Determinant(T / 30), [T], lambda T: anp.linalg.det(T / 30)),
    "trace of the inverse": (Trace(A.inv()), [A], lambda A: anp.trace(inv(A))),
    "a parameter beside": (
        (v.T * (c * Identity(n) + A).inv() * v)[0, 0] + log(det(c * Identity(n) + A)),
        [c],
        lambda c, v, A: v @ inv(c * anp.eye(SIZE) + A) @ v + logabs(c * anp.eye(SIZE) + A),
    ),
    "with constants": (log((2 * pi) ** n * det(T)) / 2, [T], lambda T: (SIZE * np.log(2 * np.pi) + logabs(T)) / 2),
    "a quotient": (log(det(A) / det(T)), [T, A], lambda T, A: logabs(A) - logabs(T)),
    "absolute": (log(Abs(det(-T))), [T], lambda T: logabs(-T)),
    "transposed": (Trace(S * T.T.inv()), [T], lambda T, S: anp.trace(S @ inv(T.T))),
    "twice": (Trace(T.inv() * S * T.inv()), [T], lambda T, S: anp.trace(inv(T) @ S @ inv(T))),
    "nested": (Trace((S + A.inv()).inv()), [A], lambda A, S: anp.trace(inv(S + inv(A)))),
    "ones": ((v.T * T.inv() * OneMatrix(n, 1))[0, 0], [T, v], lambda T, v: (v @ inv(T)).sum()),
    "likelihood with a factor": (
        a * log(det(T)) + (v.T * T.inv() * v)[0, 0] / 2,
        [T, a],
        lambda T, a, v: a * logabs(T) + v @ inv(T) @ v / 2,
    ),
}


def given(function: Any, params: list[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Parameters and data by name, as the function asks for them."""
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    own = [p.name for p in params]
    return {x: AT[x] for x in own}, {x: AT[x] for x in names if x not in own}


@pytest.mark.parametrize("name", COSTS)
def test_value_and_slopes_are_those_of_automatic_differentiation(name: str) -> None:
    expr, params, function = COSTS[name]
    own, data = given(function, params)
    right, slopes = autograd.value_and_grad(lambda t: function(**t, **data))(own)
    value, found = gd.Cost(expr, params).compile().value_and_gradient(own, data)
    assert value == pytest.approx(float(right), rel=1e-11)
    for x in own:
        np.testing.assert_allclose(found[x], np.reshape(slopes[x], np.shape(found[x])), rtol=1e-8, atol=1e-11)


@pytest.mark.parametrize(("name", "backend"), [("evidence", "jax"), ("with constants", "numba")])
def test_other_engines_agree(name: str, backend: str) -> None:
    expr, params, function = COSTS[name]
    own, data = given(function, params)
    cost = gd.Cost(expr, params)
    value, found = cost.compile().value_and_gradient(own, data)
    other, slopes = cost.compile(backend=backend).value_and_gradient(own, data)
    assert other == pytest.approx(value, rel=1e-11)
    for x in own:
        np.testing.assert_allclose(slopes[x], found[x], rtol=1e-9, atol=1e-12)


TINY: dict[str, Any] = {
    "T": [[3, 1, -2], [Fraction(1, 2), 4, 1], [2, -1, 5]],
    "S": [[2, 1, 0], [1, 3, -1], [4, 0, 1]],
    "A": [[7, 2, 1], [-1, 5, 3], [0, 2, 6]],
    "v": [2, -1, 3],
    "c": Fraction(5, 4),
}


EXACT: dict[str, Any] = {
    "by the covariance": lambda T, S: log(T.det()) + (S * T.inv()).trace(),
    "trace of the inverse": lambda A: A.inv().trace(),
    "twice": lambda T, S: (T.inv() * S * T.inv()).trace(),
    "determinant": lambda T: (T / 30).det(),
}


@pytest.mark.parametrize("name", EXACT)
def test_exact_at_a_tiny_size(name: str) -> None:
    """A slope is that of a rational function of one entry, the others being rational numbers."""
    expr, (param,), _ = COSTS[name]
    tables = {x.name: sympy.Matrix(TINY[x.name]) for x in expr.atoms(MatrixSymbol)}
    numbers = {x: np.array(table.tolist(), dtype=float) for x, table in tables.items()}
    own = numbers.pop(param.name)
    value, found = gd.Cost(expr, [param]).compile().value_and_gradient({param: own}, numbers)
    assert value == pytest.approx(float(EXACT[name](**tables)), rel=1e-13)
    t = Symbol("t")
    for i, j in ((0, 0), (0, 2), (1, 0), (2, 1)):
        moved = tables[param.name] + t * sympy.Matrix(3, 3, lambda k, l, at=(i, j): int((k, l) == at))
        slope = EXACT[name](**{**tables, param.name: moved}).diff(t).subs(t, 0)
        assert found[param][i, j] == pytest.approx(float(slope), rel=1e-12, abs=1e-14)


def test_no_determinant_is_made_for_its_logarithm() -> None:
    """At n = 300 det is 1e-360 or 1e900."""
    compiled = gd.Cost(log(Determinant(T)), T).compile()
    for scale in (1e-3, 1e3, 1e200):
        value, slopes = compiled.value_and_gradient({T: scale * np.eye(300)})
        assert value == pytest.approx(300 * np.log(scale))
        np.testing.assert_allclose(slopes[T], np.eye(300) / scale)
    both = gd.Cost(log(det(T) / det(A)), [T]).compile()
    assert both.value({T: 1e200 * np.eye(300)}, {A: 1e199 * np.eye(300)}) == pytest.approx(300 * np.log(10))


def test_signs_of_two_determinants() -> None:
    minus, plus = np.diag([1.0, -2.0]), np.diag([3.0, 4.0])
    product = gd.Cost(log(det(T) * det(A)), [T]).compile()
    assert product.value({T: minus}, {A: minus}) == pytest.approx(np.log(4))
    assert np.isnan(product.value({T: minus}, {A: plus}))
    assert np.isnan(gd.Cost(log(det(T)), T).compile().value({T: minus}))
    assert gd.Cost(log(Abs(det(T))), T).compile().value({T: minus}) == pytest.approx(np.log(2))
    assert gd.Cost(log(det(T) ** 2), T).compile().value({T: minus}) == pytest.approx(np.log(4))


@pytest.mark.parametrize("backend", ["numpy", "jax"])
def test_a_singular_matrix_has_no_inverse(backend: str) -> None:
    compiled = gd.Cost(log(det(T)) + Trace(T.inv()), T).compile(backend=backend)
    value, slopes = compiled.value_and_gradient({T: np.zeros((3, 3))})
    assert not np.isfinite(value)
    assert not np.isfinite(slopes[T]).all()


def test_chunks_are_refused_by_name() -> None:
    with pytest.raises(gd.Unsupported, match="'dask' has arrays in chunks"):
        gd.Cost(log(det(T)), T).compile(backend="dask").value({T: np.eye(2)})


def test_an_inverse_of_data_is_made_once() -> None:
    cost = gd.Cost((X * w - y).T * R.inv() * (X * w - y), w)
    text = cost.compile().explain()
    assert "= inverse(R)" in text.split("computed at each evaluation")[0]
    assert "quadratic in the parameters" in text
    run = cost.descend(
        {w: np.zeros(COLUMNS)}, {x: AT[x.name] for x in (X, y, R)}, learning_rate=0.1, maxiter=9000, gtol=1e-9
    )
    assert run.status == "converged"
    weight = np.linalg.inv(AT["R"]) + np.linalg.inv(AT["R"]).T
    best = np.linalg.solve(AT["X"].T @ weight @ AT["X"], AT["X"].T @ weight @ AT["y"])
    np.testing.assert_allclose(run.params[w], best, atol=1e-6)


def test_the_source_is_readable() -> None:
    source = gd.Cost(log(Determinant(T)) + Trace(S * T.inv()), T).compile().source
    assert "np.linalg.slogdet(a)" in source and "np.linalg.inv(a)" in source
    assert source.count("inverse(T)") == 1  # shared by value and slope
    assert "log(det(T))" in source and "inv(T)_ji" in source
    space: dict[str, Any] = {}
    exec(source, space)
    value, _ = space["value_and_gradient"](AT["T"], AT["S"])
    assert value == pytest.approx(float(COSTS["by the covariance"][2](AT["T"], AT["S"])))


def test_the_entry_of_a_product_is_the_product() -> None:
    entry = (v.T * T.inv() * S * T.inv() * v)[0, 0]
    assert str(gd.Cost(entry, v)) == "J(v) = vᵀ T⁻¹ S T⁻¹ v"
    assert str(gd.Cost((v.T * T.inv() * OneMatrix(n, 1))[0, 0], v)) == "J(v) = vᵀ T⁻¹ · 𝟏"
    assert str(gd.Cost((OneMatrix(1, n) * T.inv() * OneMatrix(n, 1))[0, 0], T)) == "J(T) = 𝟏ᵀ T⁻¹ · 𝟏"
    for wrong in (T.inv()[0, 0], (v.T * T.inv() * S)[0, 0]):
        with pytest.raises(gd.Unsupported, match="no formula for its entries"):
            gd.Cost(wrong, T)


HESSIANS = ["by the precision", "by the covariance", "evidence", "determinant", "a parameter beside", "twice"]


@pytest.mark.parametrize("name", HESSIANS)
def test_second_derivatives_are_differences_of_the_slopes(name: str) -> None:
    """Which are compared with automatic differentiation above."""
    expr, params, function = COSTS[name]
    own, data = given(function, params)
    cut = {"T": 3, "S": 3, "A": 3, "v": 3, "X": (4, 2)}
    small = {
        x: u[:3, :3] if x in "TSA" else u[:4, :2] if x == "X" else u[: cut[x]] if x in cut else u for x, u in AT.items()
    }
    own, data = {x: small[x] for x in own}, {x: small[x] for x in data}
    cost = gd.Cost(expr, params)
    found, bound = cost.insight(data, own).hessian, cost.compile().bind(data)
    at, step = bound.flat(own), 1e-5
    ways = step * np.eye(at.size)
    right = np.array([bound.jac(at + way) - bound.jac(at - way) for way in ways]) / (2 * step)
    np.testing.assert_allclose(found, right, rtol=1e-6, atol=1e-6 * np.abs(right).max())


def test_an_inverse_is_not_linear_in_what_is_inverted() -> None:
    """Its entries are entries of an array, but no cost with them is quadratic or convex for that."""
    cost = gd.Cost((v.T * (c * Identity(n) + A).inv() * v)[0, 0], c)
    assert "quadratic" not in cost.compile().explain()
    data = {v: np.array([1.0, 2.0]), A: np.diag([1.0, 3.0])}
    run = cost.descend({c: 1.0}, data, learning_rate=0.5, maxiter=1, gtol=0)
    assert run.history.cost[1] == pytest.approx(1 / (run.params[c] + 1) + 4 / (run.params[c] + 3))
    assert "elsewhere" in str(cost.insight(data, {c: 1.0}))
    assert "not convex" in str(gd.Cost(Trace(A.inv()), A).insight(at={A: np.eye(2)}))


def test_large_matrices_are_not_made_in_tiles() -> None:
    size = 600
    covariance = definite(size)
    found = gd.Cost(COSTS["by the covariance"][0], T).compile().gradient({T: covariance}, {S: np.eye(size)})[T]
    inverse = np.linalg.inv(covariance)
    np.testing.assert_allclose(found, inverse - inverse @ inverse, rtol=1e-8, atol=1e-14)
    assert "20*n**3/3" in gd.Cost(COSTS["by the covariance"][0], T).compile().explain()


def test_the_unit_matrix_is_np_eye() -> None:
    assert "a*np.eye(p)" in gd.Cost(COSTS["evidence"][0], a).compile().source


def test_a_matrix_that_is_singular_at_some_sizes_is_compared_at_others() -> None:
    """X^T X has no inverse where X has more columns than rows; nor may rounding decide there."""
    gram = MatrixSymbol("W", p, p)
    cost = gd.Cost(Trace(gram) - log(det(gram)), X, where={gram: X.T * X})
    value, slopes = cost.compile().value_and_gradient({X: AT["X"]})
    inner = AT["X"].T @ AT["X"]
    assert value == pytest.approx(np.trace(inner) - np.linalg.slogdet(inner)[1])
    np.testing.assert_allclose(slopes[X], 2 * AT["X"] - 2 * AT["X"] @ np.linalg.inv(inner), atol=1e-12)
    wide = gd.Cost(log(det(X * X.T)), X).compile().value({X: AT["X"].T})
    assert wide == pytest.approx(np.linalg.slogdet(inner)[1])


def test_numba_without_scipy_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def needs_scipy(*arguments: Any) -> Any:
        raise ImportError("scipy 0.16+ is required for linear algebra")

    monkeypatch.setattr(trial, "defined", lambda text, name: needs_scipy)
    monkeypatch.setattr(trial, "_share_helpers", lambda function: None)
    call = trial.built.__wrapped__(trial.Loops("", "evaluate", ()))
    with pytest.raises(gd.Unsupported, match="pip install scipy"):
        call()
