"""Costs over matrices: results as in the tables, against differences, against the index form, planted wrong rules."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy
from latex_tools import katex_refuses, math_core_refuses
from matrix_numbers import number, slope
from sympy import (
    Determinant,
    DiagMatrix,
    HadamardProduct,
    Identity,
    IndexedBase,
    Lambda,
    MatrixSymbol,
    OneMatrix,
    Sum,
    Symbol,
    Trace,
    ZeroMatrix,
    exp,
    log,
    sqrt,
    symbols,
)

import gdsym as gd
from gdsym.errors import CostError, StepRefused, Unsupported
from gdsym.matrix_derivation import MatrixDerivation
from gdsym.rules.differential import DIFFERENTIALS, MATRIX
from gdsym.step import Move, Rule
from gdsym.verify import agree
from gdsym.written import matrix_algebra as mat
from gdsym.written.from_sympy import from_sympy
from gdsym.written.nodes import D, Node

m, n, p, k = symbols("m n p k", integer=True, positive=True)
lam, b, t = symbols("lambda b t")
X, Y = MatrixSymbol("X", m, n), MatrixSymbol("Y", m, p)
w, v, a = (MatrixSymbol(name, n, 1) for name in "wva")
y, c = MatrixSymbol("y", m, 1), MatrixSymbol("c", m, 1)
A, B, S, W = (MatrixSymbol(name, n, n) for name in "ABSW")
C = MatrixSymbol("C", m, m)
U, V = MatrixSymbol("U", m, k), MatrixSymbol("V", n, k)
W1, W2, Z, T = MatrixSymbol("W_1", k, n), MatrixSymbol("W_2", p, k), MatrixSymbol("Z", n, m), MatrixSymbol("T", p, m)
P = MatrixSymbol("P", n, p)
one = OneMatrix(m, 1)
r = X * w - y
SOFT = Lambda(t, log(1 + exp(t)))
SIZES = {m: 4, n: 3, p: 2, k: 2}

COSTS: list[tuple[str, Any, Any, Any]] = [
    ("linear", a.T * w, w, a),
    ("linear, turned", w.T * a, w, a),
    ("bilinear", v.T * A * w, w, A.T * v),
    ("quadratic form", w.T * A * w, w, (A + A.T) * w),
    ("quadratic form, symmetric", w.T * S.T * S * w, w, 2 * S.T * S * w),
    ("squared norm", w.T * w, w, 2 * w),
    ("norm", sqrt(w.T * w), w, w / sqrt(Trace(w.T * w))),
    ("least squares", r.T * r, w, 2 * X.T * r),
    ("half mean of squares", r.T * r / (2 * m), w, X.T * r / m),
    ("ridge", r.T * r / (2 * m) + lam * w.T * w, w, X.T * r / m + 2 * lam * w),
    ("weighted least squares", r.T * C * r, w, X.T * (C + C.T) * r),
    ("least squares with intercept", (r + b * one).T * (r + b * one) / m, w, 2 * X.T * (r + b * one) / m),
    ("trace of a product", Trace(A * W), W, A.T),
    ("trace of a transposed product", Trace(A * W.T), W, A),
    ("trace, two sides", Trace(A * W * B), W, A.T * B.T),
    ("trace form", Trace(W.T * A * W), W, (A + A.T) * W),
    ("trace form, two matrices", Trace(W * A * W.T * B), W, B * W * A + B.T * W * A.T),
    ("Frobenius norm", Trace(W.T * W), W, 2 * W),
    ("Frobenius norm, turned", Trace(W * W.T), W, 2 * W),
    ("Frobenius distance", Trace((W - A).T * (W - A)), W, 2 * (W - A)),
    ("matrix least squares", Trace((X * P - Y).T * (X * P - Y)), P, 2 * X.T * (X * P - Y)),
    ("power", Trace(W**3), W, 3 * (W**2).T),
    ("log det", log(Determinant(W)), W, W.I.T),
    ("det", Determinant(W), W, Determinant(W) * W.I.T),
    ("Gaussian likelihood", Trace(S * W) - log(Determinant(W)), W, S.T - W.I.T),
    ("Gaussian likelihood in the covariance", log(Determinant(W)) + Trace(a.T * W.I * a), W, W.I.T - W.I.T * a * a.T * W.I.T),
    ("trace of an inverse", Trace(W.I * A), W, -W.I.T * A.T * W.I.T),
    ("outer product", a.T * W * a, W, a * a.T),
    ("factorisation, left", Trace((X - U * V.T).T * (X - U * V.T)), U, -2 * (X - U * V.T) * V),
    ("factorisation, right", Trace((X - U * V.T).T * (X - U * V.T)), V, -2 * (X.T - V * U.T) * U),
    ("linear net, first", Trace((W2 * W1 * Z - T).T * (W2 * W1 * Z - T)), W1, 2 * W2.T * (W2 * W1 * Z - T) * Z.T),
    ("linear net, second", Trace((W2 * W1 * Z - T).T * (W2 * W1 * Z - T)), W2, 2 * (W2 * W1 * Z - T) * Z.T * W1.T),
    ("exponential of a form", exp(-Trace(w.T * A * w) / 2), w, -exp(-Trace(w.T * A * w) / 2) / 2 * (A + A.T) * w),
    ("logarithm of a norm", log(1 + Trace(w.T * w)), w, 2 / (1 + Trace(w.T * w)) * w),
    ("square of a norm", (w.T * w) ** 2, w, 4 * Trace(w.T * w) * w),
    ("product of numbers", Trace(a.T * w) * Trace(w.T * w), w, Trace(w.T * w) * a + 2 * Trace(a.T * w) * w),
    ("Hadamard product", Trace(HadamardProduct(W, A) * S), W, HadamardProduct(A, S.T)),
    ("squares of entries, weighted", Trace(HadamardProduct(w, w).T * a), w, 2 * HadamardProduct(w, a)),
    ("squares of residuals, added up", one.T * HadamardProduct(r, r), w, 2 * X.T * r),
    ("cubes of entries", Trace(HadamardProduct(W, W, W) * A.T), W, 3 * HadamardProduct(W, W, A)),
    ("diagonal matrix", Trace(A * DiagMatrix(w) * B), w, HadamardProduct(Identity(n), B * A) * OneMatrix(n, 1)),
    ("scaled columns", Trace((X * DiagMatrix(w) - X).T * (X * DiagMatrix(w) - X)), w, 2 * HadamardProduct(Identity(n), (X * DiagMatrix(w) - X).T * X) * OneMatrix(n, 1)),
    ("log det of a diagonal and more", log(Determinant(DiagMatrix(w) + 3 * W)), w, HadamardProduct(Identity(n), (DiagMatrix(w) + 3 * W).I) * OneMatrix(n, 1)),
    ("no W in it", Trace(A), W, ZeroMatrix(n, n)),
]  # fmt: skip


def numbers(seed: int = 0) -> dict[Any, Any]:
    rng = np.random.default_rng(seed)
    env: dict[Any, Any] = {**SIZES, lam: 0.3, b: 0.7}
    for s in (X, Y, w, v, a, y, c, A, B, S, W, C, U, V, W1, W2, Z, T, P):
        env[s] = rng.normal(size=[SIZES.get(size, size) for size in s.shape]).astype(float)
    env[W] = env[W] @ env[W].T + 2 * np.eye(SIZES[n]) + 0.3 * env[A]
    return env


@pytest.mark.parametrize(("cost", "by", "wanted"), [row[1:] for row in COSTS], ids=[row[0] for row in COSTS])
def test_gradient(cost: Any, by: Any, wanted: Any) -> None:
    """Every step is supported; the result is the table's, has the parameter's shape, and fits the differences."""
    d = gd.derive(cost, by)
    assert all(step.check for step in d.steps) and d.check
    assert d.result.shape == by.shape
    assert d.steps[-1].line.to_sympy() == d.result
    env = numbers()
    found = number(d.result, env)
    np.testing.assert_allclose(found, number(wanted, env), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(found, slope(cost, by, env), rtol=1e-5, atol=1e-6)


def test_results_are_written_as_in_books() -> None:
    assert gd.derive(r.T * r, w).result == 2 * X.T * r
    assert gd.derive(w.T * A * w, w).result == (A + A.T) * w
    assert gd.derive(w.T * S.T * S * w, w).result == 2 * S.T * S * w
    assert gd.derive(log(Determinant(W)), W).result == W.I.T
    assert gd.derive(Trace(A * W), W).result == A.T
    assert gd.derive(r.T * C * r, w).result == X.T * (C + C.T) * r
    assert gd.derive(Trace(A), W).result == ZeroMatrix(n, n)
    assert gd.derive(Trace(W), W).result == Identity(n)
    assert gd.derive(one.T * HadamardProduct(r, r), w).result == 2 * X.T * r
    assert gd.derive(Trace(HadamardProduct(w, w).T * a), w).result == 2 * HadamardProduct(w, a)


def test_functions_of_entries_without_a_function() -> None:
    """2 t of every entry is 2 times the matrix, and no transpose is left around a product entry by entry."""
    assert str(gd.derive(Trace(HadamardProduct(w, w).T * a), w).steps[-1].line) == "2 a ⊙ w"
    assert str(gd.derive(Trace(HadamardProduct(W, W, W) * A.T), W).steps[-1].line) == "3 A ⊙ [W²]∘"


def test_a_number_beside_a_matrix_is_in_brackets() -> None:
    """w^T A w w would be a product of four matrices that do not fit."""
    d = gd.derive(Trace(w.T * A * w) / Trace(w.T * w), w)
    assert str(d.steps[-1].line) == "((wᵀ w) (A + Aᵀ) w - 2 (wᵀ A w) w)/(wᵀ w)²"
    assert r"2\,(w^{\top}A w)\,w" in d.latex()


def test_a_ridge_derivation_line_by_line() -> None:
    d = gd.Cost(r.T * r / (2 * m) + lam * w.T * w, [w]).partial(w)
    lines = [" ".join(line.split()) for line in d.text().splitlines()]
    assert any(line.startswith("∂J/∂w = ∂/∂w [1/(2m) (X w - y)ᵀ (X w - y) + λ wᵀ w]") for line in lines)
    assert any(line.startswith("dJ = d[1/(2m) (X w - y)ᵀ (X w - y)] + d[λ wᵀ w] sum rule") for line in lines)
    assert any("= 1/m (X w - y)ᵀ X dw + 2λ wᵀ dw" in line for line in lines)
    assert any(line.startswith("∂J/∂w = 1/m Xᵀ (X w - y) + 2λ w") for line in lines)
    assert "matrix rule" in {step.rule.name for step in d.steps}
    assert r"\frac{1}{m}\,X^{\top}(X w-y)+2\lambda w" in d.latex()


@pytest.mark.parametrize("name", [row[0] for row in COSTS][::3])
def test_print_everywhere(name: str) -> None:
    _, cost, by, _ = next(row for row in COSTS if row[0] == name)
    d = gd.derive(cost, by)
    assert math_core_refuses([d.latex()]) == []
    assert d.text(ascii=True).isascii()
    assert d.markdown() and d.html() and d.to_dict()["steps"][0]["head"] == "df"


def test_katex_takes_all() -> None:
    assert katex_refuses([gd.derive(cost, by).latex() for _, cost, by, _ in COSTS[::4]]) == []


def test_the_number_and_the_column() -> None:
    """By a number; a second derivative; a column by a column."""
    cost = (r + b * one).T * (r + b * one) / (2 * m)
    env = numbers()
    db = gd.derive(cost, b)
    assert float(number(db.result, env)[0, 0]) == pytest.approx(float(slope(cost, b, env)), rel=1e-6)
    assert gd.derive(cost, (w, w)).result == X.T * X / m
    assert gd.derive(cost, (w, b)).result == X.T * one / m
    assert gd.derive(cost, (b, w)).result == X.T * one / m
    assert gd.derive(X * w, w).result == X
    assert gd.derive(A * w + v, w).result == A
    curved = gd.derive(exp(-Trace(w.T * A * w) / 2), (w, w))
    first = gd.derive(exp(-Trace(w.T * A * w) / 2), w).result
    rows = [
        slope(MatrixSymbol("e", 1, n) * first, w, {**env, MatrixSymbol("e", 1, n): row[None, :]}).T for row in np.eye(3)
    ]
    np.testing.assert_allclose(number(curved.result, env), np.vstack(rows), rtol=1e-5, atol=1e-7)
    assert all(step.check for step in curved.steps)


def test_logistic_regression() -> None:
    """Functions entry by entry; the Hessian is X^T diag(s (1 - s)) X."""
    cost = one.T * (X * w).applyfunc(SOFT) - y.T * X * w
    env = numbers()
    d = gd.derive(cost, w)
    np.testing.assert_allclose(number(d.result, env), slope(cost, w, env), rtol=1e-6)
    s = 1 / (1 + np.exp(-env[X] @ env[w]))[:, 0]
    hessian = number(gd.derive(cost, (w, w)).result, env)
    np.testing.assert_allclose(hessian, env[X].T @ np.diag(s * (1 - s)) @ env[X], rtol=1e-10)


def test_named_parts_keep_their_names() -> None:
    E = MatrixSymbol("e", m, 1)
    d = gd.derive(E.T * E / (2 * m), w, where={E: r})
    assert d.result == X.T * E / m
    assert d.expanded == X.T * r / m
    assert "definition" in {step.rule.name for step in d.steps}


def test_numbers_as_sizes() -> None:
    """100 x 20 is judged at small shapes; 2 x 2 as it is."""
    L, q, z = MatrixSymbol("L", 100, 20), MatrixSymbol("q", 20, 1), MatrixSymbol("z", 100, 1)
    d = gd.derive((L * q - z).T * (L * q - z) / 200, q)
    assert d.result == L.T * (L * q - z) / 100
    small = MatrixSymbol("M", 2, 2)
    assert gd.derive(Determinant(small), small).check


def test_equal_to_the_index_form() -> None:
    """The matrix result at a point equals what the rules for sums and deltas derive from the index form."""
    i, j = symbols("i j", integer=True)
    x, u, f = IndexedBase("X"), IndexedBase("w"), IndexedBase("y")
    indexed = Sum((Sum(x[i, j] * u[j], (j, 1, n)) - f[i]) ** 2, (i, 1, m)) / (2 * m)
    code = gd.Cost(indexed, [u]).compile()
    env = numbers()
    data = {"X": env[X], "y": env[y][:, 0]}
    by_index = code.gradient({"w": env[w][:, 0]}, data)[u]
    by_matrix = number(gd.derive(r.T * r / (2 * m), w).result, env)[:, 0]
    np.testing.assert_allclose(by_index, by_matrix, rtol=1e-12)


INDEXED = ["ridge", "weighted least squares", "trace form", "factorisation, right", "linear net, first", "Hadamard product",
           "exponential of a form", "norm", "power"]  # fmt: skip


@pytest.mark.parametrize("name", INDEXED)
def test_code_from_the_index_form(name: str) -> None:
    """`compile` derives the sums over entries anew: value and gradient equal those of the matrix form."""
    _, cost, by, _ = next(row for row in COSTS if row[0] == name)
    model = gd.Cost(cost, [by])
    env = numbers()
    own = cost.free_symbols - {by, *SIZES}
    data = {s: env[s] for s in own}
    code = model.compile()
    assert code.value({by: env[by]}, data) == pytest.approx(float(np.sum(number(cost, env))), rel=1e-12)
    gradient = code.gradient({by: env[by]}, data)[by]
    np.testing.assert_allclose(gradient, number(model.partial(by).result, env).reshape(gradient.shape), rtol=1e-10)


def test_a_descent() -> None:
    """Columns are taken as (n, 1) and as (n,), by symbol and by name; sizes are read off the data."""
    data = {X: [[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]], "y": [[1.0], [3.0], [5.0]]}
    run = gd.Cost(r.T * r / (2 * m), [w]).descend(
        {w: [[0.0], [0.0]]}, data, learning_rate=0.4, maxiter=5000, gtol=1e-10
    )
    assert run.success
    np.testing.assert_allclose(run.params[w], [1.0, 2.0], atol=1e-8)
    assert run.history.params["w"].shape == (run.nit + 1, 2)
    assert "X" in str(run.explain(0))


def test_a_saved_descent_knows_its_matrix(tmp_path: Any) -> None:
    data = {X: np.eye(2), y: [1.0, 2.0]}
    run = gd.Cost(r.T * r, [w]).descend({w: [0.0, 0.0]}, data, learning_rate=0.5, gtol=0, maxiter=1)
    run.save(tmp_path / "run.json")
    assert list(gd.load(tmp_path / "run.json").params) == [w]
    np.testing.assert_allclose(run.params[w], [1.0, 2.0])


def test_claims() -> None:
    cost = gd.Cost(r.T * r / (2 * m) + lam * w.T * w, [w])
    assert cost.check({w: X.T * r / m + 2 * lam * w}).ok
    missing = cost.check({w: X.T * r / m + lam * w})
    assert not missing.ok and missing.factor is None and missing.counterexample is not None
    assert missing.counterexample[X].shape == (2, 3) and missing.counterexample[m] == 2
    assert cost.check({w: X.T * r + 2 * m * lam * w}).factor == m
    assert gd.check(w.T * A * w, w, (A + A.T) * w / 2).factor == sympy.Rational(1, 2)
    assert gd.check(log(Determinant(W)), W, W.I.T).ok
    assert not gd.check(log(Determinant(W)), W, W.I).ok
    assert "the claim is 1 x n, but the derivative is n x 1" in gd.check(w.T * w, w, 2 * w.T).message


def test_a_counterexample_holds() -> None:
    """The two formulas differ at the point that is named."""
    verdict = gd.check(w.T * A * w, w, 2 * A * w)
    assert verdict.counterexample is not None
    at = {
        s: np.array(x.tolist(), dtype=float) if hasattr(x, "tolist") else int(x)
        for s, x in verdict.counterexample.items()
    }
    assert np.any(np.abs(number(2 * A * w, at) - number((A + A.T) * w, at)) > 1e-9)


def _planted(make: Any) -> tuple[Rule, ...]:
    """A rule d(w^T A w) = ... of the test's own, tried first."""
    form = from_sympy(w.T * A * w)

    def apply(body: Node, scope: Any) -> Move | None:
        return Move(MATRIX, (), lambda: make(scope.var)) if body == form else None

    return (Rule("matrix rule", None, apply), *DIFFERENTIALS)


