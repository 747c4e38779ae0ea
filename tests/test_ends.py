"""The last line as a person would write it: softmax, logistic functions, labels, case distinctions."""

from __future__ import annotations

import numpy as np
import sympy
from sympy import IndexedBase, Sum, exp, log, symbols

import gdsym as gd
from gdsym.writing.text import text

i, j, m, n, c, K = symbols("i j m n c K", integer=True, positive=True)
k, l = symbols("k l", integer=True)
x, y, z, w, p, W = map(IndexedBase, "xyzwpW")
SCORE = Sum(w[j] * x[i, j], (j, 1, n))
TOTAL = Sum(exp(z[j]), (j, 1, n))


def last(d: gd.Derivation) -> str:
    assert d.check and all(step.check for step in d.steps)
    return text(d.steps[-1].line)


def said(d: gd.Derivation) -> str:
    return "".join(part if isinstance(part, str) else text(part) for part in d.steps[-1].reason)


def test_log_sum_exp_twice_is_softmax() -> None:
    d = gd.derive(log(TOTAL), (z[k], z[l]))
    assert last(d) == "exp(zₖ)/(Σⱼ₌₁ⁿ exp(zⱼ)) (δₖₗ - exp(zₗ)/(Σⱼ₌₁ⁿ exp(zⱼ)))"
    assert said(d) == "simplify: pₖ (δₖₗ - pₗ) with pₖ = exp(zₖ)/(Σⱼ₌₁ⁿ exp(zⱼ))"
    diagonal = gd.derive(log(TOTAL), (z[k], z[k]))
    assert said(diagonal) == "simplify: pₖ (1 - pₖ) with pₖ = exp(zₖ)/(Σⱼ₌₁ⁿ exp(zⱼ))"
    assert last(gd.derive(exp(z[k]) / TOTAL, z[l])) == last(d)
    named = gd.derive(p[k], z[l], where={p[k]: exp(z[k]) / TOTAL})
    assert last(named) == "pₖ (δₖₗ - pₗ)"
    assert named.result == p[k] * (sympy.KroneckerDelta(k, l) - p[l])


def test_the_letter_of_the_shares_is_nobodys() -> None:
    q = symbols("p")
    d = gd.derive(q * log(TOTAL), (z[k], z[l]))
    assert "with qₖ = exp(zₖ)" in said(d)


def test_the_hessian_of_softmax_regression() -> None:
    a, b = symbols("a b", integer=True)
    scores = [Sum(W[index, j] * x[i, j], (j, 1, n)) for index in (c, y[i])]
    cost = gd.Cost(Sum(log(Sum(exp(scores[0]), (c, 1, K))) - scores[1], (i, 1, m)) / m, [W])
    first = cost.partial(W)
    assert last(first) == "1/m Σᵢ₌₁ᵐ (exp(Σⱼ₌₁ⁿ Wₖⱼ xᵢⱼ)/(Σ[c=1..K] exp(Σⱼ₌₁ⁿ W[c, j] xᵢⱼ)) - δ[yᵢ, k]) xᵢₗ"
    second = cost.hessian()[W[k, l], W[a, b]]
    assert last(second) and "sᵢₖ (δₖₚ - sᵢₚ) xᵢₗ x[i, q] with" in said(second)


def test_labels_choose_entries_that_are_there() -> None:
    scores = [Sum(W[index, j] * x[i, j], (j, 1, n)) for index in (c, y[i])]
    cost = gd.Cost(Sum(log(Sum(exp(scores[0]), (c, 1, K))) - scores[1], (i, 1, m)), [W])
    rng = np.random.default_rng(4)
    data, labels, at = rng.normal(size=(6, 2)), np.array([1, 3, 2, 1, 1, 2]), rng.normal(size=(4, 2))
    ours = cost.compile().gradient({W: at}, {x: data, y: labels})[W]
    shares = np.exp(data @ at.T)
    shares /= shares.sum(axis=1, keepdims=True)
    shares[np.arange(6), labels - 1] -= 1
    assert np.allclose(ours, shares.T @ data, rtol=1e-13, atol=1e-13)
    assert "cases" not in cost.partial(W).latex()


