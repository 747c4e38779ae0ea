"""Is a claimed gradient right? Right, right up to a factor, or wrong at a point that anyone can check by hand."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp
from oracle import World, close, slope, value
from sympy import Abs, IndexedBase, Max, Rational, Sum, exp, log, sign, sin, sqrt, symbols

import gdsym as gd

w, b, x, y, z, u, rate, Error, slope_, height, weight = symbols("w b x y z u rate Error m_ X_ Y_")
i, j, k, l, m, n = symbols("i j k l m n", integer=True, positive=True)
X, Y, W, v, A = map(IndexedBase, ("X", "Y", "W", "v", "A"))
residual = w * X[i] + b - Y[i]
line = Sum(residual**2, (i, 1, m)) / (2 * m)
line_cost = gd.Cost(line, [w, b])
linear = Sum((Sum(W[j] * X[i, j], (j, 1, n)) + b - Y[i]) ** 2, (i, 1, m)) / (2 * m)
dw, db = Sum(residual * X[i], (i, 1, m)) / m, Sum(residual, (i, 1, m)) / m
linear_residual = Sum(W[j] * X[i, j], (j, 1, n)) + b - Y[i]

RIGHT: list[tuple[Any, Any, Any]] = [
    (x**2, x, 2 * x), (x**2, x, "2*x"), (x**2, "x", "x + x"), (sin(x) ** 2, x, sin(2 * x)), (log(x), x, 1 / x), (x**x, x, x**x * (log(x) + 1)), (7, x, 0), (y, x, "0"),
    (exp(x) * exp(y), x, exp(x + y)), (Abs(x), x, sign(x)), (Abs(x), x, x / Abs(x)), (Max(0, x), x, sp.Piecewise((1, x > 0), (0, x < 0), (Rational(1, 2), True))), (sqrt(x), x, 1 / (2 * sqrt(x))),
    (line, w, dw), (line, b, db), (line, w, Sum(w * X[i] ** 2 + b * X[i] - X[i] * Y[i], (i, 1, m)) / m), (line, w, Sum(residual * X[i] / m, (i, 1, m))), (line, w, Sum(2 * residual * X[i], (i, 1, m)) / (2 * m)),
    (line, b, w * Sum(X[i], (i, 1, m)) / m + b - Sum(Y[i], (i, 1, m)) / m), (line, w, "Sum((w*X[i] + b - Y[i])*X[i], (i, 1, m))/m"), (line, w, Sum((w * X[j] + b - Y[j]) * X[j], (j, 1, m)) / m),
    (linear, W[k], Sum(linear_residual * X[i, k], (i, 1, m)) / m), (linear, W[l], Sum(linear_residual * X[i, l], (i, 1, m)) / m), (linear, W[1], Sum(linear_residual * X[i, 1], (i, 1, m)) / m),
    (Sum(v[j] ** 2, (j, 1, n)), v[k], Sum(2 * v[j] * sp.KroneckerDelta(j, k), (j, 1, n))), (Sum(v[j] ** 2, (j, 1, n)), v[j], 2 * v[j]), (log(Sum(exp(v[j]), (j, 1, n))), v[k], exp(v[k]) / Sum(exp(v[l]), (l, 1, n))),
    (sp.atan(x) + sp.atan(1 / x), x, 0), (x * y, x, y), (sp.Product(v[j], (j, 1, n)), v[k], sp.Product(v[j], (j, 1, n)) / v[k]), (symbols("p", positive=True) ** 2, symbols("p", positive=True), "2*p"),
]  # fmt: skip


@pytest.mark.parametrize(("expr", "by", "claim"), RIGHT, ids=lambda part: str(part)[:40])
def test_right_claims(expr: Any, by: Any, claim: Any) -> None:
    verdict = gd.check(expr, by, claim)
    assert verdict.ok and bool(verdict)
    assert verdict.factor == 1 and verdict.counterexample is None and "right" in verdict.message


FACTORS: list[tuple[Any, Any, Any, Any]] = [
    (x**2, x, x, Rational(1, 2)), (x**2, x, -2 * x, -1), (x**2, x, 6 * x, 3), (sin(x), x, -cos_ if (cos_ := sp.cos(x)) else 0, -1), (line, w, dw * m, m), (line, w, 2 * dw, 2), (line, w, -dw, -1), (line, b, Sum(residual, (i, 1, m)), m),
    (line, w, Sum(residual * X[i], (i, 1, m)) / (2 * m), Rational(1, 2)), (line, w, rate * dw, rate), (Error**2, Error, Error, Rational(1, 2)), (Error**2, Error, Error * rate, rate / 2), (x**2 * y, x, x, 1 / (2 * y)),
    (x**2, x, 2 * x / m, 1 / m), (x**2, x, 2 * x / m**2, m**-2), (linear, W[k], Sum(linear_residual * X[i, k], (i, 1, m)), m), (x**2, x, 2 * x * y * z, y * z), (exp(x), x, -exp(x) / 3, Rational(-1, 3)),
    (x**3, x, 3 * sp.pi * x**2, None), (Sum(v[j] ** 2, (j, 1, n)), v[k], v[k], Rational(1, 2)), (x**2, x, 2 * x * m**2 / 5, m**2 / 5),
]  # fmt: skip


@pytest.mark.parametrize(("expr", "by", "claim", "factor"), FACTORS, ids=lambda part: str(part)[:40])
def test_claims_that_are_right_up_to_a_factor(expr: Any, by: Any, claim: Any, factor: Any) -> None:
    verdict = gd.check(expr, by, claim)
    assert not verdict.ok
    if factor is None:  # no rational constant: either the factor itself, or said to be wrong with a point
        assert verdict.factor == sp.pi or verdict.counterexample
        return
    assert sp.simplify(verdict.factor - factor) == 0
    assert verdict.counterexample is None and "factor" in verdict.message


WRONG: list[tuple[Any, Any, Any]] = [
    (x**2, x, 2 * x + 1), (x**2, x, x**2), (x**2, x, 3), (x**3, x, 3 * x), (x**2, x, 0), (sin(x), x, sin(x)), (x * y, x, x), (x**2 + y**2, x, 2 * x + 2 * y), (Abs(x), x, 1), (exp(2 * x), x, 2 * exp(x)),
    (line, w, db), (line, b, dw), (line, w, Sum(residual, (i, 1, m)) / m), (line, w, Sum(residual * X[i] ** 2, (i, 1, m)) / m), (line, w, Sum((w * X[i] - b - Y[i]) * X[i], (i, 1, m)) / m), (line, w, (w * Sum(X[i], (i, 1, m)) + b) / m),
    (line, w, "Sum((w*X[i] + b - Y[i])*Y[i], (i, 1, m))/m"), (linear, W[k], Sum(linear_residual, (i, 1, m)) / m), (linear, W[k], Sum(linear_residual * X[k, i], (i, 1, m)) / m), (Sum(v[j] ** 2, (j, 1, n)), v[k], Sum(2 * v[j], (j, 1, n))),
    (Sum(v[j] ** 2, (j, 1, n)), v[k], 2 * v[1]), (y, x, 1), (7, x, x), (x**2 / 2, x, x + Rational(1, 1000)), (x**2, x, 2 * x + x**2 / 10**6),
]  # fmt: skip


@pytest.mark.parametrize(("expr", "by", "claim"), WRONG, ids=lambda part: str(part)[:40])
def test_wrong_claims_have_a_counterexample_that_is_one(expr: Any, by: Any, claim: Any) -> None:
    """Both sides are computed again at the point, here with finite differences, and do differ."""
    verdict = gd.check(expr, by, claim)
    assert not verdict.ok and verdict.factor is None
    assert verdict.counterexample is not None
    assert all(isinstance(number, sp.Rational) for number in verdict.counterexample.values())
    expr = sp.sympify(expr)
    world = world_of(verdict.counterexample)
    truth = slope(expr, (sp.sympify(by),), world)
    claimed = value(gd.read(claim).to_sympy() if isinstance(claim, str) else sp.sympify(claim), world)
    assert not close(truth, claimed)
    assert "wrong" in verdict.message and len(verdict.message) <= 600


def world_of(at: dict[Any, Any]) -> World:
    fixed: dict[Any, Any] = {}
    for place, number in at.items():
        exact = sp.Float(number, 60)._to_mpmath(220)
        if isinstance(place, sp.Indexed):
            fixed[str(place.base), tuple(map(int, place.indices))] = exact
        else:
            fixed[place.name] = int(number) if place.is_integer else exact
    return World(fixed=fixed)


def test_the_numbers_of_the_message_are_those_of_sympy() -> None:
    verdict = line_cost.check({w: db})
    at = verdict.counterexample
    assert at is not None
    size = int(at[m])
    written = {side: e.subs(m, size).doit().subs(at) for side, e in (("yours", db), ("the derivative", dw))}
    assert written["yours"] != written["the derivative"]
    for side, number in written.items():
        assert f"{side} {number}" in verdict.message


def test_several_at_once() -> None:
    assert line_cost.check({w: dw, b: db}).ok
    both = line_cost.check({w: 2 * dw, b: 2 * db})
    assert not both.ok and both.factor == 2
    mixed = line_cost.check({w: dw, b: dw})
    assert not mixed.ok and mixed.factor is None and mixed.counterexample
    assert mixed.parts[w].ok and not mixed.parts[b].ok
    assert mixed.message.count("\n") >= 1
    uneven = line_cost.check({w: dw, b: 2 * db})
    assert not uneven.ok and uneven.factor is None and uneven.counterexample is None


def test_keys_by_name_array_and_entry() -> None:
    cost = gd.Cost(linear, [W, b])
    claim = Sum(linear_residual * X[i, k], (i, 1, m)) / m
    assert cost.check({W[k]: claim}).ok
    assert cost.check({"b": Sum(linear_residual, (i, 1, m)) / m}).ok
    assert cost.check({W[1]: claim.subs(k, 1)}).ok
    assert not cost.check({W[2]: claim.subs(k, 1)}).ok


def test_the_letter_of_a_whole_array_may_be_any() -> None:
    """W is claimed as an array: whatever free letter the claim uses is the entry's."""
    cost = gd.Cost(linear, [W, b])
    for letter in (k, l, symbols("q", integer=True)):
        assert cost.check({W: Sum(linear_residual * X[i, letter], (i, 1, m)) / m}).ok
    assert not cost.check({W: Sum(linear_residual, (i, 1, m)) / m}).ok
    assert gd.check(linear, W, Sum(linear_residual * X[i, l], (i, 1, m)) / m).ok
    assert not gd.check(linear, W[k], Sum(linear_residual * X[i, l], (i, 1, m)) / m).ok
    form = Sum(v[i] * A[i, j] * Y[j], (i, 1, n), (j, 1, n))
    assert gd.check(form, A, v[l] * Y[m]).ok and gd.check(form, A, v[k] * Y[l]).ok
    assert not gd.check(form, A, v[l] * Y[l]).ok


