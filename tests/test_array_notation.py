"""Claims in NumPy's notation mean what NumPy makes of them: each text is run by NumPy (here, in the tests) and compared."""

from typing import Any

import numpy as np
import pytest
from scipy.special import expit
from sympy import IndexedBase, Max, Sum, Symbol, exp, log, symbols

import gdsym as gd

b = Symbol("b")
i, j, m, n = symbols("i j m n", integer=True, positive=True)
w, X, y = IndexedBase("w"), IndexedBase("X"), IndexedBase("y")
SCORE = Sum(X[i, j] * w[j], (j, 1, n)) + b
LEAST = gd.Cost(Sum((SCORE - y[i]) ** 2, (i, 1, m)) / (2 * m), [w, b])
LOGISTIC = gd.Cost(Sum(log(1 + exp(SCORE)) - y[i] * SCORE, (i, 1, m)) / m, [w, b])
DRAW = np.random.default_rng(8)
NUMBERS = {"X": DRAW.normal(size=(5, 3)), "y": DRAW.normal(size=5), "w": DRAW.normal(size=3), "b": 0.7, "m": 5, "n": 3}
R = "(X @ w + b - y)"

RIGHT_OR_NOT = [
    (LEAST, w, f"np.einsum('ij,i->j', X, {R})/m"), (LEAST, w, f"np.einsum('ij,i', X, {R})/m"), (LEAST, w, f'np.einsum("i,ij->j", {R}, X)/len(y)'),
    (LEAST, w, "np.einsum('ij,ik,k->j', X, X, w)/m + np.einsum('ij,i->j', X, b - y)/m"), (LEAST, b, f"np.einsum('i->', {R})/m"),
    (LEAST, w, f"np.mean({R}[:, None]*X, axis=0)"), (LEAST, w, f"({R}[:, np.newaxis]*X).sum(axis=0)/m"), (LEAST, w, f"(X.T * {R}[None, :]).sum(axis=1)/m"),
    (LEAST, w, f"np.sum({R}[..., None]*X, 0)/m"), (LEAST, w, f"({R}.reshape(-1, 1)*X).mean(axis=0)"), (LEAST, w, f"({R}.reshape(1, -1) @ X).ravel()/m"),
    (LEAST, w, f"np.transpose(X) @ {R}/m"), (LEAST, w, f"X.transpose().dot({R})/X.shape[0]"), (LEAST, w, f"np.inner(X.T, {R})/m"), (LEAST, w, f"np.inner({R}, X.T)/m"),
    (LEAST, w, f"np.multiply(X.T, {R}).sum(axis=1)/m"), (LEAST, w, f"(np.outer({R}, np.ones_like(w))*X).sum(axis=0)/m"),
    (LEAST, w, "np.divide(np.add(X.T @ (X @ w), X.T @ np.subtract(b, y)), m)"), (LEAST, b, f"np.average({R})"), (LEAST, b, f"np.dot({R}, np.ones_like(y))/m"),
    (LEAST, w, f"(X * {R}[:, None]).sum(axis=0, keepdims=True).ravel()/m"), (LEAST, w, f"((X - X.mean(axis=0, keepdims=True)).T @ {R} + X.mean(axis=0)*{R}.sum())/m"),
    (LEAST, b, f"np.linalg.norm({R})**2/m"), (LEAST, w, f"X.T @ np.negative({R})/m"), (LEAST, w, f"np.outer({R}, w).sum(axis=0)"), (LEAST, w, f"np.pi*X.T @ {R}/m"),
    (LEAST, w, "np.einsum('ij,ij->j', X, X)"), (LEAST, w, "np.einsum('ij,kj->j', X, X)"), (LEAST, w, f"({R}[:, None]*X).mean()*np.ones_like(w)"),
    (LOGISTIC, w, "X.T @ (expit(X @ w + b) - y)/m"), (LOGISTIC, w, "X.T @ (sigmoid(X @ w + b) - y)/m"), (LOGISTIC, b, "(scipy.special.expit(X @ w + b) - y).mean()"),
    (LOGISTIC, b, "(1/np.add(1, np.exp(-(X @ w) - b)) - y).mean()"), (LOGISTIC, w, "((sigmoid(X @ w + b) - y)[:, None]*X).mean(axis=0)"), (LOGISTIC, w, "X.T @ (sigmoid(X @ w) - y)/m"),
]  # fmt: skip