def test_second_derivatives_of_the_logistic_loss() -> None:
    cost = gd.Cost(Sum(log(1 + exp(-y[i] * SCORE)), (i, 1, m)) / m, [w])
    s = "1/(1 + exp(yᵢ Σⱼ₌₁ⁿ wⱼ xᵢⱼ))"
    assert last(cost.hessian()[w[k], w[l]]) == f"1/m Σᵢ₌₁ᵐ yᵢ² · {s} (1 - {s}) xᵢₖ xᵢₗ"
    s = "1/(1 + exp(-Σⱼ₌₁ⁿ wⱼ xᵢⱼ))"
    loss = gd.Cost(gd.losses.log_loss(1 / (1 + exp(-SCORE)), y[i], (i, 1, m)), [w])
    assert last(loss.partial(w)) == f"1/m Σᵢ₌₁ᵐ ({s} - yᵢ) xᵢₖ"
    assert last(loss.hessian()[w[k], w[l]]) == f"1/m Σᵢ₌₁ᵐ {s} (1 - {s}) xᵢₖ xᵢₗ"


def test_the_logistic_function_twice() -> None:
    s = "1/(1 + e⁻ᵗ)"
    assert last(gd.derive("1/(1 + exp(-t))", ("t", "t"))) == f"{s} (1 - {s}) (1 - 2 · {s})"
    assert last(gd.derive("1/(1 + exp(t))", "t")) == "-1/(1 + eᵗ) (1 - 1/(1 + eᵗ))"
    assert last(gd.derive("exp(t)/(1 + exp(t))", "t")) == "eᵗ/(1 + eᵗ)²"
    assert last(gd.derive("log(1 + exp(t))", "t")) == s
    assert last(gd.derive("a/(1 + exp(-t))", "t")) == f"a · {s} (1 - {s})"


def test_cases_with_one_condition_are_one() -> None:
    rosenbrock = Sum(100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2, (i, 1, n - 1))
    assert last(gd.derive(rosenbrock, x[k])) == (
        "{-2 (1 - xₖ) - 400xₖ (xₖ₊₁ - xₖ²) if k ≤ n - 1; 0 otherwise} + {200 (xₖ - xₖ₋₁²) if 2 ≤ k; 0 otherwise}"
    )
    image = Sum(Sum((W[i + 1, j] - W[i, j]) ** 2 + (W[i, j + 1] - W[i, j]) ** 2, (i, 1, m - 1)), (j, 1, n - 1))
    printed = last(gd.derive(image, W[k, l]))
    assert printed.count("{") == 3 and "{{" not in printed


def test_what_holds_anyway_is_no_condition() -> None:
    delta = sympy.KroneckerDelta(i, j)
    assert last(gd.derive(Sum(Sum(w[i] * w[j] * delta, (i, 1, n)), (j, 1, n)), w[k])) == "2wₖ"
    assert last(gd.derive(Sum(w[i] * w[n + 1 - i], (i, 1, n)), w[k])) == "2w[n - k + 1]"


def test_nothing_is_said_twice() -> None:
    for expr in ("x**(1/x)", "sin(x)**cos(x)"):
        printed = [text(step.line) for step in gd.derive(expr, "x").steps]
        assert len(set(printed)) == len(printed)


def test_the_law_that_is_said_is_the_law_that_is_used() -> None:
    for expr, says in (
        ("2**t", "exponential rule: d/dx [cˣ] = cˣ log(c)"),
        ("exp(t)", "exponential rule: d/dx [eˣ] = eˣ"),
        ("cbrt(t)", "power rule: d/dx [x^(1/n)] = 1/(n (x^(1/n))ⁿ⁻¹)"),
        ("sqrt(t)", "power rule: d/dx [√x] = 1/(2 √x)"),
    ):
        reason = gd.derive(expr, "t").steps[0].reason
        assert "".join(part if isinstance(part, str) else text(part, partial=False) for part in reason) == says


