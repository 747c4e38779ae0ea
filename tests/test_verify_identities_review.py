"""Claims that look like arithmetic and are none: comparisons of parts of whole numbers, indices that stand for one another, large numbers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sympy as sp
from test_verify_identities import _identity, _same, _values
from test_verify_steps import ONE, W, X, a, add, at, cases, fn, j, k, l, mul, power, q, total, x, y

from gdsym.written.nodes import TRUE, Delta, Div, Neg, Node, Num, Rel, Root

halved = Div(k, Num(2))
over_rows = total(Div(ONE, at(X, l, j)), l, q)
over_diagonal = total(Div(ONE, at(X, l, l)), l, q)


def _chosen_in_each(inner: Node) -> Node:
    """A sum over j of cases whose first value needs `inner`, and is another number."""
    return total(cases(add(at(W, j), mul(0, inner)), Rel(">", x, y), 1, TRUE), j, q)


NO_LAW: dict[str, tuple[Node, Node, object]] = {
    "a half of an index is compared": (
        mul(at(W, k), cases(1, Rel(">", k, Num(1)), 0, TRUE), cases(1, Rel(">", halved, Num(0)), 0, TRUE)),
        mul(0, at(W, k)),
        TRUE,
    ),
    "the same in another order": (
        mul(at(W, k), cases(1, Rel(">", halved, Num(0)), 0, TRUE), cases(1, Rel(">", k, Num(1)), 0, TRUE)),
        mul(0, at(W, k)),
        TRUE,
    ),
    "an index that is set to a half": (
        add(cases(1, Rel(">", k, Num(0)), 0, TRUE), total(Delta(j, k), j, q)),
        add(cases(1, Rel(">=", k, Num(1)), 0, TRUE), total(Delta(j, k), j, q)),
        sp.Eq(k.symbol, a.symbol / 2),
    ),
    "entries of a column, of the diagonal": (_chosen_in_each(over_rows), _chosen_in_each(over_diagonal), TRUE),
    "entries of the diagonal, of a column": (_chosen_in_each(over_diagonal), _chosen_in_each(over_rows), TRUE),
}


@pytest.mark.parametrize("name", NO_LAW)
def test_no_law_of_arithmetic(name: str) -> None:
    lhs, rhs, given = NO_LAW[name]
    assert not _same(_values(lhs, rhs, given, 200), partly=False)
    assert not _identity(lhs, rhs, given)


def _again(u: Node, step: Callable[[Node], Node], times: int) -> Node:
    for _ in range(times):
        u = step(u)
    return u


LARGE: dict[str, Node] = {
    "a number squared forty times": mul(x, _again(Num(3), lambda u: power(u, 2), 40)),
    "a function in a function": total(_again(at(X, j), lambda u: fn("sin", u), 150), j, q),
    "a root in a root": _again(x, lambda u: Root(add(1, power(u, 2)), Num(2)), 100),
}


@pytest.mark.parametrize("name", LARGE)
def test_what_is_too_large_is_left_to_numbers(name: str) -> None:
    assert not _identity(mul(2, LARGE[name]), add(LARGE[name], LARGE[name]))


def test_sums_over_one_range_are_not_put_in_every_order() -> None:
    """The fourth power of a sum of sums: eight indices, in a hundred products."""
    from_2 = add(total(at(X, l, k), l, k, 2), total(at(X, l, k), l, q, add(k, 1)))
    chosen = total(mul(cases(1, Rel("<=", l, q), 0, TRUE), at(X, l, k)), l, q, 2)
    left, right = total(chosen, j, q, k), total(power(from_2, 2), j, q, k)
    given = sp.Ge(k.symbol, 1)
    assert not _identity(power(power(left, 2), 2), power(right, 2), given)


def test_twelve_sums_over_one_range_have_too_many_orders() -> None:
    whole = total(at(X, j), j, q)
    assert not _identity(power(whole, 12), power(whole, 11))
    assert _identity(mul(power(whole, 6), power(whole, 6)), power(whole, 12)) == "everywhere"


def test_a_high_power_of_a_root_is_left_to_numbers() -> None:
    assert not _identity(power(Root(x, Num(2)), 10**8), power(x, 5 * 10**7))


def test_a_high_power_of_0_is_0() -> None:
    assert _identity(power(add(x, Neg(x)), 10**9), Num(0)) == "everywhere"