@pytest.mark.parametrize(("cost", "by", "claim"), RIGHT_OR_NOT, ids=[f"{claim}" for _, _, claim in RIGHT_OR_NOT])
def test_a_claim_is_right_where_numpy_finds_the_gradient(cost: gd.Cost, by: Any, claim: str) -> None:
    scipy = type("scipy", (), {"special": type("special", (), {"expit": staticmethod(expit)})})
    theirs = eval(claim, {"np": np, "expit": expit, "sigmoid": expit, "scipy": scipy, "len": len}, NUMBERS)
    params, data = {w: NUMBERS["w"], b: NUMBERS["b"]}, {X: NUMBERS["X"], y: NUMBERS["y"]}
    ours = cost.compile().gradient(params, data)[by]
    verdict = cost.check({by: claim})
    assert np.shape(theirs) == np.shape(ours)
    assert verdict.ok == bool(np.allclose(theirs, ours, rtol=1e-9, atol=1e-9))
    assert verdict.ok or verdict.counterexample or verdict.factor is not None


SHAPES = [(w, R, "an array of length m"), (b, R, "an array of length m"), (w, f"{R}.mean()", "a number"), (w, f"np.outer({R}, w)", "m x n"), (w, f"X.T @ {R}[:, None]", "n x 1"), (w, f"X.T * {R}", "n x m")]  # fmt: skip


@pytest.mark.parametrize(("by", "claim", "shape"), SHAPES)
def test_a_claim_of_another_shape_is_wrong(by: Any, claim: str, shape: str) -> None:
    verdict = LEAST.check({by: claim, (b if by is w else w): "0*w" if by is b else 0})
    part = verdict.parts[by]
    assert not part.ok and part.factor is None and part.counterexample is None
    assert f"wrong. The claim is {shape}, but the derivative" in part.message and len(verdict.parts) == 2


def test_check_of_a_plain_expression_says_it_too() -> None:
    assert "The claim is an array of length m" in gd.check(LEAST.expr, w, R).message


REFUSED = [
    ("np.einsum(X, w)", "letters in quotes"), ("np.einsum('ij,k->i', X)", "do not fit"), ("np.einsum('ij,i->j', X, w)", "differ in length"), ("np.einsum('ijk,j->i', X, w)", "do not fit"),
    ("np.einsum('i1,j->i', X, w)", "do not fit"), ("(X @ w)[i] + w", "Entries and parts"), ("(X @ w)[1:] @ X", "the inner sizes differ"), ("(X @ w)[:, :] @ X", "Entries and parts"), ("X.reshape(n, m) @ y", "reshape is read as"),
    ("np.kron(X.T, y, 1)", "`kron` of 3 arguments"), ("np.inf*w", "`inf` of a library"), ("X.T @ Z", "`Z` is no array of this cost; its arrays are"), ("np.outer(X, y) @ w", "arrays of one axis"), ("X.ravel() + w", "one row of numbers"),
    ("np.sum(X, axis=0, dtype=1)", "axis=0, and keepdims"), ("np.linalg.norm(X, 2)*w", "root of the sum of squares"), ("X.T @ ('a')", "is no number"), ("None @ w", "reserved"),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "said"), REFUSED)
def test_what_is_not_read_is_named(claim: str, said: str) -> None:
    with pytest.raises(gd.GdsymError, match=said) as caught:
        LEAST.check({w: claim})
    assert len(str(caught.value)) <= 600


