"""A counterexample can be typed in: its arrays are as long as its sizes say, and the two values come out again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
import sympy

import gdsym as gd

KL = "Sum(p[i]*log(p[i]/(exp(z[i])/Sum(exp(z[j]), (j, 1, n)))), (i, 1, n))"
VARIATION = "Sum((u[i] - f[i])**2, (i, 1, n))/2 + lam*Sum(Abs(u[i + 1] - u[i]), (i, 1, n - 1))"
BACKWARDS = "Sum(Abs(u[i] - u[i - 1]), (i, 1, n)) + Sum((u[i] - f[i])**2, (i, 1, n))/2"
FROM_0 = "Sum((u[i] - f[i])**2, (i, 0, n - 1))/2 + lam*Sum((u[i + 1] - u[i])**2, (i, 0, n - 2))"
FACTORS = "Sum((M[i, j] - Sum(U[i, r]*V[j, r], (r, 1, k)))**2, (i, 1, m), (j, 1, n))"
WRONG: list[tuple[str, str, str, dict[str, tuple[str, ...]]]] = [
    (KL, "z", "np.exp(z)/np.exp(z).sum() - p", {"p": ("1:n",), "z": ("1:n",)}),
    (VARIATION, "u", "u[k] - f[k]", {"u": ("1:n",), "f": ("1:n",)}),
    (BACKWARDS, "u", "u[k] - f[k]", {"u": ("0:n",), "f": ("1:n",)}),
    (FROM_0, "u", "u[k] - f[k]", {"u": ("0:n - 1",), "f": ("0:n - 1",)}),
    (FACTORS, "U", "-3*(M - U@V.T)@V + U", {"M": ("1:m", "1:n"), "U": ("1:m", "1:k"), "V": ("1:n", "1:k")}),
]


@pytest.mark.parametrize(("cost", "wrt", "claim", "shapes"), WRONG, ids=["kl", "tv", "back", "from 0", "factors"])
def test_arrays_are_as_long_as_the_sizes_say(
    cost: str, wrt: str, claim: str, shapes: dict[str, tuple[str, ...]]
) -> None:
    verdict = gd.Cost(cost, [wrt]).check({wrt: claim})
    point = verdict.counterexample
    assert not verdict.ok and point is not None
    found: dict[str, set[tuple[int, ...]]] = {}
    for name in point:
        if isinstance(name, sympy.Indexed):
            found.setdefault(str(name.base), set()).add(tuple(map(int, name.indices)))
    assert found == {name: _places(axes, point) for name, axes in shapes.items()}


def _places(axes: tuple[str, ...], point: Mapping[Any, Any]) -> set[tuple[int, ...]]:
    places: set[tuple[int, ...]] = {()}
    for axis in axes:
        low, high = (
            int(sympy.sympify(end).subs({str(name): value for name, value in point.items()})) for end in axis.split(":")
        )
        places = {(*place, j) for place in places for j in range(low, high + 1)}
    return places


def test_what_is_printed_gives_the_printed_values() -> None:
    """The numbers of the sentence, read off it and put into softmax and its slope by hand."""
    from math import exp

    said = gd.Cost(KL, ["z"]).check({"z": "np.exp(z)/np.exp(z).sum() - p"}).message
    k, p, z = (re.search(rf"\b{name} = (\([^)]*\)|\d+)", said) for name in "kpz")
    assert k and p and z
    at, ps, zs = int(k[1]) - 1, [float(x) for x in p[1][1:-1].split(",")], [float(x) for x in z[1][1:-1].split(",")]
    share = exp(zs[at]) / sum(map(exp, zs))
    theirs, mine = share - ps[at], sum(ps) * share - ps[at]
    assert f"yours {theirs:.10g}, the derivative {mine:.10g}" in said


def test_an_entry_beyond_the_sizes_stays_if_the_claim_asks_for_it() -> None:
    verdict = gd.Cost("Sum(u[i]**2, (i, 1, n))/2", ["u"]).check({"u": "u[k] + 0*u[k + 1] + u[k + 1] - 1"})
    assert not verdict.ok and len([n for n in verdict.counterexample or {} if isinstance(n, sympy.Indexed)]) > 1


def test_labels_that_are_put_in_are_indices() -> None:
    cost = "-Sum(W[y[i], 1]*x[i], (i, 1, m)) + Sum(W[j, 1]**2, (j, 1, K))"
    verdict = gd.Cost(cost, ["W"]).check({"W": "3*W[k, l]"})
    for name, value in (verdict.counterexample or {}).items():
        assert not (isinstance(name, sympy.Indexed) and str(name.base) == "y") or value.is_integer


LINE = "Sum((w*x[i] + b - y[i])**2, (i, 1, m))/(2*m)"
SLOPE = "Sum((w*x[i] + b - y[i])*x[i], (i, 1, m))/m"


def test_an_entry_that_must_be_irrational() -> None:
    x, m, i = sympy.IndexedBase("x"), *sympy.symbols("m i", integer=True)
    cost = sympy.Sum(sympy.Symbol("w") * x[i] ** 2, (i, 1, m))
    wrong = cost.doit().diff("w") + sympy.Piecewise((1, sympy.Eq(x[1], sympy.sqrt(2))), (0, True))
    point = gd.check(cost, "w", wrong).counterexample
    assert point is not None and abs(float(point[x[1]]) - 2**0.5) < 1e-15


def test_a_claim_that_is_wrong_at_very_large_sizes_only() -> None:
    """The numbers of a thousand entries are drawn, and listed to the first ones."""
    verdict = gd.check(LINE, "w", f"{SLOPE} + Piecewise((1, m > 1000), (0, True))")
    assert verdict.counterexample is not None
    assert {value for name, value in verdict.counterexample.items() if str(name) == "m"} == {1001}
