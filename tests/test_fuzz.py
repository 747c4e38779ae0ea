"""2,040 random derivatives, six grammars: none wrong, none without evidence, no exception but a typed refusal."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

import fuzz_grammars
import fuzzing
import mpmath
import pytest
import sympy as sp
from fuzzing import GRAMMARS, Report, by_hand, chunk, exact, scalar, written_out
from oracle import World, close, slope, value

import gdsym as gd
from gdsym.rules import RULES
from gdsym.written.nodes import Mul, Num

CHUNKS = 10
SIZES = {"smooth": 45, "switching": 45, "indexed": 50, "nested": 8, "tied": 16, "numeric": 40}


@pytest.mark.parametrize("seed", range(CHUNKS))
@pytest.mark.parametrize("grammar", GRAMMARS)
def test_random_derivatives(grammar: str, seed: int) -> None:
    size = SIZES[grammar]
    report = chunk(grammar, seed, size)
    assert report.wrong == []
    assert report.derived == size
    assert report.points >= size
    assert sum(report.unsupported.values()) <= max(1, size // 10), report.unsupported


def test_there_are_two_thousand() -> None:
    """Each chunk ends when as many as it was asked for really were derived; what was refused comes on top."""
    assert set(SIZES) == set(GRAMMARS) and sum(SIZES.values()) * CHUNKS >= 2000
    assert chunk("nested", 100, 3).derived == 3


def test_a_chunk_is_made_from_its_seed_alone() -> None:
    first, again = (fuzz_grammars.indexed(random.Random("indexed/3")) for _ in range(2))
    assert first == again


def wrong_rules() -> tuple[gd.Rule, ...]:
    """Every rule off by a factor of 3."""

    def off(rule: gd.Rule) -> gd.Rule:
        def apply(body: object, scope: object) -> object:
            move = rule.apply(body, scope)  # type: ignore[arg-type]
            return move and replace(move, make=lambda *values: Mul(Num(3), move.make(*values)))

        return replace(rule, apply=apply)  # type: ignore[arg-type]

    return tuple(map(off, RULES))


def test_the_judges_of_this_test_see_planted_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    """A derivation that is off by a factor, with gdsym's own judge asleep, is noticed by each of the five."""
    x, v = fuzz_grammars.x, fuzz_grammars.v
    k = fuzz_grammars.LETTERS[2]
    monkeypatch.setattr("gdsym.judging.judged", lambda *a, **b: gd.Evidence("agreed", "asleep"))
    original = gd.derive
    monkeypatch.setattr(
        fuzzing.gd, "derive", lambda e, by, **how: original(e, by, rules=wrong_rules(), **how), raising=False
    )
    reports = [Report() for _ in range(5)]
    scalar(reports[0], sp.sin(x) * x, [(0.3, 1.0, 1.0)])
    scalar(reports[1], sp.Max(x, 2 * x), [(Fraction(0), Fraction(1), 1)])
    written_out(reports[2], sp.Sum(v[k] ** 2, (k, 1, fuzz_grammars.n)), v[k])
    exact(reports[3], ("*", "x", "x"))
    by_hand(reports[4], sp.Sum(sp.Max(0, v[k], 1), (k, 1, fuzz_grammars.n)), v[2])
    assert [len(report.wrong) for report in reports] == [1, 1, 1, 1, 1]