x, a, c = IndexedBase("x"), Symbol("a"), IndexedBase("c")
RELU = gd.Cost(Sum((Max(0, a * x[i] + b) - c[i]) ** 2, (i, 1, m)) / (2 * m), [a, b])
HINGE = gd.Cost(Sum(Max(0, 1 - c[i] * (a * x[i] + b)), (i, 1, m)) / m, [a, b])
U, LOSS = "(a*x + b)", "(np.maximum(a*x + b, 0) - c)"
MASKS = [
    (RELU, f"((np.clip({U}, 0, None) - c)*({U} > 0)*x).mean()", True), (RELU, f"(({U}.clip(min=0) - c)*({U} > 0)*x).mean()", True),
    (RELU, f"(({U}.clip(0) - c)*({U} > 0)*x).mean()", True), (RELU, f"((np.clip({U}, 0, 1) - c)*({U} > 0)*x).mean()", False),
    (RELU, f"((np.clip({U}, None, 0) - c)*({U} > 0)*x).mean()", False), (RELU, f"({LOSS}*({U} > 0).astype(float)*x).mean()", True),
    (RELU, f"({LOSS}*({U} > 0).astype(int)*x).mean()", True), (RELU, f"({LOSS}*~({U} <= 0)*x).mean()", True), (RELU, f"({LOSS}*~({U} > 0)*x).mean()", False),
    (RELU, f"((np.fmax({U}, 0) - c)*np.greater({U}, 0)*x).mean()", True), (RELU, f"({LOSS}*x)[{U} > 0].sum()/m", True), (RELU, f"({LOSS}*x)[{U} < 0].sum()/m", False),
    (RELU, f"({LOSS}*x*(({U} > 0) & (x > 0)) + {LOSS}*x*(({U} > 0) & ~(x > 0))).mean()", True), (RELU, f"({LOSS}*x*(({U} > 0) & (x > 0))).mean()", False),
    (RELU, f"({LOSS}*x*(({U} > 0) | (x > 0))).mean()", False), (RELU, f"({LOSS}*np.select([{U} > 0, x > 0], [x, 0*x], 0)).mean()", True),
    (RELU, f"({LOSS}*(np.copysign(1, {U}) + 1)/2*x).mean()", True), (RELU, f"({LOSS}*np.logical_and({U} > 0, np.logical_not({U} <= 0))*x).mean()", True),
    (HINGE, f"-np.where(c*{U} < 1, c*x, 0).mean()", True), (HINGE, f"-(c*x)[np.less(c*{U}, 1)].sum()/len(c)", True), (HINGE, f"-(c*x*np.heaviside(1 - c*{U}, 0)).mean()", True),
    (HINGE, f"-(c*x*(c*{U} > 1)).mean()", False), (HINGE, f"-(np.asarray(x)*c*(1 - c*{U} > 0)).mean()", True),
]  # fmt: skip


@pytest.mark.parametrize(("cost", "claim", "right"), MASKS, ids=[claim for _, claim, _ in MASKS])
def test_masks_and_cut_values_mean_what_numpy_makes_of_them(cost: gd.Cost, claim: str, right: bool) -> None:
    data = {"x": DRAW.normal(size=40), "c": DRAW.normal(size=40)}
    theirs = eval(claim, {"np": np, "len": len}, {**data, "a": -1.5, "b": 0.4, "m": 40})
    ours = cost.compile().gradient({a: -1.5, b: 0.4}, data)[a]
    assert np.isclose(theirs, ours, rtol=1e-9) == right
    assert cost.check({a: claim}).ok == right


def test_masks_are_joined_as_numpy_joins_them_or_refused() -> None:
    for claim, said in (
        (f"(({U} > 0) + (x > 0)).mean()", "refuses"), (f"({LOSS}.astype(int)*x).mean()", "of masks as .astype"), (f"np.clip({U}, None, None).mean()", "no end"),
        (f"(x[{U} > 0]*x).mean()", "do not fit entry by entry"), ("max(x[i] for i in range(m))", "A loop is a sum"), (f"(x & ({U} > 0)).sum()", "condition"),
        (f"(({U} > 0) @ (x > 0))/m", "refuses"), (f"np.asarray({LOSS}*({U} > 0)*x, dtype=int).mean()", "dtype=float"),
        (f"np.array({LOSS}*({U} > 0)*x, dtype=bool).mean()", "dtype=float"),
    ):  # fmt: skip
        with pytest.raises(gd.GdsymError, match=said):
            RELU.check({a: claim})


def test_a_library_before_a_function_is_no_array_notation() -> None:
    score = "Sum(X[i, j]*w[j], (j, 1, n)) + b"
    for power in (f"math.exp(-({score}))", f"math.e**(-({score}))"):
        assert LOGISTIC.check({b: f"Sum(1/(1 + {power}) - y[i], (i, 1, m))/m"}).ok