def test_named_parts() -> None:
    article = {Error: slope_ * height + b - weight}
    cost = gd.Cost(Error**2, [slope_, b], where=article)
    assert cost.check({slope_: 2 * Error * height, b: 2 * Error}).ok
    assert cost.check({slope_: 2 * (slope_ * height + b - weight) * height}).ok
    half = cost.check({slope_: Error * height})
    assert half.factor == Rational(1, 2) and "2 times the claim" in half.message
    assert cost.check({slope_: Error * height * rate}).factor == rate / 2
    assert not cost.check({slope_: Error}).ok


def test_names_with_assumptions_given_as_text() -> None:
    p = symbols("p", positive=True)
    assert gd.check(p**2, p, "2*p").ok
    assert gd.check("p**2", "p", 2 * symbols("p")).ok
    assert gd.check(Sum(p * X[i], (i, 1, m)), p, "Sum(X[i], (i, 1, m))").ok


def test_one_side_undefined() -> None:
    """A claim that has no value where the derivative has one is not right."""
    verdict = gd.check(x**2, x, 2 * x**2 / x + 0 * y)
    assert verdict.ok  # SymPy itself has cancelled it
    verdict = gd.check(x**2, x, 2 * sqrt(x) ** 2 * sp.sign(x) ** 2 * log(x) / log(x))
    assert verdict.ok or verdict.counterexample or "not decided" in verdict.message
    verdict = gd.check(x**2, x, log(-(x**2)))
    assert not verdict.ok and verdict.factor is None


