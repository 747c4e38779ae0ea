"""Rules without a law in letters: what docs/rules.md states of each, at 10,000 random instances, in NumPy alone.

u_1, u_2, ... are random functions of x, a value and a slope; the right-hand side of the statement is made of these.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy as sp

import gdsym as gd
from gdsym.rules import RULES

COUNT = 10_000
HANDBOOK = Path(__file__).parent.parent / "docs" / "rules.md"
x, t = sp.symbols("x t")
i, k, m = sp.symbols("i k m", integer=True, positive=True)
A, B, v = map(sp.IndexedBase, "ABv")
f = sp.Function("f")
error = sp.Symbol("Error")
u = [A[j] + B[j] * x for j in range(1, 6)]  # a value and a slope
general = A[i] + B[i] * x


class Draw:
    """10,000 values of a_j and b_j, and of u_j = a_j + b_j x; with `ties`, small whole numbers, so that many are equal."""

    def __init__(self, seed: str, ties: bool = False) -> None:
        rng = np.random.default_rng(list(seed.encode()))
        draw = (
            (lambda: rng.integers(-1, 2, (6, COUNT)).astype(float)) if ties else (lambda: rng.normal(size=(6, COUNT)))
        )
        self.a, self.b, self.v, self.x = draw(), draw(), draw(), draw()[0]
        self.u = self.a + self.b * self.x

    def of(self, expr: Any) -> Any:
        """A SymPy expression in these numbers."""
        names = {A: self.a, B: self.b, v: self.v}
        entries = sorted(expr.atoms(sp.Indexed), key=str)
        letters = [sp.Dummy() for _ in entries]
        function = sp.lambdify([x, *letters], expr.xreplace(dict(zip(entries, letters, strict=True))), "numpy")
        return function(self.x, *(names[e.base][int(e.indices[0])] for e in entries)) + np.zeros(COUNT)


def total(values: Any) -> Any:
    return np.sum(values, axis=0)


def tied(choose: Any) -> Callable[[Draw, int], Any]:
    """The mean of the slopes of all arguments that are as large (small) as the largest (smallest)."""

    def slope(d: Draw, size: int) -> Any:
        values, slopes = d.u[1:4], d.b[1:4]
        best = values == choose(values, axis=0)
        return total(best * slopes) / total(best)

    return slope


def others(d: Draw, size: int) -> Any:
    return total([d.b[j] * np.prod([d.u[l] for l in range(1, size + 1) if l != j], axis=0) for j in range(1, size + 1)])


def leibniz(d: Draw, size: int) -> Any:
    """The integral of (x t + t^2) from u_1 to u_2: f(b) b' - f(a) a' + the integral of t."""
    (lower, upper), (dl, du) = d.u[1:3], d.b[1:3]
    inside = lambda at: d.x * at + at**2  # noqa: E731
    return inside(upper) * du - inside(lower) * dl + (upper**2 - lower**2) / 2


Row = tuple[str, Any, Any, dict[Any, Any] | None, Callable[[Draw, int], Any], bool]
ROWS: tuple[Row, ...] = (
    ("definition", error**2, x, {error: u[0]}, lambda d, s: 2 * d.u[1] * d.b[1], False),
    ("Leibniz integral rule", sp.Integral(x * t + t**2, (t, u[0], u[1])), x, None, leibniz, False),
    ("Kronecker delta", sp.Sum(A[i] * v[i] ** 2, (i, 1, m)), v[2], None, lambda d, s: 2 * d.a[2] * d.v[2] , False),
    ("sum over an index", sp.Sum(sp.sin(general), (i, 1, m)), x, None, lambda d, s: total(np.cos(d.u[1 : s + 1]) * d.b[1 : s + 1]), False),
    ("product over an index", sp.Product(general, (i, 1, m)), x, None, others, False),
    ("product over an index", sp.Product(general, (i, 1, m)), x, None, others, True),  # factors that are 0
    ("maximum", sp.Max(*u[:3]), x, None, tied(np.max), False),
    ("maximum", sp.Max(*u[:3]), x, None, tied(np.max), True),
    ("minimum", sp.Min(*u[:3]), x, None, tied(np.min), False),
    ("minimum", sp.Min(*u[:3]), x, None, tied(np.min), True),
    ("piecewise", sp.Piecewise((u[0] ** 2, A[4] < A[5]), (u[1], True)), x, None, lambda d, s: np.where(d.a[4] < d.a[5], 2 * d.u[1] * d.b[1], d.b[2]), False),
    ("undefined function", f(u[0], u[1]), x, None, lambda d, s: 2 * d.u[1] * d.u[2] ** 3 * d.b[1] + 3 * d.u[1] ** 2 * d.u[2] ** 2 * d.b[2], False),
    ("derivative of frac", sp.frac(u[0]) * u[1], x, None, lambda d, s: d.b[1] * d.u[2] + (d.u[1] - np.floor(d.u[1])) * d.b[2], False),
    ("derivative of Mod", sp.Mod(u[0], u[1]), x, None, lambda d, s: d.b[1] - np.floor(d.u[1] / d.u[2]) * d.b[2], False),
    ("chain rule", sp.sin(u[0] ** 2), x, None, lambda d, s: np.cos(d.u[1] ** 2) * 2 * d.u[1] * d.b[1], False),
)  # fmt: skip


@cache
def derived(at: int) -> Any:
    """What gdsym says, closed: f(u, v) = u^2 v^3, sums and integrals worked out later."""
    _, expr, by, where, _, _ = ROWS[at]
    d = gd.derive(expr, by, where=where)
    assert d.check
    return d.expanded.replace(f, lambda p, q: p**2 * q**3) if d.expanded.has(f) else d.expanded


def sizes(at: int) -> tuple[int, ...]:
    least = 2 if ROWS[at][2] == v[2] else 1  # there is no second entry of one
    return tuple(size for size in (1, 2, 3, 5) if size >= least) if ROWS[at][1].has(m) else (0,)


NAMED = [f"{at}-{row[0]}" for at, row in enumerate(ROWS)]


@pytest.mark.parametrize("at", range(len(ROWS)), ids=NAMED)
def test_a_statement_holds_at_ten_thousand_instances(at: int) -> None:
    name, _, _, _, states, ties = ROWS[at]
    for size in sizes(at):
        numbers = Draw(f"{name}{size}", ties)
        truth = states(numbers, size)
        ours = numbers.of(_closed(derived(at), size))
        assert np.isfinite(truth).all()
        assert np.max(np.abs(ours - truth) / (1 + np.abs(truth))) < 1e-9
        if np.any(truth):
            assert np.max(np.abs(1.001 * ours - truth) / (1 + np.abs(truth))) > 1e-5
            assert np.max(np.abs(ours + 0.001 - truth)) > 1e-4


def _closed(expr: Any, size: int) -> Any:
    return expr.subs(m, size).doit() if size or expr.has(sp.Integral, sp.Subs, sp.Derivative) else expr


def table() -> dict[str, str]:
    """Rule -> how it is proved, as docs/rules.md says."""
    rows = re.findall(r"^\| ([^|]+?) \|.*\| ([^|]+?) \|$", HANDBOOK.read_text(encoding="utf-8"), re.M)
    return {name: proof for name, proof in rows if "step, result" in proof}


def test_the_handbook_says_of_every_rule_how_it_is_proved() -> None:
    """`law`: the rule has one, in letters, or is stated here; no row says more than there is."""
    said, stated = table(), {row[0] for row in ROWS}
    with_law = {rule.name for rule in RULES if rule.law is not None} | {"table of derivatives"}
    assert set(said) >= {rule.name for rule in RULES}
    for name, proof in said.items():
        assert proof.startswith("law") == (name in with_law | stated), f"{name}: the handbook says {proof}"
    assert {rule.name for rule in RULES} - with_law <= stated
