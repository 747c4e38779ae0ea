"""The judge itself: verdicts, domains, precision, depth, determinism, given points, and steps drawn at random."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import flint
import pytest
import sympy as sp
from flint import arb, fmpq

from gdsym.errors import Unsupported
from gdsym.verify import Evidence, Formulas, Point, agree, evaluate
from gdsym.verify.evidence import Undecided
from gdsym.verify.numbers import power_of, power_slope, rational
from gdsym.written import from_sympy
from gdsym.written import nodes as n
from gdsym.written.nodes import Add, D, Div, Fn, Indexed, Mul, Neg, Num, Pow, Prod, Root, Sum, Sym

x, y, z, w, b = (Sym(s) for s in sp.symbols("x y z w b"))
i, j, k, m, q = (Sym(s) for s in sp.symbols("i j k m q", integer=True))
X, Y, W = (n.Base(sp.IndexedBase(s)) for s in ("x", "y", "w"))
ONE, TWO = Num(1), Num(2)
RESIDUAL = Add(Mul(w, Indexed(X, i)), b, Neg(Indexed(Y, i)))


def sym(s: Any) -> Any:
    return s.symbol


@pytest.mark.parametrize(
    ("verdict", "supports"),
    [
        ("proved", True),
        ("agreed", True),
        ("holds where", True),
        ("unknown", False),
        ("one side undefined", False),
        ("refuted", False),
    ],
)
def test_evidence_is_true_only_if_it_supports(verdict: str, supports: bool) -> None:
    assert bool(Evidence(verdict, "by hand")) is supports


@pytest.mark.parametrize(
    ("lhs", "rhs", "verdict"),
    [
        (Add(x, y), Add(x, y), "proved"),
        (Mul(Num(3), Num(5)), Num(15), "proved"),
        (D(Mul(Num(3), x), x), Num(3), "proved"),
        (Add(x, y), Add(y, x), "proved"),
        (Fn(sp.exp, Fn(sp.log, x)), x, "holds where"),
        (x, Fn(sp.exp, Fn(sp.log, x)), "one side undefined"),
        (D(Fn(sp.log, x), x), Div(ONE, x), "holds where"),
        (Pow(Root(x, TWO), TWO), x, "holds where"),
        (Fn(sp.log, Neg(Pow(x, TWO))), ZERO := Num(0), "unknown"),
        (Fn(sp.euler, x, y), Fn(sp.euler, y, x), "unknown"),
        (Fn(sp.polygamma, x, y), Fn(sp.polygamma, y, x), "one side undefined"),
        (Sum(Div(ONE, Pow(i, TWO)), i, ONE, n.Const(sp.oo)), Div(Pow(n.Const(sp.pi), TWO), Num(6)), "unknown"),
        (Sum(i, i, ONE, Num(10**9)), ZERO, "unknown"),
        (D(x, Add(x, y)), ONE, "unknown"),
        (Div(x, Add(x, Neg(x))), Div(y, Add(x, Neg(x))), "unknown"),
        (x, y, "refuted"),
    ],
)
def test_verdicts(lhs: n.Node, rhs: n.Node, verdict: str) -> None:
    assert agree(lhs, rhs).verdict == verdict


def test_a_condition_is_noted_and_respected() -> None:
    right = agree(Root(Pow(x, TWO), TWO), x, given=sym(x) >= 0)
    assert (right.verdict, right.note) == ("holds where", "x >= 0")
    assert agree(Root(Pow(x, TWO), TWO), x, given=sym(x) <= 0).verdict == "refuted"
    assert agree(Root(Pow(x, TWO), TWO), x, given=sp.And(sym(x) < 0, sym(x) > 0)).verdict == "unknown"


def test_a_condition_on_an_index_of_a_sum_is_meant_for_every_index() -> None:
    entry = Indexed(X, i)
    each = sp.IndexedBase("x")[sym(i)]
    roots, plain = Sum(Root(Pow(entry, TWO), TWO), i, ONE, m), Sum(entry, i, ONE, m)
    assert agree(roots, plain, given=each > 0).verdict == "holds where"
    assert agree(roots, plain, given=each < 0).verdict == "refuted"
    assert agree(roots, plain).verdict == "refuted"


def test_a_condition_that_holds_almost_nowhere_is_solved_for_its_letter() -> None:
    assert agree(Mul(x, Add(x, Neg(y))), Num(0), given=sp.Eq(sym(x), sym(y)))
    assert agree(Fn(sp.cos, x), Num(-1), given=sp.Eq(sym(x), sp.pi))
    assert not agree(Fn(sp.cos, x), Num(1), given=sp.Eq(sym(x), sp.pi))


def test_what_the_caller_declared_of_a_symbol_is_respected() -> None:
    p = Sym(sp.Symbol("p", positive=True))
    assert agree(Root(Pow(p, TWO), TWO), p).verdict == "agreed"
    negative = Sym(sp.Symbol("p", negative=True))
    assert agree(Root(Pow(negative, TWO), TWO), negative).verdict == "refuted"
    assert agree(p, negative).verdict == "refuted"
    assert agree(x, Sym(sp.Symbol("x", real=True))).verdict == "refuted"


def test_a_counterexample_can_be_checked_by_hand() -> None:
    found = agree(D(Pow(x, TWO), x), x)
    (place, value), *_ = found.at
    assert place == x
    assert 2 * value != value
    assert found.note.startswith(f"at x = {value}: left")


def test_zero_is_recognised_where_balls_are_relative_to_nothing() -> None:
    rest = Add(Pow(Fn(sp.sin, x), TWO), Pow(Fn(sp.cos, x), TWO), Num(-1))
    assert agree(rest, Num(0)).verdict == "agreed"
    assert agree(rest, Pow(Num(2), Num(-200))).verdict == "refuted"


def test_precision_of_the_caller_is_kept() -> None:
    before = flint.ctx.prec
    agree(Fn(sp.sin, x), Fn(sp.cos, x))
    agree(Fn(sp.polygamma, x, y), x)
    evaluate(Fn(sp.besselj, x, y), Point())
    assert flint.ctx.prec == before


def chain(levels: int, func: Any = sp.sin) -> n.Node:
    body: n.Node = x
    for _ in range(levels):
        body = Fn(func, body)
    return body


def test_a_hundred_levels_and_two_derivatives_need_no_recursion_limit() -> None:
    assert sys.getrecursionlimit() <= 1000
    body = chain(97)
    first = D(body, x)
    by_hand = [Fn(sp.cos, chain(level)) for level in range(97)]
    assert agree(first, Mul(*by_hand)).verdict == "agreed"
    assert agree(first, Mul(*by_hand[:-1])).verdict == "refuted"
    second = D(first, x)
    assert agree(second, D(Mul(*by_hand), x)).verdict == "agreed"


def test_nested_sums_over_nested_derivatives() -> None:
    inner = Sum(Mul(Indexed(W, j), Indexed(X, i, j)), j, ONE, q)
    cost = Sum(Pow(Add(inner, Neg(Indexed(Y, i))), TWO), i, ONE, m)
    hessian = D(D(cost, Indexed(W, k)), Indexed(W, Num(1)))
    claim = Sum(Mul(TWO, Indexed(X, i, k), Indexed(X, i, Num(1))), i, ONE, m)
    assert agree(hessian, claim)
    assert not agree(hessian, Sum(Mul(TWO, Indexed(X, i, k), Indexed(X, i, k)), i, ONE, m))


def test_a_sum_is_computed_once_for_the_indices_that_it_depends_on() -> None:
    """The layer below, sum_j W_kj X_ij, depends on i and k, and stands in a loop over l, too."""
    rows, wide, columns = [Num(size) for size in (2, 3, 2)]
    below = Sum(Mul(Indexed(W, k, j), Indexed(X, i, j)), j, ONE, columns)
    layer = Sum(Mul(Indexed(Y, q, k), Pow(below, TWO)), k, ONE, TWO)
    node = Sum(Sum(Mul(Indexed(Y, q, q), layer), q, ONE, wide), i, ONE, rows)
    point = Point()
    value = evaluate(node, point)
    drawn = {(place[0], *place[1]): number for place, number in point.drawn.items()}
    by_hand = sum(
        drawn[Y, l, l] * drawn[Y, l, r] * sum(drawn[W, r, c] * drawn[X, t, c] for c in (1, 2)) ** 2
        for t in (1, 2) for l in (1, 2, 3) for r in (1, 2)
    )  # fmt: skip
    assert value == by_hand and point.terms == 2 + 2 * 3 + 2 * 3 * 2 + 2 * 2 * 2


@pytest.mark.parametrize("kind", [Sum, Prod])
def test_behind_an_undefined_term_of_sums_nothing_is_added_up(kind: Any) -> None:
    """The terms for k = 1 are 0, those for k = 2 are undefined."""
    inner = Sum(Mul(Indexed(X, i), Div(Add(k, Num(-1)), Add(k, Num(-2)))), i, ONE, Num(3))
    point = Point()
    assert evaluate(kind(inner, k, ONE, Num(1000)), point) is None
    assert point.terms == 1000 + 2 * 3
    assert evaluate(kind(inner, k, ONE, ONE), Point()) == 0


@pytest.mark.parametrize(
    "exponent", [0, 1, 2, 3, -1, -2, Fraction(1, 2), Fraction(-1, 2), Fraction(5, 3), Fraction(1, 1 << 40)]
)
@pytest.mark.parametrize("order", [0, 1, 2, 3])
def test_a_power_of_a_known_exponent_is_that_of_any(exponent: Any, order: int) -> None:
    """Bit for bit, and undefined or undecided at the same places."""
    exact = [fmpq(0), fmpq(1), fmpq(-1), fmpq(3, 7), fmpq(-5, 2), fmpq(1, 1 << 3000)]
    balls = [arb(0), arb(1) / 3, -arb(1) / 3, arb(2), arb(0, 1e-3), arb("nan"), arb("inf")]
    of = power_of(rational(exponent), order)
    assert [found(of, u) for u in exact + balls] == [
        found(power_slope, u, rational(exponent), order) for u in exact + balls
    ]


def found(function: Any, *args: Any) -> str:
    try:
        return repr(function(*args))
    except Undecided:
        return "undecided"


@pytest.mark.parametrize(
    "node",
    [
        Pow(Num(9), Pow(Num(9), Pow(Num(9), Num(9)))),
        Pow(TWO, Pow(TWO, Pow(TWO, Num(40)))),
        Pow(Num(10**9), Num(10**9)),
        Fn(sp.factorial, Num(10**9)),
        Fn(sp.floor, Fn(sp.exp, Num(10**7))),
        Sum(Sum(Sum(Mul(i, j, k), i, ONE, Num(300)), j, ONE, Num(300)), k, ONE, Num(300)),
    ],
)
def test_numbers_that_would_fill_the_memory_are_no_trouble(node: n.Node) -> None:
    assert not agree(node, Num(1))


def test_a_condition_that_x_i_is_not_0_leaves_it_any_other_number() -> None:
    xi = Indexed(X, i)
    not_zero = sp.Ne(xi.to_sympy(), 0)
    assert agree(Fn(sp.Abs, xi), xi, given=not_zero).verdict == "refuted"
    assert agree(Mul(xi, Fn(sp.floor, xi)), Pow(xi, TWO), given=not_zero).verdict == "refuted"
    assert agree(Div(xi, xi), ONE, given=not_zero).verdict == "holds where"


def test_indices_that_only_pick_an_entry_leave_room_for_those_that_are_told_apart() -> None:
    a, c, p = (Sym(s) for s in sp.symbols("a c p", integer=True))
    tied = Mul(n.Delta(c, k), n.Delta(k, p), n.Delta(p, q))
    picked = Mul(Indexed(X, i, p), Indexed(Y, a), Indexed(Y, j))
    for room in (True, False):
        assert agree(Mul(tied, picked), Num(0), room=room).verdict == "refuted"
        assert agree(Mul(tied, picked), Mul(tied, Indexed(X, i, c), Indexed(Y, a), Indexed(Y, j)), room=room)


def test_evaluate_at_given_numbers() -> None:
    cost = Div(Sum(Pow(RESIDUAL, TWO), i, ONE, m), Mul(TWO, m))
    data = {(X, (1,)): 1, (X, (2,)): 2, (Y, (1,)): 300, (Y, (2,)): 500, m: 2, w: 0, b: 0}
    assert evaluate(cost, Point(data)) == 85000
    assert evaluate(D(cost, w), Point(data)) == -650
    assert evaluate(D(cost, b), Point(data)) == -400
    assert evaluate(D(D(cost, w), w), Point(data)) == flint.fmpq(5, 2)


def test_evaluate_where_there_is_no_value() -> None:
    assert evaluate(Fn(sp.log, x), Point({x: -1})) is None
    assert evaluate(Div(ONE, x), Point({x: 0})) is None
    assert evaluate(Pow(x, Num(Fraction(1, 3))), Point({x: -8})) is None
    assert evaluate(Pow(Num(0), x), Point({x: 0})) == 1
    with pytest.raises(Unsupported, match="euler"):
        evaluate(Fn(sp.euler, x, y), Point())


@pytest.mark.parametrize(
    ("body", "at", "slope"),
    [
        (Fn(sp.Abs, x), 0, 0),
        (Fn(sp.sign, x), 0, 0),
        (Fn(sp.Max, Num(0), x), 0, Fraction(1, 2)),
        (Fn(sp.Max, x, Mul(TWO, x), Mul(Num(3), x)), 0, 2),
        (Fn(sp.Min, x, Mul(Num(3), x), Num(5)), 0, 2),
        (Fn(sp.Heaviside, x), 0, 0),
        (n.Cases(x, n.Rel("<", x, ONE), Pow(x, TWO), n.TRUE), 1, 2),
        (n.Cases(x, n.Rel("<=", x, ONE), Pow(x, TWO), n.TRUE), 1, 1),
        (Pow(x, ONE), 0, 1),
        (Pow(x, Num(0)), 0, 0),
    ],
)
def test_slopes_at_kinks(body: n.Node, at: int, slope: Any) -> None:
    found = evaluate(D(body, x), Point({x: at}))
    assert found == flint.fmpq(Fraction(slope).numerator, Fraction(slope).denominator)


def test_several_formulas_share_one_point() -> None:
    both = Formulas(RESIDUAL, D(RESIDUAL, w))
    point = Point(seed=3)
    residual, slope = both.at(point)
    assert residual == point.drawn[w] * slope + point.drawn[b] - next(
        u for p, u in point.drawn.items() if p == (Y, (4 - 3,))
    )


FINGERPRINT = """
import sympy as sp
from gdsym.verify import Point, evaluate, agree
from gdsym.written.nodes import *
x, i, m = Sym(sp.Symbol("x")), Sym(sp.Symbol("i")), Sym(sp.Symbol("m"))
f, B = sp.Function("f"), Base(sp.IndexedBase("a"))
body = Sum(Mul(Fn(f, Mul(x, Indexed(B, i))), x), i, Num(1), m)
print(evaluate(D(body, x), Point(seed=6)), agree(body, Mul(x, body)).note)
"""


@pytest.mark.slow
def test_the_same_under_any_hash_seed_and_ground_type() -> None:
    found = set()
    for seed, ground in (("0", "python"), ("1", "flint"), ("77", "python")):
        env = {**os.environ, "PYTHONHASHSEED": seed, "SYMPY_GROUND_TYPES": ground}
        root = Path(__file__).resolve().parents[1]
        done = subprocess.run(
            [sys.executable, "-c", FINGERPRINT], env=env, capture_output=True, text=True, cwd=root, check=False
        )
        assert done.returncode == 0, done.stderr
        found.add(done.stdout)
    assert len(found) == 1


def random_expression(rng: random.Random, depth: int) -> Any:
    s, t, u = sp.symbols("x y z")
    if depth == 0:
        return rng.choice([s, t, u, s, sp.Integer(rng.randint(1, 4))])
    one, two = random_expression(rng, depth - 1), random_expression(rng, rng.randint(0, depth - 1))
    kind = rng.randrange(8)
    if kind < 5:
        return [one + two, one * two, one - 2 * two, one / (two**2 + 2), (one + two) ** 2][kind]
    return rng.choice([sp.sin, sp.cos, sp.tanh, sp.atan, lambda e: sp.exp(sp.sin(e)), lambda e: sp.sqrt(e**2 + 1)])(one)


@pytest.mark.parametrize("seed", range(40))
def test_random_derivatives_against_sympy_and_a_planted_error(seed: int) -> None:
    """Here `sympy.diff` is the other opinion; a mutant of its answer must be refused."""
    rng = random.Random(seed)
    s = sp.Symbol("x")
    e = random_expression(rng, 3) + s * random_expression(rng, 2)
    pending, right = D(from_sympy(e), x), sp.diff(e, s)
    assert agree(pending, from_sympy(right)), e
    assert not agree(pending, from_sympy(right + s / 1000)), e
    if right != 0:
        assert not agree(pending, from_sympy(-right)), e
        assert not agree(pending, from_sympy(right * sp.Rational(1001, 1000))), e
    second = D(D(from_sympy(e), x), y)
    assert agree(second, from_sympy(sp.diff(e, sp.Symbol("y"), s))), e
