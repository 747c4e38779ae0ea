"""|x[n - i]|, which SymPy takes for the root of conjugate(x[-(i - n)]) x[n - i]."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import Abs, IndexedBase, Max, Sum, conjugate, symbols

import gdsym as gd

i, k, n = symbols("i k n", integer=True, positive=True)
z = symbols("z")
x, y = IndexedBase("x"), IndexedBase("y")


@pytest.mark.parametrize(
    ("cost", "shown", "end"),
    [
        (Sum(Abs(x[n - i]), (i, 0, n - 1)), "Σᵢ₌₀ⁿ⁻¹ |xₙ₋ᵢ|", "sign(xₖ)"),
        (Sum(Abs(x[n - i]) ** 3, (i, 0, n - 1)), "Σᵢ₌₀ⁿ⁻¹ |xₙ₋ᵢ|³", "3xₖ |xₖ|"),
        (Sum(Abs(x[n - i]) ** 2, (i, 0, n - 1)), "Σᵢ₌₀ⁿ⁻¹ xₙ₋ᵢ²", "2xₖ"),
        (Sum(Abs(x[n - i] - x[i]), (i, 1, n - 1)), "Σᵢ₌₁ⁿ⁻¹ |xₙ₋ᵢ - xᵢ|", "sign(xₖ - xₙ₋ₖ) - sign(xₙ₋ₖ - xₖ)"),
        (Sum(Max(Abs(x[n - i]), 1), (i, 1, n - 1)), "Σᵢ₌₁ⁿ⁻¹ max(1, |xₙ₋ᵢ|)", ""),
        (Sum(Abs(2 * x[n - i] - 3), (i, 1, n - 1)), "Σᵢ₌₁ⁿ⁻¹ |2xₙ₋ᵢ - 3|", "2 sign(2xₖ - 3)"),
    ],
)
def test_sizes_of_entries_counted_backwards_are_derived(cost: Any, shown: str, end: str) -> None:
    d = gd.derive(cost, x[k])
    assert d.check and shown in str(d) and all(step.check for step in d.steps)
    assert end in str(d.steps[-1].line)
    assert gd.check(cost, x[k], d.result).ok


def test_an_index_that_begins_with_a_minus_is_opened() -> None:
    d = gd.derive(Sum(Abs(x[n - i] * y[i]), (i, 1, n - 1)), y[k])
    assert d.check and "|yᵢ xₙ₋ᵢ|" in str(d)


@pytest.mark.parametrize("cost", [conjugate(z) * z, Sum(conjugate(x[i]) * y[i], (i, 1, n)), conjugate(x[1])])
def test_conjugates_that_somebody_wrote_are_refused(cost: Any) -> None:
    with pytest.raises(gd.ComplexInput, match="conjugate"):
        gd.derive(cost, z if cost.has(z) else x[k])