def test_zero_derivative() -> None:
    assert gd.check(y, x, 0).ok
    assert gd.check(y, x, 1).message.startswith("x: wrong. Everywhere: yours 1, the derivative 0.\n")
    wrong = gd.check(y, x, y)
    assert not wrong.ok and wrong.factor is None and wrong.counterexample
    none = gd.check(x**2, x, 0)
    assert not none.ok and none.counterexample and none.counterexample[x] != 0


def test_a_verdict_prints_as_its_message() -> None:
    verdict = gd.check(x**2, x, x)
    assert str(verdict) == repr(verdict) == verdict.message
    assert verdict.message == (
        "x: right up to the factor 1/2. The derivative is 2 times the claim; a learning rate can absorb it.\n"
        "   It looks as if the factor 2 of the power rule was left out (line 2)."
    )


DIFFERENCES = Sum((W[j + 1] - W[j]) ** 2, (j, 1, n - 1))
FROM_ZERO = Sum(W[j] ** 2 * X[j], (j, 0, n))


def test_a_n_is_a_whole_number_in_the_condition_that_is_left_of_a_sum() -> None:
    below = sp.Piecewise((2 * (W[k] - W[k + 1]), k < n), (0, True))
    above = sp.Piecewise((2 * (W[k] - W[k - 1]), k > 1), (0, True))
    assert gd.check(DIFFERENCES, W[k], below + above).ok
    inside = gd.check(DIFFERENCES, W[k], 4 * W[k] - 2 * W[k + 1] - 2 * W[k - 1])
    assert inside.counterexample is not None and inside.counterexample[n].is_Integer