def test_short_ends() -> None:
    for expr, end in (
        ("1/log(t)", "-1/(t log(t)²)"),
        ("1/sqrt(t)", "-1/(2 t^(3/2))"),
        ("t/(t**2 + 1)", "(1 - t²)/(t² + 1)²"),
        ("(exp(t) - exp(-t))/(exp(t) + exp(-t))", "4/(eᵗ + e⁻ᵗ)²"),
        ("cot(2*t + 1)", "-2 (cot(2t + 1)² + 1)"),
        ("erf(t**2/4)", "t exp(-t⁴/16)/√π"),
        ("Max(t, t**2)", "{1 if t > t²; 2t if t < t²; (1 + 2t)/2 otherwise}"),
        ("Max(0, t)", "{0 if t < 0; 1 if t > 0; 1/2 otherwise}"),
    ):
        assert last(gd.derive(expr, "t")) == end
    t = symbols("t")
    assert last(gd.derive(log(5 + sympy.Max(t, y[1])), t)).startswith("1/(5 + max(t, y₁)) {1 if")


def test_empty_products_are_1() -> None:
    assert last(gd.derive(sympy.Product(w[i], (i, 1, n)), (w[1], w[2]))) == "Πₗ₌₃ⁿ wₗ"


def test_a_named_quotient_is_put_in_order_before_it_goes_on() -> None:
    q = symbols("q", integer=True)
    share = exp(Sum(W[c, j] * x[i, j], (j, 1, n))) / Sum(exp(Sum(W[q, j] * x[i, j], (j, 1, n))), (q, 1, K))
    cost = gd.Cost(-Sum(log(p[i, y[i]]), (i, 1, m)) / m, [W], where={p[i, c]: share})
    d = cost.partial(W)
    assert last(d) == "1/m Σᵢ₌₁ᵐ (pᵢₖ - δ[yᵢ, k]) xᵢₗ"
    assert d.result.has(p) and not d.expanded.has(p)


def test_second_derivatives_are_sorted_by_their_deltas() -> None:
    rosenbrock = Sum(100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2, (i, 1, n - 1))
    assert last(gd.derive(rosenbrock, (x[k], x[l]))) == (
        "{2 (600 xₖ² - 200xₖ₊₁ + 1) δₖₗ - 400xₖ δ[k + 1, l] if k ≤ n - 1; 0 otherwise}"
        " + {200 (δₖₗ - 2xₖ₋₁ δ[k - 1, l]) if 2 ≤ k; 0 otherwise}"
    )


def test_constants_stand_in_front_of_an_integral() -> None:
    d = gd.derive("Integral(exp(-x*t**2), (t, 0, 1))", "x")
    assert last(d) == "-∫₀¹ t² exp(-x t²) dt"
    assert d.steps[0].reason == ("Leibniz integral rule: the ends are fixed, the integrand changes",)
    assert last(gd.derive("Integral((w*t - 1)**2, (t, 0, 1))", "w")) == "2 ∫₀¹ (w t - 1) t dt"


def test_deltas_leave_case_distinctions_one_by_one() -> None:
    d = gd.derive(Sum(sympy.Max(0, x[i + 1] - x[i]), (i, 1, n - 1)), x[k])
    assert not d.result.has(sympy.KroneckerDelta, Sum)
    assert last(d).count("{0 if") == 2
    kinks = gd.derive(Sum(sympy.Max(0, x[i] - x[j]), (i, 1, n), (j, 1, n)), x[k])
    assert not kinks.result.has(sympy.KroneckerDelta)
    assert all(len(total.limits) == 1 for total in kinks.result.atoms(Sum))


