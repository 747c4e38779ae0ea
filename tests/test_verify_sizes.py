"""Claims that are right at small sizes and wrong at larger ones, or from a number on that stands in them."""

from __future__ import annotations

import pytest
import sympy as sp
from test_verify_steps import W, X, add, at, cases, fn, i, j, k, m, mul, power, q, total, wk, x, xi

import gdsym as gd
from gdsym.verify import agree
from gdsym.written.nodes import TRUE, Delta, Div, Neg, Node, Num, Rel

FALSE: dict[str, tuple[Node, Node]] = {
    "a factor that is 0 at sizes 1, 2, 3, 5": (total(xi), add(total(xi), mul(*(add(m, -s) for s in (1, 2, 3, 5))))),
    "another term from 7 on": (total(xi), total(cases(xi, Rel("<", i, Num(7)), mul(2, xi), TRUE))),
    "another value from 41 on": (total(xi), mul(total(xi), cases(1, Rel("<=", m, Num(40)), 2, TRUE))),
    "an entry beyond the ninth": (wk, cases(wk, Rel("<=", k, Num(9)), 0, TRUE)),
    "one entry": (total(xi), total(cases(xi, Rel("!=", i, Num(25)), 0, TRUE))),
    "a delta at 20": (total(mul(Delta(i, Num(20)), xi)), Num(0)),
    "a shorter sum": (total(xi), total(xi, upper=fn("Min", m, 10))),
    "a shorter inner sum": (total(total(at(X, i, j), j, q)), total(total(at(X, i, j), j, fn("Min", q, 6)))),
    "a remainder by 7": (total(mul(fn("Mod", i, 7), xi)), total(mul(i, xi))),
    "a floor": (total(mul(fn("floor", Div(i, Num(9))), xi)), Num(0)),
    "w_k^j to the eleventh": (power(x, k), cases(power(x, k), Rel("<", k, Num(11)), power(x, 11), TRUE)),
    "a maximum from 61 on": (total(xi), add(total(xi), fn("Max", 0, add(m, -60)))),
    "a maximum of squares": (total(xi), add(total(xi), fn("Max", 0, add(power(m, 2), -3600)))),
    "a maximum from 3,001 on": (total(xi), add(total(xi), fn("Max", 0, add(m, -3000)))),
    "a sign in a sum": (total(xi), total(mul(xi, fn("sign", add(100, Neg(i)))))),
    "a maximum in a sum in a sum": (total(total(at(X, i, j), j, q)), total(total(add(at(X, i, j), fn("Max", 0, add(j, -60))), j, q))),
    "a shorter sum in a sum": (total(total(at(X, i, j), j, q)), total(total(at(X, i, j), j, fn("Min", q, 150)))),
    "one size beyond the other": (add(total(xi), total(at(W, j), j, q)), add(total(xi), total(at(W, j), j, q), fn("Max", 0, add(m, Neg(q), -60)))),
    "a condition on the index": (power(wk, 2), add(power(wk, 2), fn("Max", 0, add(k, -50)))),
    "two sizes": (add(total(xi), total(at(W, j), j, q)), add(total(xi), cases(total(at(W, j), j, q), Rel("<", q, Num(8)), 0, TRUE))),
}  # fmt: skip

TRUE_CLAIMS: dict[str, tuple[Node, Node]] = {
    "a sum": (total(mul(2, xi)), mul(2, total(xi))),
    "three sums": (total(total(total(mul(2, at(X, i, j, k)), k, q), j, q)), mul(2, total(total(total(at(X, i, j, k), k, q), j, q)))),
    "an entry of a sum, if there is one": (total(mul(Delta(i, Num(20)), xi)), cases(at(X, 20), Rel(">=", m, Num(20)), 0, TRUE)),
    "one sum in two": (total(cases(xi, Rel("<", i, Num(7)), 0, TRUE)), total(xi, upper=fn("Min", m, 6))),
    "a maximum that is one side": (total(fn("Max", i, 60)), add(total(add(fn("Max", 0, add(i, -60)), 60)))),
    "minus": (total(Neg(cases(xi, Rel("<", i, Num(70)), 1, TRUE))), Neg(total(cases(xi, Rel("<", i, Num(70)), 1, TRUE)))),
}  # fmt: skip


@pytest.mark.parametrize("name", FALSE)
@pytest.mark.parametrize("room", [True, False])
def test_what_goes_wrong_later_is_refuted(name: str, room: bool) -> None:
    left, right = FALSE[name]
    assert agree(left, right, room=room).verdict == "refuted"


@pytest.mark.parametrize("name", TRUE_CLAIMS)
def test_what_is_right_stays_right(name: str) -> None:
    left, right = TRUE_CLAIMS[name]
    assert agree(left, right, room=False), agree(left, right, room=False)
    assert agree(left, right), agree(left, right)