def test_the_first_entry_counts_where_arrays_begin_at_0() -> None:
    p = symbols("p", integer=True)
    verdict = gd.check(FROM_ZERO, W[p], sp.Piecewise((2 * W[p] * X[p], p > 0), (0, True)))
    assert not verdict.ok and verdict.counterexample is not None and verdict.counterexample[p] == 0


def test_a_counterexample_is_where_the_derivative_holds() -> None:
    cost = Sum(W[j] ** 2 * X[j], (j, 1, n))
    verdict = gd.check(cost, W[k], sp.Piecewise((2 * W[k] * X[k], k < n), (0, True)))
    at = verdict.counterexample
    assert at is not None and at[k] == at[n] >= 1


def test_a_number_as_index_needs_enough_entries() -> None:
    verdict = gd.check(Sum(W[j] ** 2 * X[j], (j, 1, n)), W[3], 2 * W[3])
    assert verdict.counterexample is not None and verdict.counterexample[n] >= 3


def test_the_first_entry_counts_where_a_sum_leaves_it_out() -> None:
    verdict = gd.check(Sum(W[j] ** 2, (j, 2, n)), W[k], 2 * W[k])
    assert not verdict.ok and verdict.counterexample is not None and verdict.counterexample[k] == 1


@pytest.mark.parametrize("claim", [sp.Ne(k, 7), sp.Ne(k, 17), k < n - 8])
def test_an_entry_far_out_counts(claim: Any) -> None:
    assert not gd.check(Sum(W[j] ** 2, (j, 1, n)), W[k], sp.Piecewise((2 * W[k], claim), (0, True))).ok


def test_letters_that_only_the_claim_has_are_named() -> None:
    v = gd.check(Sum((w * X[i] - Y[i]) ** 2, (i, 1, m)), w, "Sum(2*(w*X[i] - Z[i])*X[i], (i, 1, m))")
    assert not v.ok and v.message.endswith("\n   Z stands in the claim, not in the cost.")
    assert gd.check(rate * w**2, w, "2*n*r*w").message.endswith("\n   n, r stand in the claim, not in the cost.")
    assert "stand" not in gd.check(linear, W, "X.T @ (X @ W - Y)").message
    assert "stand" not in gd.check(Sum(W[j] ** 2, (j, 1, n)), W, "3*W[l]").message


def test_the_cost_s_letters_may_be_spelled_as_in_its_code() -> None:
    cost = gd.Cost(
        Sum((Sum(W[j] * X[i, j], (j, 1, n)) - Y[i]) ** 2, (i, 1, m)) / (2 * m)
        + sp.Symbol("lambda") * Sum(W[j] ** 2, (j, 1, n)),
        [W],
    )
    assert "2*lam*W" in cost.compile().source
    assert cost.check({W: "(X @ W - Y) @ X/m + 2*lam*W"}).ok
    assert cost.check({W: "(X @ W - Y) @ X/m + 2*lambda*W"}).ok
    lam, lambda_ = symbols("lam lambda")
    assert gd.check(lam * lambda_ * w, w, "lam*lambda").ok