@pytest.mark.parametrize(
    "change",
    [
        lambda dw: mat.scaled(
            from_sympy(sympy.Integer(2)), mat.matmul(*from_sympy(w.T * A).children, dw)
        ),  # A symmetric?
        lambda dw: mat.matmul(*from_sympy(w.T * (A + A.T)).children[:1], dw),  # no A
        lambda dw: mat.matmul(*from_sympy(w.T * (A - A.T)).children, dw),  # a sign
    ],
)
def test_a_wrong_rule_is_refused(change: Any) -> None:
    with pytest.raises(StepRefused, match="wrong"):
        gd.derive(w.T * A * w, w, rules=_planted(change))


def test_a_right_rule_of_the_users_is_taken() -> None:
    right = _planted(lambda dw: mat.matmul(*from_sympy(w.T * (A + A.T)).children, dw))
    assert gd.derive(w.T * A * w, w, rules=right).result == (A + A.T) * w


@pytest.mark.parametrize(
    ("cost", "by", "wrong"),
    [
        (r.T * r, w, X.T * r),
        (r.T * r, w, 2 * X.T * (X * w + y)),
        (w.T * A * w, w, A * w),
        (Trace(A * W), W, A),
        (log(Determinant(W)), W, W.I),
        (Trace(W.I * A), W, W.I.T * A.T * W.I.T),
        (Trace(W * A * W.T * B), W, 2 * B * W * A),
        (r.T * r, w, (2 * X.T * r).T),
    ],
)
def test_the_judge_refutes(cost: Any, by: Any, wrong: Any) -> None:
    claim = D(from_sympy(cost), from_sympy(by))
    assert agree(claim, from_sympy(wrong)).verdict == "refuted"
    assert agree(claim, gd.derive(cost, by).written)


