"""Claims of arithmetic alone are proved; what is equal as a polynomial only, and has a value elsewhere, or at some indices, is not."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress

import pytest
import sympy as sp
from flint import arb
from test_verify_steps import ONE, W, X, Y, a, add, at, b, cases, cost, fn, i, j, k, l, m, mul, power, q, total, w, x, y

from gdsym.verify import agree
from gdsym.verify.build import Builder
from gdsym.verify.conditions import Condition
from gdsym.verify.evidence import Undecided
from gdsym.verify.identities import identity
from gdsym.verify.numbers import Number, is_undefined
from gdsym.verify.points import Point
from gdsym.verify.program import Program
from gdsym.written import nodes as n
from gdsym.written.nodes import TRUE, D, Delta, Div, Neg, Node, Num, Prod, Rel, Root

KIND = "laws of arithmetic"
res = add(mul(w, at(X, i)), b, Neg(at(Y, i)))
score = total(mul(at(W, l, j), at(X, i, j)), j, q)
e = fn("exp", Neg(x))
share = Div(ONE, add(1, fn("exp", Neg(x))))
within = sp.And(sp.Ge(k.symbol, 1), sp.Le(k.symbol, q.symbol))

PROVED: dict[str, tuple[Node, Node]] = {
    "a square below a bar": (D(Div(a, add(mul(y, x), b)), x), Neg(Div(mul(a, y), power(add(mul(y, x), b), 2)))),
    "a square below a bar, written out": (
        Div(a, add(power(x, 2), mul(2, x), 1)),
        Div(a, power(add(x, 1), 2)),
    ),
    "a root below a bar": (
        D(Div(ONE, Root(add(mul(2, x), 1), Num(2))), x),
        Neg(Div(ONE, power(add(mul(2, x), 1), Div(Num(3), Num(2))))),
    ),
    "log cosh": (D(fn("log", fn("cosh", res)), w), mul(fn("tanh", res), at(X, i))),
    "sinh": (D(D(fn("sinh", res), w), w), mul(fn("sinh", res), power(at(X, i), 2))),
    "a square": (D(power(x, 2), x), mul(2, x)),
    "brackets": (mul(add(x, y), add(x, Neg(y))), add(power(x, 2), Neg(power(y, 2)))),
    "a quotient of sums": (
        Div(add(power(x, 2), mul(2, x), 1), add(x, 1)),
        Div(add(mul(x, add(x, 1)), x, 1), add(1, x)),
    ),
    "sigmoid": (Div(e, power(add(1, e), 2)), mul(Div(ONE, add(1, e)), add(1, Neg(Div(ONE, add(1, e)))))),
    "the line fit": (D(cost, w), Div(total(mul(add(mul(w, at(X, i)), b, Neg(at(Y, i))), at(X, i))), m)),
    "a sum of sums": (total(add(at(X, i), mul(a, at(Y, i)))), add(total(at(X, i)), mul(a, total(at(Y, i))))),
    "another letter": (total(mul(2, at(X, i))), mul(2, total(at(X, k), k))),
    "a mean of a constant": (Div(total(mul(a, b)), m), mul(a, b, Div(m, m))),
    "log of what is positive": (D(fn("log", add(1, e)), x), Div(Neg(e), add(1, e))),
    "root of what is positive": (
        D(Root(add(1, power(x, 2)), Num(2)), x),
        Div(x, Root(add(1, power(x, 2)), Num(2))),
    ),
    "log-sum-exp": (
        D(fn("log", total(fn("exp", score), l, m)), x),
        mul(Div(ONE, total(fn("exp", score), l, m)), D(total(fn("exp", score), l, m), x)),
    ),
    "a slope of tanh": (D(fn("tanh", mul(2, x)), x), mul(2, add(1, Neg(power(fn("tanh", mul(2, x)), 2))))),
    "slopes of slopes": (
        D(mul(fn("sin", x), fn("cos", x)), x),
        add(power(fn("cos", x), 2), Neg(power(fn("sin", x), 2))),
    ),
    "hyperbolic": (D(mul(fn("sinh", x), fn("cosh", x)), x), add(power(fn("cosh", x), 2), power(fn("sinh", x), 2))),
    "exponentials": (mul(fn("exp", add(x, y)), fn("exp", add(x, Neg(y)))), power(fn("exp", x), 2)),
    "a sigmoid of minus": (Div(e, add(1, e)), Div(ONE, add(1, fn("exp", x)))),
    "log of a share": (D(fn("log", add(1, Neg(share))), x), Neg(share)),
    "log of a sum from i": (
        total(D(fn("log", total(fn("exp", mul(w, at(X, j))), j, m, i)), w)),
        total(
            Div(total(mul(fn("exp", mul(w, at(X, j))), at(X, j)), j, m, i), total(fn("exp", mul(w, at(X, j))), j, m, i))
        ),
    ),
    "a norm": (
        D(Root(total(power(at(X, i), 2)), Num(2)), at(X, k)),
        Div(D(total(power(at(X, i), 2)), at(X, k)), mul(2, Root(total(power(at(X, i), 2)), Num(2)))),
    ),
    "the slope of a maximum": (
        D(power(fn("Max", 0, mul(w, x)), 2), w),
        mul(
            2,
            fn("Max", 0, mul(w, x)),
            cases(0, Rel("<", mul(w, x), Num(0)), x, Rel("<", Num(0), mul(w, x)), Div(x, Num(2)), TRUE),
        ),
    ),
    "an odd sign": (fn("sign", mul(-2, x)), Neg(fn("sign", x))),
    "cases in another order": (
        cases(x, Rel("<", x, y), y, Rel(">", x, y), 3, TRUE),
        cases(3, Rel("==", y, x), x, Rel(">=", y, x), y, TRUE),
    ),
    "what is left": (add(cases(x, Rel("<=", x, a), y, TRUE), cases(y, Rel("<=", x, a), x, TRUE)), add(x, y)),
    "half a range": (
        total(mul(at(W, j), Delta(add(j, 1), k)), j, q),
        cases(at(W, add(k, -1)), n.Logic("and", Rel("<=", Num(2), k), Rel("<=", k, add(q, 1))), 0, TRUE),
    ),
    "a delta is its square": (mul(Delta(i, k), Delta(k, i), x), mul(x, Delta(i, k))),
    "cases that neither side opens": (
        mul(x, add(cases(x, Rel(">", x, y), y, TRUE), x)),
        add(mul(x, x), mul(x, cases(x, Rel(">", x, y), y, TRUE))),
    ),
}
UNDER: dict[str, tuple[Node, Node, object]] = {
    "all terms divide, one is chosen": (
        total(Div(Delta(j, k), at(W, j)), j, q),
        Div(ONE, at(W, k)),
        within,
    ),
    "a logarithm in each term, one is chosen": (
        D(total(mul(at(X, j), fn("log", Div(at(X, j), at(Y, j)))), j, q), at(X, k)),
        add(fn("log", Div(at(X, k), at(Y, k))), 1),
        within,
    ),
    "a sum from a letter on": (
        total(mul(at(X, j), cases(1, Rel("<=", k, j), 0, TRUE)), j, q),
        n.Sum(at(X, j), j, k, q),
        within,
    ),
    "the delta chooses": (total(mul(at(W, j), Delta(j, k)), j, q), at(W, k), within),
    "within a function": (total(mul(fn("exp", score), Delta(l, k)), l, q), fn("exp", total(mul(at(W, k, j), at(X, i, j)), j, q)), within),
    "a power of what is positive": (D(power(x, a), x), Div(mul(a, power(x, a)), x), sp.Gt(x.symbol, 0)),
    "a norm that is not 0": (power(Root(add(power(x, 2), power(y, 2)), Num(2)), 2), add(power(x, 2), power(y, 2)), sp.Ne(x.symbol**2 + y.symbol**2, 0)),
    "log of what is said to be positive": (D(fn("log", mul(2, x)), x), Div(ONE, x), sp.Gt(x.symbol, 0)),
}  # fmt: skip
LEFT: dict[str, tuple[Node, Node]] = {
    "log x": (D(fn("log", x), x), Div(ONE, x)),
    "its third derivative": (D(D(D(fn("log", mul(2, x)), x), x), x), Div(Num(2), power(x, 3))),
    "log of a sum that may be empty": (
        D(fn("log", add(total(fn("exp", mul(x, at(X, j))), j, add(m, -1)), x)), x),
        Div(
            D(add(total(fn("exp", mul(x, at(X, j))), j, add(m, -1)), x), x),
            add(total(fn("exp", mul(x, at(X, j))), j, add(m, -1)), x),
        ),
    ),
    "x/x": (Div(x, x), ONE),
    "0 log x": (mul(0, fn("log", x)), Num(0)),
    "an index that is a half": (mul(0, at(W, Div(i, Num(2)))), Num(0)),
}
UNPROVED: dict[str, tuple[Node, Node, object, str]] = {
    "0 by 0 log x": (Num(0), mul(0, fn("log", x)), TRUE, "one side undefined"),
    "a branch that divides": (
        cases(Div(x, x), Rel(">", x, y), 1, TRUE),
        cases(1, Rel(">", x, y), Div(x, x), TRUE),
        TRUE,
        "holds where",
    ),
    "a delta out of range": (total(mul(at(W, j), Delta(j, k)), j, q), at(W, k), TRUE, "refuted"),
    "one more than the range": (
        total(mul(at(W, j), Delta(j, add(k, 1))), j, q),
        at(W, add(k, 1)),
        within,
        "refuted",
    ),
    "a divisor in front of a sum without terms": (
        total(Div(at(X, j), y), j, add(m, -1)),
        Div(total(at(X, j), j, add(m, -1)), y),
        TRUE,
        "agreed",
    ),
    "a number of terms below 0": (total(a, j, add(m, -4)), mul(a, add(m, -4)), TRUE, "refuted"),
    "a branch at the joint": (
        cases(x, Rel("<", x, y), a, TRUE),
        cases(x, Rel("<=", x, y), a, TRUE),
        TRUE,
        "refuted",
    ),
    "one index beyond": (
        total(mul(at(W, j), Delta(add(j, 1), k)), j, q),
        cases(at(W, add(k, -1)), Rel("<=", Num(2), k), 0, TRUE),
        TRUE,
        "refuted",
    ),
    "a term that may have no value": (
        total(mul(Div(ONE, at(W, j)), Delta(add(j, 1), k)), j, q),
        cases(Div(ONE, at(W, add(k, -1))), n.Logic("and", Rel("<=", Num(2), k), Rel("<=", k, add(q, 1))), 0, TRUE),
        TRUE,
        "agreed",
    ),
    "a power of what may be 0": (D(power(x, a), x), Div(mul(a, power(x, a)), x), TRUE, "agreed"),
    "a product of a sum": (
        Prod(add(at(X, i), at(Y, i)), i, ONE, m),
        add(Prod(at(X, i), i, ONE, m), Prod(at(Y, i), i, ONE, m)),
        TRUE,
        "refuted",
    ),
    "two indices for one": (
        total(mul(at(X, i), total(at(Y, k), k))),
        total(mul(at(X, i), at(Y, i))),
        TRUE,
        "refuted",
    ),
    "the root of a square": (Root(power(x, 2), Num(2)), x, TRUE, "refuted"),
}


@pytest.mark.parametrize("name", PROVED)
def test_arithmetic_is_proved_and_seen_at_points(name: str) -> None:
    evidence = agree(*PROVED[name])
    assert (evidence.verdict, evidence.kind) == ("proved", KIND) and evidence.points >= 8


@pytest.mark.parametrize("name", UNDER)
def test_under_its_condition(name: str) -> None:
    lhs, rhs, given = UNDER[name]
    evidence = agree(lhs, rhs, given=given, room=False)
    assert (evidence.verdict, evidence.kind) == ("holds where", KIND) and evidence.points >= 8


@pytest.mark.parametrize("name", LEFT)
def test_where_the_left_side_has_a_value(name: str) -> None:
    lhs, rhs = LEFT[name]
    evidence = agree(lhs, rhs)
    assert (evidence.verdict, evidence.kind, evidence.note) == ("holds where", KIND, "the left side is defined")
    assert not _identity(rhs, lhs)


@pytest.mark.parametrize("name", UNPROVED)
def test_what_has_a_value_elsewhere_is_no_matter_of_arithmetic(name: str) -> None:
    lhs, rhs, given, verdict = UNPROVED[name]
    assert not _identity(lhs, rhs, given)
    assert agree(lhs, rhs, given=given, room=False).verdict == verdict


def _identity(lhs: Node, rhs: Node, given: object = TRUE) -> str:
    builder = Builder({})
    sides = builder.build(lhs), builder.build(rhs)
    condition = Condition(given, builder, lhs.free | rhs.free)
    condition.compile()
    return identity(builder.graph, sides, condition)


# Random formulas: those of one form have one value, or none, wherever they are looked at


def _cases(r: random.Random, depth: int) -> Node:
    """Cases in cases, comparisons that touch, maxima and their slopes."""
    if depth == 0:
        return r.choice((x, y, Neg(x), Num(0), Num(1), mul(2, x)))
    one, other = _cases(r, depth - 1), _cases(r, r.randrange(depth))
    op = r.choice(("<", "<=", ">", ">=", "==", "!="))
    test = Rel(op, r.choice((x, y, Neg(y), mul(2, x))), r.choice((y, Num(0), x, one)))
    return r.choice(
        (
            lambda: add(one, other),
            lambda: mul(one, other),
            lambda: fn(r.choice(("Max", "Min")), one, other),
            lambda: fn(r.choice(("Abs", "sign", "sign")), one),
            lambda: D(fn(r.choice(("Max", "Min")), x, one), x),
            lambda: fn("Heaviside", one, r.choice((Num(0), Num(1), Div(ONE, Num(2))))),
            lambda: cases(one, test, other, TRUE),
            lambda: cases(one, n.Logic(r.choice(("and", "or")), test, Rel("<", x, y)), other, TRUE),
            lambda: cases(one, test, Num(1), Rel("<", x, y), other, TRUE),
        )
    )()


def _counted(r: random.Random, depth: int) -> Node:
    """Whole numbers compared with indices, within sums and around them, entries at places that may be outside."""
    if depth == 0:
        return r.choice((at(W, k), Num(1), Delta(k, l), at(W, add(k, -1)), at(W, l)))
    one, shift = _counted(r, depth - 1), r.choice((0, 1, -1))
    test = Rel(
        r.choice(("<", "<=", ">", ">=", "==", "!=")), r.choice((k, add(k, 1))), r.choice((l, q, add(q, -1), Num(2)))
    )
    return r.choice(
        (
            lambda: mul(one, _counted(r, 0)),
            lambda: add(one, _counted(r, 0)),
            lambda: cases(one, test, r.choice((Num(0), at(W, l))), TRUE),
            lambda: cases(one, test, 0, TRUE),
            lambda: cases(one, n.Logic("and", test, Rel("<=", Num(2), k)), 0, TRUE),
            lambda: total(mul(Delta(add(j, shift), k), at(W, j)), j, r.choice((q, add(q, -1)))),
            lambda: total(mul(Delta(j, k), one), j, q),
            lambda: mul(Delta(k, l), one),
        )
    )()


Draw = Callable[[random.Random, int], Node]


def _plain(r: random.Random, depth: int) -> Node:
    """Formulas of few letters, so that many of them are equal; divisors that may be 0, logs, roots, cases."""
    if depth == 0:
        return r.choice((x, x, y, Num(1), Num(2), Num(0), Neg(x)))
    one, other = _plain(r, depth - 1), _plain(r, r.randrange(depth))
    return r.choice(
        (
            lambda: add(one, other),
            lambda: mul(one, other),
            lambda: add(one, Neg(other)),
            lambda: Div(one, other),
            lambda: Div(Num(r.randint(1, 2)), one),
            lambda: power(one, r.choice((-2, -1, 0, 1, 2, 3))),
            lambda: fn(r.choice(("Abs", "exp", "log", "sin", "tanh", "cosh", "sinh")), one),
            lambda: Root(one, Num(2)),
            lambda: power(one, other),
            lambda: D(one, x),
            lambda: cases(one, Rel(">", x, y), other, TRUE),
        )
    )()


def _indexed(r: random.Random, depth: int, letters: tuple[Node, ...] = (k,)) -> Node:
    """Sums in sums, deltas, moving bounds, the same letter bound twice."""
    if depth == 0:
        letter = r.choice(letters)
        return r.choice((at(W, letter), at(X, letter), Delta(letter, r.choice((k, *letters))), Num(1), a))
    one = _indexed(r, depth - 1, letters)
    new = r.choice((i, j, l))
    inner = _indexed(r, depth - 1, (*letters, new))
    return r.choice(
        (
            lambda: add(one, _indexed(r, 0, letters)),
            lambda: mul(one, _indexed(r, 0, letters)),
            lambda: Div(one, _indexed(r, 0, letters)),
            lambda: total(inner, new, q),
            lambda: total(inner, new, q),
            lambda: total(mul(Delta(new, r.choice(letters)), inner), new, q),
            lambda: total(inner, new, r.choice(letters)),
            lambda: n.Sum(inner, new, r.choice(letters), q),
            lambda: Prod(inner, new, ONE, q),
            lambda: fn(r.choice(("exp", "exp", "log", "cosh")), one),
        )
    )()


@pytest.mark.parametrize(
    ("draw", "depths", "points", "pairs"),
    [
        (_plain, (1, 2, 3), 40, 100),
        (_indexed, (1, 2, 3), 24, 150),
        (_cases, (1, 2, 3), 60, 60),
        (_counted, (1, 2, 3), 60, 50),
    ],
)
def test_formulas_of_one_form_have_one_value(draw: Draw, depths: tuple[int, ...], points: int, pairs: int) -> None:
    r = random.Random(5)
    given = within if draw is _indexed else TRUE
    found = compared = 0
    by_value: dict[str, list[Node]] = defaultdict(list)
    for _ in range(1_500):
        node = draw(r, r.choice(depths))
        by_value[_short(node, given)].append(node)
    for several in by_value.values():
        first, *others = dict.fromkeys(several)
        for other in others[:12]:
            compared += 1
            for left, right in ((first, other), (other, first)):
                if said := _identity(left, right, given):
                    found += 1
                    assert _same(_values(left, right, given, points), partly=said != "everywhere"), (left, right)
    assert compared > found > pairs


def _values(first: Node, second: Node, given: object, points: int) -> list[tuple[Number | None, ...]]:
    """Both values at points of different kinds, None for what has none."""
    builder = Builder({})
    sides = builder.build(first), builder.build(second)
    condition = Condition(given, builder, first.free | second.free | {x, y})
    condition.compile()
    program = Program(builder.graph, sides)
    found = []
    for seed in range(points):
        point = Point(seed=seed, box=("mixed", "few", "tied", "zero")[seed % 4], roles=condition.roles, room=False)
        if condition.holds(point):
            with suppress(Undecided):
                found.append(tuple(None if is_undefined(v) else v for v in program.run(point)))
    return found


def _short(node: Node, given: object) -> str:
    """What it is at three points: most formulas that differ there need not be compared."""
    return str([None if v is None else arb(v).mid().str(6, radius=False) for v, _ in _values(node, node, given, 3)])


def _same(values: list[tuple[Number | None, ...]], partly: bool) -> bool:
    """Two numbers that may be equal, or no value of either; `partly`: or none of the first."""
    return all((partly or v is None) if u is None else v is not None and arb(u).overlaps(arb(v)) for u, v in values)