@pytest.mark.parametrize("name", ["λ", "lamda", "lambda"])
@pytest.mark.parametrize("typed", ["lam", "lamda", "lambda"])
def test_one_letter_has_many_spellings(name: str, typed: str) -> None:
    cost = gd.Cost(sp.Symbol(name) * w**2, [w])
    assert cost.check({w: f"2*{typed}*w"}).ok
    assert "2*lam*w" in cost.compile().source


@pytest.mark.parametrize(
    ("expr", "claim"),
    [
        ("log(x)", "1/abs(x)"),
        ("log(x)", "exp(-log(x))"),
        ("log(x) + y", "1/abs(x)"),
        ("y*log(x)", "y/abs(x)"),
        ("sqrt(x)*log(y)", "log(y)/(2*sqrt(abs(x)))"),
        ("acosh(x)", "1/sqrt(x**2 - 1)"),
        ("log(log(x))", "1/(x*abs(log(x)))"),
    ],
)
def test_where_the_cost_has_no_value_a_claim_may_have_any(expr: str, claim: str) -> None:
    assert gd.check(expr, "x", claim).ok
    assert gd.check(expr, "x", f"-({claim})").factor == -1
    wrong = gd.check(expr, "x", f"{claim} + Heaviside(x - 3)/100")
    assert not wrong.ok and min(p for s, p in wrong.counterexample.items() if str(s) == "x") >= 3
    assert not gd.check("x**2 + log(y)", "x", "2*x + Max(0, x - 50)").ok


@pytest.mark.parametrize(
    ("cost", "key", "claim", "factor"),
    [
        ("1/(2*m)*Sum((w0 + w1*x[i] - y[i])**2, (i, 1, m))", "w1", "1/m Σᵢ₌₁ᵐ (w₀ + w₁ xᵢ - yᵢ) xᵢ", "1"),
        ("1/(2*m)*Sum((w0 + w1*x[i] - y[i])**2, (i, 1, m))", "w1", "Σᵢ₌₁ᵐ (w₀ + w₁ xᵢ - yᵢ) xᵢ", "m"),
        ("Sum((Sum(w[j]*X[i,j], (j, 1, n)) - y[i])**2, (i, 1, m))", "w[k]", "2 Σᵢ₌₁ᵐ (Σⱼ₌₁ⁿ wⱼ Xᵢⱼ - yᵢ) Xᵢₖ", "1"),
    ],
)
def test_a_claim_is_read_as_it_stands_on_paper(cost: str, key: str, claim: str, factor: str) -> None:
    """What our own text prints can be claimed again; it was refused for its small letters."""
    found = gd.Cost(cost, ["w0", "w1"] if "w0" in cost else ["w"]).check({key: claim})
    assert str(found.factor) == factor and found.ok == (factor == "1")


HUBER = "Sum(Piecewise(((w*x[i]-y[i])**2/2, abs(w*x[i]-y[i]) <= delta), (delta*(abs(w*x[i]-y[i])-delta/2), True)), (i, 1, m))"


def test_what_is_right_for_a_positive_width_is_said() -> None:
    verdict = gd.check(HUBER, "w", "(np.clip(w*x-y,-delta,delta)*x).sum()")
    assert not verdict.ok and "Where δ > 0 it is right; a symbol can be declared so" in verdict.message
    assert "it is right" not in gd.check(HUBER, "w", "(np.clip(w*x,-delta,delta)*x).sum()").message
    assert "it is right" not in gd.check("w**2*c", "w", "w*c").message
    assert "Where c > 0 it is right" in gd.check("sqrt(c**2)*w", "w", "c").message


def test_the_kink_within_a_branch_is_said_where_it_is_met() -> None:
    said = " ".join(gd.derive(HUBER, "w").text().split())
    assert "for δ < 0 not differentiable where w xᵢ - yᵢ = 0" in said and "meet smoothly" in said
    body = "Sum(Piecewise((r[i]**2/2, Abs(r[i]) <= 1), (Abs(r[i]) - 1/2, True)), (i, 1, m))"
    named = " ".join(gd.derive(body, "w", where={"r[i]": "w*x[i] - y[i]"}).text().split())
    assert (
        "the branches meet smoothly where |rᵢ| = 1" in named
        and "differentiable" not in named
        and "convention" not in named
    )