def test_shapes_are_checked() -> None:
    with pytest.raises(Unsupported, match="m x n"):
        gd.derive(Trace(sympy.MatMul(X, X)), X)
    with pytest.raises(Unsupported, match="square"):
        gd.derive(w.T * X**2 * w, w)
    with pytest.raises(CostError, match="is a matrix"):
        gd.Cost(r * r.T, [w])
    with pytest.raises(Unsupported, match="four indices"):
        gd.derive(r * r.T, w)
    with pytest.raises(CostError, match=r"x 1 / . x 1"):
        gd.Cost(r.T * r, [MatrixSymbol("w", 3, 1)])
    with pytest.raises(CostError, match="upper limit"):
        gd.Cost(r.T * r, [m])
    with pytest.raises(Unsupported, match="whole matrices"):
        gd.derive(w[0, 0] ** 2 + Trace(r.T * r), w)


def test_an_entry_is_no_variable_of_a_matrix_formula() -> None:
    with pytest.raises(Unsupported, match="index form"):
        gd.derive(r.T * r, IndexedBase("q")[symbols("j", integer=True)])


def test_a_kink() -> None:
    """A hinge: the slope of the branch that is taken; at the kink the mean, and it is said."""
    d = gd.derive(sympy.Max(0, 1 - Trace(a.T * w)), w)
    assert all(step.check for step in d.steps)
    env = numbers()
    for sign, wanted in ((1, -1.0), (-1, 0.0)):
        env[w] = sign * -env[a]
        np.testing.assert_allclose(number(d.result, env), wanted * env[a])
    assert "not differentiable where" in d.text()