def test_a_gradient_that_is_wrong_from_seven_on_is_wrong() -> None:
    i, m = sp.symbols("i m", integer=True, positive=True)
    w = sp.Symbol("w")
    X = sp.IndexedBase("x")
    cost = sp.Sum((w * X[i]) ** 2, (i, 1, m))
    right = 2 * w * sp.Sum(X[i] ** 2, (i, 1, m))
    assert gd.check(cost, w, right).ok
    found = gd.check(cost, w, right + sp.Piecewise((0, m < 7), (w, True)))
    assert not found.ok and found.counterexample is not None and found.counterexample[m] >= 7
    polynomial = gd.check(cost, w, right + (m - 1) * (m - 2) * (m - 3) * (m - 5))
    assert not polynomial.ok and polynomial.counterexample is not None


@pytest.mark.slow
@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("beyond", ["Max(0, m - 9)", "Max(0, n - 9)", "Piecewise((1, m > 12), (0, True))"])
@pytest.mark.parametrize("inner", ["{}", "tanh({})"], ids=["linear", "a sigmoid"])
def test_a_gradient_that_is_wrong_at_larger_sizes_is_wrong(inner: str, beyond: str, first: int) -> None:
    """The entry has an index within the range of w: a point where m is 10 and the index outside said nothing."""
    row = inner.format(f"Sum(X[i, j]*w[j], (j, {first}, n - 1 + {first}))")
    samples = f"(i, {first}, m - 1 + {first})"
    slope = f"2*Sum(({row} - y[i])*X[i, k]*{'1' if inner == '{}' else f'(1 - {row}**2)'}, {samples})"
    cost = f"Sum(({row} - y[i])**2, {samples})"
    assert gd.check(cost, "w[k]", slope).ok
    assert not gd.check(cost, "w[k]", f"({slope})*(1 + {beyond})").ok
    assert not gd.check(cost, "w[k]", f"{slope} + {beyond}").ok


FAR = "(m - 1)*(m - 2)*(m - 3)*(m - 4)*(m - 5)"  # 0 at all small sizes
RESIDUAL = "(tanh(Sum(X[i, j]*w[j], (j, 1, n))) - y[i])"
SLOPE = f"Sum({RESIDUAL}*X[i, k]*(1 - tanh(Sum(X[i, j]*w[j], (j, 1, n)))**2), (i, 1, m))"


@pytest.mark.slow
@pytest.mark.parametrize(
    "beyond",
    [
        f"KroneckerDelta(k, 1)*{FAR}",
        f"KroneckerDelta(k, 2)*{FAR.replace('m', 'n')}",
        f"KroneckerDelta(k, n)*{FAR}",
        "Piecewise((1, Eq(k, 1) & (m > 8)), (0, True))",
        "Piecewise((1, k > m), (0, True))",
        "KroneckerDelta(k, 3)*KroneckerDelta(n, 5)",
        "KroneckerDelta(k, 3)*KroneckerDelta(m, 2)",
        "KroneckerDelta(m, 4)*KroneckerDelta(n, 7)",
        "KroneckerDelta(m, 1)*KroneckerDelta(n, 1)",
        "KroneckerDelta(m, 1)*KroneckerDelta(k, n)",
        "KroneckerDelta(m, 1)*KroneckerDelta(k, 2)",
        "Piecewise((1, w[k] > 10**6), (0, True))",
        "(m - 1)*(m - 2)*(m - 3)*(m - 4)*(m - 5)*(m - 17)*(m - 18)",
    ],
)
def test_a_gradient_that_is_wrong_at_one_index_and_size_is_wrong(beyond: str) -> None:
    cost = f"Sum({RESIDUAL}**2, (i, 1, m))/2"
    assert not gd.check(cost, "w[k]", f"{SLOPE}*(1 + {beyond})").ok


def test_an_index_beyond_a_size_that_does_not_bound_it_says_nothing_of_the_others() -> None:
    assert gd.check(f"Sum({RESIDUAL}**2, (i, 1, m))/(2*m)", "w[k]", f"{SLOPE}*(2 - k/k)/m").ok
    assert gd.check("Sum(w[n + 1 - j]*x[j], (j, 1, n))/m", "w[k]", "x[n + 1 - k]*k/(k*m)").ok


def test_a_long_sum_beside_another_does_not_hide_its_sizes() -> None:
    """800 terms of one sum beside m of the other are added up, also for m = 25."""
    left, right = "Sum(i, (i, 1, m)) + Sum(j, (j, 1, 800))", "m*(m + 1)/2 + 320400"
    assert agree(gd.read(left), gd.read(right))
    assert not agree(gd.read(left), gd.read(f"{right} + Piecewise((1, Eq(m, 25)), (0, True))"))
