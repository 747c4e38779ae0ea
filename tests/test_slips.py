"""A wrong claim that one classic mistake leads to is told which; any other is not."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import (
    Abs,
    Determinant,
    IndexedBase,
    MatrixSymbol,
    Max,
    Product,
    Rational,
    Sum,
    Trace,
    cos,
    exp,
    log,
    sin,
    sqrt,
    symbols,
    tan,
)

import gdsym as gd
from gdsym.claims import Verdict
from gdsym.slips import planted, slip
from gdsym.verify import agree

w, b, x, y, z, lam, Error, Xs, Ys = symbols("w b x y z lambda Error X Y")
i, j, k, m, n, h, H, c, K = symbols("i j k m n h H c K", integer=True, positive=True)
X, Y, W, V, A, U, P, e = map(IndexedBase, ("x", "y", "w", "v", "a", "W", "p", "e"))
r = w * X[i] + b - Y[i]
LINE = gd.Cost(Sum(r**2, (i, 1, m)) / (2 * m), [w, b])
over = (i, 1, m)


def test_the_forgotten_inner_derivative_reads_as_in_a_book() -> None:
    verdict = LINE.check({w: Sum(r, over) / m})
    assert verdict.slip == "the inner derivative ∂/∂w [w xᵢ + b - yᵢ] = xᵢ of the chain rule was left out (line 4)"
    first, second = verdict.message.split("\n")
    assert first.startswith("w: wrong. At b = ") and second == f"   It looks as if {verdict.slip}."
    assert verdict.factor is None and verdict.counterexample


OF_A_LINE: list[tuple[Any, str]] = [
    (Sum(r * X[i], over), "the constant factor 1/m was left out (line 2)"),
    (2 * Sum(r * X[i], over) / m, "the constant factor 1/2 was left out (line 2)"),
    (2 * Sum(r * X[i], over), "the constant factor 1/(2m) was left out (line 2)"),
    (Sum(r * X[i], over) / (2 * m), "the factor 2 of the power rule was left out (line 4)"),
    (Sum(r**2 * X[i], over) / m, "the exponent 2 was not lowered by 1 (power rule) (line 4)"),
    (r * X[i] / m, "the sum over i was left out (line 3)"),
    (Sum(r * (X[i] - Y[i]), over) / m, "the constant yᵢ was kept; its derivative is 0 (line 5)"),
    (Sum(r * (X[i] + 1), over) / m, "the derivative of the constant b was taken for 1; it is 0 (line 5)"),
    (-Sum(r * X[i], over) / m, "the sign of the whole is wrong"),
]


@pytest.mark.parametrize(("claim", "named"), OF_A_LINE, ids=lambda part: str(part)[:40])
def test_mistakes_in_a_line_fit(claim: Any, named: str) -> None:
    assert LINE.check({w: claim}).slip == named


def test_rows_taken_for_columns() -> None:
    over_j, residual = (j, 1, n), Sum(W[j] * X[i, j], (j, 1, n)) - Y[i]
    cost = gd.Cost(Sum(residual**2, over) / (2 * m), [W])
    assert cost.check({W[k]: Sum(residual * X[i, k], over) / m}).ok
    verdict = cost.check({W[k]: Sum(residual * X[k, i], over) / m})
    assert verdict.slip == "the indices of xᵢₖ were swapped: xₖᵢ (line 10)" and not verdict.ok
    bilinear = gd.derive(Sum(W[i] * A[i, j] * V[j], over, over_j), W[k])
    backwards = gd.derive(Sum(V[j] * A[j, i] * W[i], over, over_j), W[k]).written
    assert str(slip(bilinear, backwards)).startswith("the indices of aₖⱼ were swapped")


CLASSIC: list[tuple[Any, Any, str]] = [
    (x**5, 5 * x**5, "the exponent 5 was not lowered by 1"),
    (x**5, x**4, "the factor 5 of the power rule"),
    (x**n, x ** (n - 1), "the factor n of the power rule"),
    (x**3, x**4 / 4, "integrated instead of derived"),
    (x**2 * sin(x), 2 * x * cos(x), "the product of the derivatives (product rule)"),
    (x**2 * sin(x), 2 * x * sin(x), "the term of the product rule with the derivative of sin(x) was left out"),
    (x**2 * sin(x), 2 * x * sin(x) - x**2 * cos(x), "the plus of the product rule was taken for a minus"),
    (sin(x) / x, (sin(x) - x * cos(x)) / x**2, "the wrong way round"),
    (sin(x) / x, (x * cos(x) - sin(x)) / x, "the denominator x was not squared"),
    (sin(x) / x, cos(x), "numerator and denominator were derived each by itself"),
    (sin(x) / x, (x * cos(x) + sin(x)) / x**2, "the minus of the quotient rule was taken for a plus"),
    (1 / (x**2 + 1), 2 * x / (x**2 + 1) ** 2, "the minus of the derivative of 1/u was left out"),
    (exp(3 * x), exp(3 * x), "the inner derivative d/dx [3x] = 3"),
    (exp(x), x * exp(x - 1), "the exponential was derived by the power rule"),
    (2**x, 2**x, "the factor log(2) of the exponential rule"),
    (2**x, x * 2 ** (x - 1), "the exponential was derived by the power rule"),
    (x**x, x * x ** (x - 1), "the exponent x was held constant, as in the power rule"),
    (log(x), x, "1/u, not u"),
    (log(x**2 + 1), 1 / (x**2 + 1), "the inner derivative d/dx [x² + 1] = 2x"),
    (cos(x), sin(x), "the sign of the derivative of cos(x) is wrong"),
    (sin(x**2), cos(2 * x), "the outer derivative was taken at 2x"),
    (sin(2 * x), 2 * cos(x), "the outer derivative was taken at x instead of 2x"),
    (sin(x**2), 2 * x * cos(x), "the outer derivative was taken at x instead of x²"),
    (x**-2, -2 / x, "the exponent 2 below the bar was lowered by 1"),
    (x**3, 3 * x**4, "the exponent 3 was raised by 1 instead of lowered"),
    (sqrt(x), 1 / sqrt(x), "the factor 1/2 of the derivative of a root"),
    (Abs(3 * x), 3, "the sign of x in the derivative of the absolute value was left out"),
    (tan(x), tan(x) + 1, "a square in the derivative of tan(x) was left out"),
    (3 * x**5 + x, 5 * x**4 + 1, "the constant factor 3 was left out"),
    (x**2 + x * y, 2 * x, "the derivative of the term y x was left out (sum rule)"),
    (x**2 + y, 2 * x + y, "the constant y was kept; its derivative is 0"),
    (x**2 - exp(x), 2 * x + exp(x), "the sign of the derivative of the term eˣ is wrong"),
    (Max(0, 3 * x), 3, "was taken for the greatest everywhere"),
    (1 / (1 + exp(-x)), 1 - 1 / (1 + exp(-x)), "the factor s in s (1 - s) of the logistic function"),
    (Product(x + V[j], (j, 1, n)), n, "the product of the other factors was left out"),
]


@pytest.mark.parametrize(("expr", "claim", "named"), CLASSIC, ids=lambda part: str(part)[:40])
def test_each_rule_has_its_classic_mistake(expr: Any, claim: Any, named: str) -> None:
    verdict = gd.check(expr, x, claim)
    assert verdict.slip is not None and named in verdict.slip and "(line " in verdict.slip
    assert not verdict.ok and f"It looks as if {verdict.slip}." in verdict.message


def test_entries_of_arrays() -> None:
    inner = Sum(W[j] * X[i, j], (j, 1, n)) - Y[i]
    cost = gd.Cost(Sum(inner**2, over) / (2 * m), [W])
    every = cost.check({W: Sum(inner * X[i, j], (j, 1, n), over) / m})
    assert every.slip == "the derivative of wⱼ was taken for 1 whatever the index (Kronecker delta) (line 8)"
    left_out = cost.check({W: Sum(inner, over) / m}).slip
    assert left_out == "the inner derivative ∂/∂wₖ [Σⱼ wⱼ xᵢⱼ - yᵢ] = xᵢₖ of the chain rule was left out (line 4)"


def test_softmax_without_its_indicator() -> None:
    logit = Sum(U[j, c] * X[i, j], (j, 1, n))
    cost = gd.Cost(gd.losses.softmax_cross_entropy(logit, Y[i], over, (c, 1, K)), [U])
    claim = "Sum(exp(Sum(W[j,l]*x[i,j],(j,1,n)))/Sum(exp(Sum(W[j,c]*x[i,j],(j,1,n))),(c,1,K))*x[i,k],(i,1,m))/m"
    found = cost.check({"W": claim}).slip
    assert found and "the derivative of the term" in found and "was left out (sum rule)" in found


def test_the_same_mistake_twice_is_one_mistake() -> None:
    """p_i stands in both terms of the log-loss; its inner derivative is forgotten in both."""
    p = 1 / (1 + exp(-(w * X[i] + b)))
    cost = gd.Cost(gd.losses.log_loss(P[i], Y[i], over), [w, b], where={P[i]: p})
    found = cost.check({w: Sum(p - Y[i], over) / m}).slip
    assert found and found.startswith("the inner derivative ∂/∂w [w xᵢ + b] = xᵢ of the chain rule was left out")


def test_named_parts_and_factors() -> None:
    """The factor stays exact, and the mistake is named beside it."""
    cost = gd.Cost(Error**2, [w, b], where={Error: w * Xs + b - Ys})
    verdict = cost.check({w: Error * Xs})
    assert verdict.factor == Rational(1, 2)
    assert verdict.slip == "the factor 2 of the power rule was left out (line 2)"
    assert "The derivative is 2 times the claim; a learning rate can absorb it" in verdict.message
    assert (
        cost.check({w: 2 * Error}).slip
        == "the inner derivative ∂/∂w [Error] = X of the chain rule was left out (line 2)"
    )


a, q, D, Bm = MatrixSymbol("y", m, 1), MatrixSymbol("w", n, 1), MatrixSymbol("X", m, n), MatrixSymbol("A", n, n)
MATRICES: list[tuple[Any, Any, Any, str]] = [
    (q.T * Bm * q, q, 2 * Bm * q, "the transpose of A was left out, as if it were symmetric (line 5)"),
    (q.T * Bm * q, q, Bm * q, "the term with the derivative of w was left out (product rule) (line 2)"),
    ((D * q - a).T * (D * q - a), q, D.T * (D * q - a), "the factor 2 in the derivative of"),
    ((D * q - a).T * (D * q - a) / (2 * m), q, D.T * (D * q - a), "the constant factor 1/m was left out (line 2)"),
    (Determinant(Bm), Bm, Bm.T.inverse(), "the determinant in its own derivative was left out"),
    (Trace(Bm.T * Bm), Bm, 2 * Bm.T, "the gradient is the transpose of this"),
]


@pytest.mark.parametrize(("expr", "by", "claim", "named"), MATRICES, ids=lambda part: str(part)[:30])
def test_costs_in_matrix_notation(expr: Any, by: Any, claim: Any, named: str) -> None:
    found = gd.check(expr, by, claim).slip
    assert found is not None and named in found


def test_second_derivatives() -> None:
    found = gd.check(sin(x * y), (x, y), y * cos(x * y)).slip
    assert found is None or "(line" in found
    assert gd.check(x**3 * y**2, (x, y), 2 * x**3 * y).slip is not None


RIGHT_OR_ODD: list[tuple[Any, Any]] = [
    (x**2, 2 * x), (sin(x) ** 2, sin(2 * x)), (x**2, 2 * x + sin(x)), (x**2, 7 * x), (x**3, x**2 + x), (exp(x) * x, 12),
    (log(x) * x, log(x) ** 2), (sin(x), exp(x)), (x**2 * y, 2 * x * y + y**3), (sqrt(x), x + y),
]  # fmt: skip


@pytest.mark.parametrize(("expr", "claim"), RIGHT_OR_ODD, ids=lambda part: str(part)[:30])
def test_nothing_is_named_where_no_single_mistake_explains_the_claim(expr: Any, claim: Any) -> None:
    verdict = gd.check(expr, x, claim)
    assert verdict.slip is None and "It looks as if" not in verdict.message


def test_the_derivative_by_another_parameter() -> None:
    assert LINE.check({b: Sum(r * X[i], over) / m}).slip == "this is the derivative by w"
    assert gd.Cost(w**2 + b**3, [w, b]).check({w: 3 * b**2}).slip == "this is the derivative by b"


def test_the_logarithm_of_a_product() -> None:
    assert gd.check(log(Product(x + V[j], (j, 1, n))), x, "Sum(1/(x + v[j])**2, (j, 1, n))").slip is None


def test_two_mistakes_are_none() -> None:
    assert LINE.check({w: Sum(r, over)}).slip is None
    assert gd.check(x**2 * sin(3 * x), x, x * sin(3 * x) + x**2 * cos(3 * x)).slip is None


def test_several_claims_have_a_slip_each() -> None:
    verdict = LINE.check({w: Sum(r, over) / m, b: Sum(r, over) / m})
    parts: list[Verdict] = list(verdict.parts.values())
    assert (
        parts[0].slip
        and parts[1].slip is None
        and "   It looks as if" in verdict.message
        and verdict.slip == parts[0].slip
    )


LOSSES = {
    "line": (LINE.expr, [w, b], None),
    "named": (Sum(e[i] ** 2, over) / (2 * m), [w, b], {e[i]: r}),
    "linear": (gd.losses.half_mse(gd.models.linear(W, b, X, i, (j, 1, n)), Y[i], over), [W, b], None),
    "absolute": (gd.losses.mae(w * X[i] + b, Y[i], over), [w, b], None),
    "quartic": ((w - 1) ** 2 * (w - 5) ** 2, [w], None),
    "hinge": (gd.losses.hinge(w * X[i] + b, Y[i], over), [w], None),
    "error": (Error**2, [w, b], {Error: w * Xs + b - Ys}),
}
LARGE = {
    "log-loss": (gd.losses.log_loss(P[i], Y[i], over), [w, b], {P[i]: 1 / (1 + exp(-(w * X[i] + b)))}),
    "softmax": (
        gd.losses.softmax_cross_entropy(Sum(U[j, c] * X[i, j], (j, 1, n)), Y[i], over, (c, 1, K)), [U], None,
    ),
    "network": (
        gd.losses.half_mse(gd.models.one_hidden_layer(V, z, U, A, X, i, (h, 1, H), (j, 1, n)), Y[i], over), [U, V], None,
    ),
    "ridge": (
        gd.losses.half_mse(gd.models.linear(W, b, X, i, (j, 1, n)), Y[i], over) + gd.losses.ridge(W, (j, 1, n), lam),
        [W], None,
    ),
}  # fmt: skip


def every_planted_mistake_is_found(expr: Any, params: list[Any], where: Any) -> int:
    cost, count = gd.Cost(expr, params, where=where), 0
    for p in params:
        d = cost.partial(p)
        assert slip(d, d.written) is None or any(agree(one.result, d.written, where=d.where) for one in planted(d))
        for one in planted(d):
            if not agree(d.written, one.result, where=d.where):
                count += 1
                assert slip(d, one.result) is not None, one.says
    return count


@pytest.mark.parametrize("name", LOSSES)
def test_every_planted_mistake_is_found(name: str) -> None:
    assert every_planted_mistake_is_found(*LOSSES[name]) >= 10


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_every_planted_mistake_is_found_in_large_costs(name: str) -> None:
    assert every_planted_mistake_is_found(*LARGE[name]) >= 30