def test_exponents_with_letters_are_added() -> None:
    assert last(gd.derive("x**k*x", "x")) == "(k + 1) xᵏ"
    assert last(gd.derive("x**k*log(x)", "x")) == "xᵏ⁻¹ (k log(x) + 1)"
    assert last(gd.derive("(t*exp(-x))**k", "x")) == "-k (t e⁻ˣ)ᵏ"
    assert last(gd.derive("log(x**k)", "x")) == "k/x"
    assert last(gd.derive("(x**k)**2", "x")) == "2k x²ᵏ⁻¹"
    assert last(gd.derive("x**k*x**(-k)", "x")) == "0"
    assert last(gd.derive("x**(1/x)", "x")) == "x^(1/x) (1 - log(x))/x²"


def test_quotients_of_sines_have_a_name() -> None:
    assert last(gd.derive("log(cos(x))", "x")) == "-tan(x)"
    assert last(gd.derive("log(sin(x))", "x")) == "cot(x)"
    d = gd.derive("log(cosh(w*x - y))", "x")
    assert last(d) == "w tanh(w x - y)" and said(d) == "simplify: sinh(u)/cosh(u) = tanh(u) with u = w x - y"
    assert last(gd.derive("u*(sin(x)/cos(x))", "u")) == "sin(x)/cos(x)"  # as typed


def test_a_factor_of_every_term_leaves_the_bracket() -> None:
    """Attention, and the temperature of a contrastive loss."""
    P, Q, V = map(IndexedBase, "PQV")
    t = symbols("t")
    weights = exp(Sum(P[j, l] * Q[i, l], (l, 1, n)))
    attention = Sum(y[i] * Sum(V[j] * weights, (j, 1, m)) / Sum(weights, (j, 1, m)), (i, 1, m))
    assert " (Vₖ - (Σⱼ₌₁ᵐ Vⱼ exp(" in last(gd.derive(attention, P[k, c]))
    score = Sum(P[i, l] * Q[i, l], (l, 1, n)) / t - log(Sum(exp(Sum(P[i, l] * Q[j, l], (l, 1, n)) / t), (j, 1, m)))
    assert last(gd.derive(-Sum(score, (i, 1, m)) / m, P[k, c])).endswith(")/(m t)")
    ridge = gd.derive(Sum((w[1] * x[i, 1] - y[i]) ** 2, (i, 1, m)) / (2 * m) + t * w[1] ** 2 / (2 * m), w[1])
    assert last(ridge).endswith("t w₁/m")  # two terms, each over m: as typed


def test_decimals_are_calculated_as_they_were_written() -> None:
    b = symbols("b")
    cost = gd.Cost(0.5 * Sum((b * x[i] - y[i]) ** 2, (i, 1, m)) / m + 0.1 * b**2, [b])
    d = cost.partial(b)
    assert last(d) == "1/m Σᵢ₌₁ᵐ (b xᵢ - yᵢ) xᵢ + 0.2 b"
    assert d.result == Sum((b * x[i] - y[i]) * x[i], (i, 1, m)) / m + 0.2 * b
    assert text(d.steps[0].lhs) == "∂/∂b [0.5/m Σᵢ₌₁ᵐ (b xᵢ - yᵢ)² + 0.1 b²]"
    assert last(gd.derive("x**0.5", "x")) == "0.5 x^(-0.5)"
    assert last(gd.derive("x**1.5*y", "x")) == "1.5 x^0.5 y"
    assert last(gd.derive("0.25*(0.1*x - 3)**2", "x")) == "0.05 (0.1 x - 3)"
    assert last(gd.derive("0.1*w + 0.2*w + 7", "w")) == "0.3"  # not 0.30000000000000004
    assert last(gd.derive("0.123456789*0.987654321*x**2", "x")) == "2 · 0.123456789 · 0.987654321 x"  # too many digits


def test_a_factor_cancels_with_a_power_of_a_product() -> None:
    assert last(gd.derive("1/(x*y)", "x")) == "-1/(x² y)"
    assert last(gd.derive("(x*y)**3/y", "x")) == "3 x² y²"