def test_a_row_of_ones() -> None:
    d = gd.derive(one.T * X * w, w)
    assert "𝟏ᵀ X w" in d.text() and r"\mathbf{1}^{\top}" in d.latex()
    assert d.result == X.T * one


def test_an_entry_of_a_product_with_an_inverse_is_a_trace() -> None:
    assert gd.derive((a.T * W.I * a)[0, 0], W).result == gd.derive(Trace(a.T * W.I * a), W).result
    with pytest.raises(Unsupported, match=r"is written Trace\(u.T\*A\*v\)"):
        gd.derive(W.I[0, 0], W)


def test_the_class_and_a_given() -> None:
    d = gd.derive(log(Determinant(W)), W)
    assert isinstance(d, MatrixDerivation)
    assert d.steps[0].given == (Determinant(W) > 0)
    assert d.check.verdict == "holds where"


def test_names_are_not_mixed_up() -> None:
    with pytest.raises(CostError, match="a MatrixSymbol and a Symbol"):
        gd.derive(Symbol("w") * w.T * w, w)
    assert gd.Cost(r.T * r, ["w"]).params == (w,)


def test_a_symmetric_matrix_is_put_in_afterwards() -> None:
    """SymPy has no symmetric MatrixSymbol; entries count as independent, and A^T = A is said of the result."""
    d = gd.derive(w.T * S * w, w)
    assert d.result == (S + S.T) * w
    assert d.result.subs(S.T, S).doit() == 2 * S * w
    assert gd.check(w.T * (S + S.T) * w / 2, w, (S + S.T) * w).ok


def test_a_diagonal_matrix_of_a_product() -> None:
    """The rows of W scaled by A w."""
    d = gd.derive(Trace(DiagMatrix(A * w) * B), w)
    assert d.check.verdict == "proved" and d.result == A.T * HadamardProduct(Identity(n), B) * OneMatrix(n, 1)