# What the generators found once, and what was wrong then.
FOUND = [
    ("captured letter when two nested sums are renamed", sp.Sum(fuzz_grammars.A[sp.Symbol("i", integer=True), sp.Symbol("j", integer=True)], (sp.Symbol("j", integer=True), 1, 3), (sp.Symbol("i", integer=True), 0, fuzz_grammars.n - 1)),
     fuzz_grammars.A[sp.Symbol("i", integer=True), sp.Symbol("j", integer=True)]),
    ("a condition that was tidied was compared as a number", sp.Sum(2 * fuzz_grammars.v[fuzz_grammars.LETTERS[0] - 1], (fuzz_grammars.LETTERS[0], 1, fuzz_grammars.m)), fuzz_grammars.v[fuzz_grammars.LETTERS[0] + 1]),
    ("a series with a divisor that holds zero", sp.exp(sp.Sum(sp.tanh(sp.Sum(sp.exp(fuzz_grammars.v[1] ** 2 / 4), (fuzz_grammars.LETTERS[2], 1, fuzz_grammars.n))), (fuzz_grammars.LETTERS[0], 2, fuzz_grammars.n), (fuzz_grammars.LETTERS[2], 0, fuzz_grammars.n - 1)) / 4), fuzz_grammars.v[1]),
    ("the index of a case distinction leaked out of a sum", sp.Max(0, sp.Sum(sp.Piecewise((fuzz_grammars.v[fuzz_grammars.LETTERS[1]], fuzz_grammars.LETTERS[0] > 1), (fuzz_grammars.A[fuzz_grammars.LETTERS[1], fuzz_grammars.LETTERS[0]], True)),
     (fuzz_grammars.LETTERS[1], 2, fuzz_grammars.n), (fuzz_grammars.LETTERS[0], 1, fuzz_grammars.n))), fuzz_grammars.v[fuzz_grammars.LETTERS[1]]),
    ("cases that took an index up while an inner sum was folded", sp.Sum(sp.Sum(fuzz_grammars.X[fuzz_grammars.LETTERS[1]] + fuzz_grammars.v[fuzz_grammars.LETTERS[0]] + fuzz_grammars.v[fuzz_grammars.LETTERS[2]], (fuzz_grammars.LETTERS[2], fuzz_grammars.LETTERS[0], fuzz_grammars.n)) ** 2,
     (fuzz_grammars.LETTERS[0], 1, fuzz_grammars.n - 1), (fuzz_grammars.LETTERS[1], 0, fuzz_grammars.n - 1)), fuzz_grammars.v[fuzz_grammars.LETTERS[1]]),
    ("a known end of the range was forgotten beside an open one", sp.Sum((fuzz_grammars.v[fuzz_grammars.LETTERS[1]] - fuzz_grammars.v[fuzz_grammars.LETTERS[1] - 1]) ** 2, (fuzz_grammars.LETTERS[1], 1, fuzz_grammars.n - 1)), fuzz_grammars.v),
]  # fmt: skip


@pytest.mark.parametrize(("expr", "by"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND])
def test_what_was_found_once_stays_right(expr: sp.Expr, by: sp.Expr) -> None:
    report = Report()
    written_out(report, expr, by)
    assert report.wrong == [] and report.derived == 1


def test_what_turns_fast_is_told_from_what_is_wrong() -> None:
    x, world = sp.Symbol("x"), World(fixed={"x": mpmath.mpf("2.31")})
    fast = sp.sin((x**2 + 1) ** (x**3))  # ten thousand million turns: floats know seven digits
    assert close(slope(fast, (x,), world), value(gd.derive(fast, x).result, world))


def test_maximum_of_smooth_arguments_has_evidence() -> None:
    """Two balls of the same number decide no comparison: u >= max(u, v) is read as u >= v."""
    x = fuzz_grammars.x
    d = gd.derive(sp.Max(x - 1, sp.exp(-x), sp.exp(sp.Abs(x)), x**2), x)
    assert d.check and d.check.points >= 8


def test_power_zero_of_zero() -> None:
    d = gd.derive("((x/1 - x)**0)**2", "x", detail="full")
    assert d.result == 0 and all(step.check for step in fuzzing.tree_of(d.steps))


def test_the_slope_of_a_maximum_survives_rounding() -> None:
    """With `u >= max(u, v, w)`, each side rounded in its own way, all three comparisons failed: 0/0."""
    x, y = fuzz_grammars.x, fuzz_grammars.y
    d = gd.derive(sp.Min(2, y, x - 1, 3 * x + sp.tanh(x - 1) - 1), x)
    points = [(sp.Float(p) / 7, sp.Float(q) / 3) for p in range(-30, 30, 7) for q in (-2, 1, 4)]
    assert all(d.result.subs({x: p, y: q}).is_finite for p, q in points)


def test_cases_stay_in_the_sum_that_binds_their_index() -> None:
    """SymPy's Sum takes a Piecewise out of a sum within it; `.result`, and what one does with it, has steps instead."""
    i, j = fuzz_grammars.LETTERS[:2]
    m, n, w, X, v = fuzz_grammars.m, fuzz_grammars.n, fuzz_grammars.w, fuzz_grammars.X, fuzz_grammars.v
    cost = sp.Sum(sp.log(1 + sp.Sum(v[j] * sp.Max(0, w * X[i] - v[j]), (j, 1, n)) ** 2), (i, 1, m))
    d = gd.derive(cost, w)
    assert not d.result.free_symbols & {i, j}
    at = {w: 2, X[1]: 3, X[2]: -1, v[1]: 1, v[2]: -5}
    written_out = cost.subs({m: 2, n: 2}).doit()
    slope_by_hand = written_out.subs({key: number for key, number in at.items() if key != w}).diff(w).subs(w, 2)
    assert d.result.subs({m: 2, n: 2}).doit().subs(at).doit() == slope_by_hand
