"""What is said of a kink is so: a slope that has no value there has no convention, and a power may be smooth."""

from __future__ import annotations

import pytest

import gdsym as gd

CONVENTION = "; there sign(0) = 0, an element of [-1, 1], is used by convention"


def _said(expr: str, wrt: str) -> str:
    said = " ".join(gd.derive(expr, wrt).text().split("\n\n")[-1].split())
    return said[: said.index(" lines")].rsplit(" ", 1)[0]


@pytest.mark.parametrize(
    ("expr", "wrt", "said"),
    [
        ("sqrt(Abs(x))", "x", "not differentiable where x = 0; there the slope has no value"),
        ("Abs(x - y)**(1/3)", "x", "not differentiable where x - y = 0; there the slope has no value"),
        ("sqrt(Abs(sin(x)))", "x", "not differentiable where sin(x) = 0; there the slope has no value"),
        ("sqrt(Max(0, x))", "x", "not differentiable where x = 0; there the slope has no value"),
        ("Sum(sqrt(Abs(w[j])), (j, 1, n))", "w[k]", "not differentiable where wₖ = 0; there the slope has no value"),
        (
            "Sum(sqrt(Abs(x*a[j] - b[j])), (j, 1, n))",
            "x",
            "not differentiable where x aⱼ - bⱼ = 0 for some j with aⱼ ≠ 0; there the slope has no value",
        ),
        (
            "Sum(Abs(Sum(w[j], (j, 1, i))), (i, 1, n))",
            "w[k]",
            "not differentiable where Σⱼ₌₁ⁱ wⱼ = 0 for some i with k ≤ i" + CONVENTION,
        ),
        (
            "Sum(Abs(Sum(w[j]*x[i, j], (j, 1, i))), (i, 1, n))",
            "w[k]",
            "not differentiable where Σⱼ₌₁ⁱ wⱼ xᵢⱼ = 0 for some i with k ≤ i and xᵢₖ ≠ 0" + CONVENTION,
        ),
        ("2*Abs(x)**p", "x", "for p ≤ 1 not differentiable where x = 0" + CONVENTION),
        ("Abs(sin(x))**(p + 2)", "x", "for p ≤ -1 not differentiable where sin(x) = 0" + CONVENTION),
        ("Sum(Abs(w[j])**p, (j, 1, n))", "w[k]", "for p ≤ 1 not differentiable where wₖ = 0" + CONVENTION),
        ("Abs(x)/(x - 1)", "x", "not differentiable where x = 0" + CONVENTION),
        ("asin(Abs(x))", "x", "not differentiable where x = 0" + CONVENTION),
    ],
)
def test_a_kink_is_told_as_it_is(expr: str, wrt: str, said: str) -> None:
    assert _said(expr, wrt) == said
