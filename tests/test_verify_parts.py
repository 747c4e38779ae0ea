"""What the judge takes a name for (a size, an index, a label, an entry under a condition) is no reason to accept a claim."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import (
    Abs,
    Eq,
    Expr,
    IndexedBase,
    KroneckerDelta,
    Max,
    Mod,
    Ne,
    Piecewise,
    Product,
    S,
    Sum,
    exp,
    factorial,
    sech,
    sqrt,
    symbols,
)

from gdsym.verify import agree
from gdsym.written.from_sympy import from_sympy
from gdsym.written.nodes import D

w = symbols("w")
b, i, j, k, l, m, q, z = symbols("b i j k l m q z", integer=True)
a, x, y = map(IndexedBase, "axy")
c = IndexedBase("c", integer=True)


def total(body: Expr, index: Expr = i, size: Expr = m) -> Expr:
    return Sum(body, (index, 1, size))


def only(condition: Any) -> Expr:
    return Piecewise((1, condition), (0, True))


def even(whole: Expr) -> Expr:
    return (1 + (-1) ** whole) / 2


SUM, PAIRS = total(x[i]), total(total(x[i] * y[k], k))
TABLE, SLOPE = total(total(a[i, j], j, q)), total(a[i, k] * a[i, l])
PICKED, CHOSEN = total(x[i] * KroneckerDelta(i, k)), total(total(a[i, l] * KroneckerDelta(l, c[i]), l, q))
AROUND = Sum(KroneckerDelta(k, i) * x[i] + KroneckerDelta(k, i + 3) * x[i], (i, 1, m - 3))

ADDED: dict[
    str, tuple[Expr, Expr]
] = {  # a true formula, and what is 0 at the sizes and indices that are looked at first
    "an even size": (SUM, even(m) * m * (m - 2)),
    "no size of 1, 2, 3, 5, 17": (SUM, (m - 1) * (m - 2) * (m - 3) * (m - 5) * (m - 17)),
    "a size of 6": (PAIRS, (m - 2) * only(Eq(Mod(m, 4), 2))),
    "two even sizes": (TABLE, even(m) * even(q)),
    "a size of 1 beside labels": (CHOSEN, only(Eq(m, 1))),
    "a size of 1 beside another": (total(x[i] * y[c[i]]) + total(y[l], l, q), only(Eq(m, 1))),
    "in the middle": (SUM * x[k], only((k > 3) & (k < m - 3))),
    "between": (PICKED, only((k > 2) & (k < m - 1))),
    "the last but one": (PICKED, only(Eq(k, m - 1) & (k > 2))),
    "the last": (PICKED, only(Eq(k, m)) * (m - 1) * (m - 2) * (m - 3)),
    "the first of many": (SUM * x[k], only(Eq(k, 1) & (m > 8))),
    "a multiple": (SUM, (m - 5) * only(Eq(Mod(m, 5), 0))),
    "equal and large": (PICKED * x[l], only(Eq(k, l) & (k > 3))),
    "an odd difference": (SLOPE, even(k + l) * (k - l)),
    "a label": (total(x[i] * y[c[i]]) + total(y[l], l, q), total(only(Eq(c[i], 4)) * x[i])),
    "opposite and large": (w + 0 * z, only(Eq(z + b, 0) & (z > 6))),
    "opposite labels": (w + 0 * z, only(Eq(c[i] + c[k], 0) & (c[i] > 5))),
    "two conditions in a sum": (SUM, total(y[i] * only(Eq(x[i] ** 2, y[i] ** 2) & (x[i] > 5)))),
    "a pair far apart": (PAIRS, total(total(only(Eq(x[i] - x[k], S(7) / 3)), k))),
    "a pair apart and large": (PAIRS, total(total(only(Eq(x[i] - x[k], S(1) / 3) & (x[i] > 3)), k))),
    "a narrow pair": (PAIRS, total(total(sech(10**4 * (x[i] - x[k] - S(1) / 2)), k))),
    "an opposite pair": (PAIRS, total(total(exp(-(10**6) * (x[i] + x[k]) ** 2) * (1 - KroneckerDelta(i, k)), k))),
    "another entry": (SUM, total(exp(-1000 * (x[i] - x[k]) ** 2) - KroneckerDelta(i, k), k)),
}


@pytest.mark.parametrize("room", [True, False])
@pytest.mark.parametrize("name", ADDED)
def test_what_is_wrong_where_nobody_looks_is_refused(name: str, room: bool) -> None:
    formula, extra = ADDED[name]
    assert agree(from_sympy(formula + extra), from_sympy(formula), room=room).verdict == "refuted"


def test_the_middle_of_a_window() -> None:
    """All three pieces are wrong in one place only: where an entry has neighbours on both sides."""
    claim = Piecewise(
        (x[k], (k <= 3) & (k <= m - 3)),
        (x[k - 3], (k > m - 3) & (k > 3)),
        (0, k > m - 3),
        (x[k] + 2 * x[k - 3], True),
    )
    assert agree(from_sympy(AROUND), from_sympy(claim)).verdict == "refuted"


def test_a_product_at_an_even_size() -> None:
    claim = factorial(m) + even(m) * (m - 2)
    assert agree(from_sympy(Product(i, (i, 1, m))), from_sympy(claim)).verdict == "refuted"
    assert agree(from_sympy(Product(i, (i, 1, m))), from_sympy(factorial(m)))


@pytest.mark.parametrize("at", [1, 2])
def test_every_entry_before_the_first_term_is_an_entry(at: int) -> None:
    """A sum from 3 has no term for w_1 and w_2."""
    from_third = Sum(x[i] * KroneckerDelta(i, k), (i, 3, m))
    wrong = from_third + KroneckerDelta(k, at) * w
    assert agree(from_sympy(wrong), from_sympy(from_third), room=False).verdict == "refuted"


@pytest.mark.parametrize("given", [m > 3, Ne(m, 0)])
def test_a_condition_on_a_size_leaves_several(given: Any) -> None:
    wrong = SUM * (1 + (m - 1) * (m - 2) * (m - 3) * (m - 4) * (m - 5) * (m - 17))
    assert agree(from_sympy(wrong), from_sympy(SUM), given=given).verdict == "refuted"
    assert agree(from_sympy(total(2 * x[i])), from_sympy(2 * SUM), given=given)


def test_a_condition_on_an_index_leaves_the_middle() -> None:
    given = (k > 1) & (k < m)
    assert agree(from_sympy(SUM * (x[k] + even(k) * (k - 2))), from_sympy(SUM * x[k]), given=given).verdict == "refuted"


@pytest.mark.parametrize(("there", "right"), [(0, True), (1, False)])
def test_a_slope_that_the_chain_rule_does_not_find_is_compared(there: int, right: bool) -> None:
    """sqrt(max(w, 0)) is 0 for w < 0, and so is its slope, though 1/sqrt(0) has no value."""
    slope = D(from_sympy(sqrt(Max(w, 0))), from_sympy(w))
    claim = Piecewise((1 / (2 * sqrt(w)), w > 0), (0, w > -3), (there, True))
    assert bool(agree(slope, from_sympy(claim), slope=slope)) is right


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(120))
def test_a_condition_on_each_entry_holds_for_all_that_a_sum_takes(seed: int) -> None:
    """Five entries may be positive by chance, and the seventeenth not."""
    lengths = from_sympy(total(Abs(x[i])))
    assert agree(lengths, from_sympy(SUM), given=x[i] > 0, seed=seed)
    if seed < 3:
        late = SUM + Piecewise((0, m < 7), (w, True))
        assert agree(lengths, from_sympy(late), given=x[i] > 0, seed=seed).verdict == "refuted"
