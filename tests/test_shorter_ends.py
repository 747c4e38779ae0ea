"""Last lines in which numbers, letters and equal sums meet."""

from __future__ import annotations

import pytest

import gdsym as gd


@pytest.mark.parametrize(
    ("cost", "by", "end"),
    [
        (
            "Sum((x[i] - a*s*e[i])**2, (i, 1, m))/2 + (mu**2 + s**2 - 1 - log(s**2))/2",
            "s",
            "-a Σᵢ₌₁ᵐ (xᵢ - a s eᵢ) eᵢ + s - 1/s",
        ),
        (
            "-t**2*Sum(exp(z[c]/t)/Sum(exp(z[l]/t), (l, 1, K))*log(exp(w[c]/t)/Sum(exp(w[l]/t), (l, 1, K))), (c, 1, K))",
            "w[k]",
            "t (exp(wₖ/t)/(Σ[l=1..K] exp(wₗ/t)) - exp(zₖ/t)/(Σ[l=1..K] exp(zₗ/t)))",
        ),
        (
            "-Sum(log(exp(s[i, i]/t)/Sum(exp(s[i, j]/t), (j, 1, n))), (i, 1, n))/n",
            "t",
            "1/(n t²) Σᵢ₌₁ⁿ (sᵢᵢ - (Σⱼ₌₁ⁿ exp(sᵢⱼ/t) sᵢⱼ)/(Σⱼ₌₁ⁿ exp(sᵢⱼ/t)))",
        ),
        (
            "-Sum(exp(w[i])/Sum(exp(w[j]), (j, 1, n))*log(exp(w[i])/Sum(exp(w[j]), (j, 1, n))), (i, 1, n))",
            "w[k]",
            "exp(wₖ) ((Σᵢ₌₁ⁿ exp(wᵢ) log(exp(wᵢ)/(S)))/(S) - log(exp(wₖ)/(S)))/(S)".replace("S", "Σⱼ₌₁ⁿ exp(wⱼ)"),
        ),
        ("Sum(Integral(exp(-w[j]*t**2), (t, 0, 1)), (j, 1, n))", "w[k]", "-∫₀¹ t² exp(-wₖ t²) dt"),
        (
            "Sum(KroneckerDelta(i, j + 1)*w[i]*w[j], (i, 1, n), (j, 1, n))",
            "w[k]",
            "{wₖ₋₁ if 2 ≤ k; 0 otherwise} + {wₖ₊₁ if k + 1 ≤ n; 0 otherwise}",
        ),
        ("-Sum(1 + v[j] - mu[j]**2 - exp(v[j]), (j, 1, n))/2", "v[k]", "1/2 (exp(vₖ) - 1)"),
        ("Sum((y[i] - Sum(x[j], (j, 1, i)))**2, (i, 1, n))", "x[k]", "-2 Σᵢ₌ₖⁿ (yᵢ - Σⱼ₌₁ⁱ xⱼ)"),
        (
            "Sum(Sum((Sum(W[l, i]*W[l, j], (l, 1, m)) - KroneckerDelta(i, j))**2, (j, 1, n)), (i, 1, n))",
            "W[k, p]",
            "4 Σⱼ₌₁ⁿ Wₖⱼ Σₗ₌₁ᵐ Wₗₚ Wₗⱼ - 4Wₖₚ",
        ),
    ],
)
def test_the_last_line(cost: str, by: str, end: str) -> None:
    d = gd.derive(cost, by)
    assert str(d.steps[-1].line) == end
    assert all(step.check for step in d.steps)


def test_rows_break_before_a_function_and_not_within_it() -> None:
    mixture = "-Sum(log(Sum(a[c]*exp(-(x[i] - mu[c])**2/(2*s[c]**2))/(sqrt(2*pi)*s[c]), (c, 1, K))), (i, 1, m))"
    shown = str(gd.derive(mixture, "mu[k]"))
    assert max(map(len, shown.splitlines())) <= 100
    assert "exp(-(xᵢ\n" not in shown
    assert "exp(-(xᵢ - μₖ)²/(2 sₖ²))/(Σ" in shown
