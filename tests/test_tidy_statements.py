"""Tidy rules that have no law in letters: at 10,000 random formulas each, before and after are the same number, exactly.

The evaluator is this file's own: fractions, and 2^u for e^u, for which the same laws hold.
"""

import random
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

import pytest
import sympy

from gdsym.rules.comparisons import comparisons
from gdsym.rules.decimals import decimals, exact, in_decimals
from gdsym.rules.exponentials import one_exponential
from gdsym.rules.fractions import cancel
from gdsym.rules.grouped import grouped
from gdsym.rules.regions import size
from gdsym.rules.signs import flip, led
from gdsym.rules.tidy import calculate
from gdsym.written.nodes import (
    TRUE,
    Add,
    Cases,
    Dec,
    Div,
    Fn,
    Logic,
    Mul,
    Neg,
    Node,
    Num,
    Pow,
    Rel,
    Sym,
)

COUNT = 10_000
X, Y, K = (Sym(sympy.Symbol(name, real=True)) for name in "xyk")
COMPARE: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "<": lambda a, b: a < b, ">": lambda a, b: a > b, "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b, "==": lambda a, b: a == b, "!=": lambda a, b: a != b,
}  # fmt: skip
At = dict[Node, Fraction]


def value(node: Node, at: At) -> Fraction:
    if isinstance(node, Num):
        return node.value
    if isinstance(node, Dec):
        return Fraction(str(node.value))
    if isinstance(node, Sym):
        return at[node]
    if isinstance(node, Cases):
        return next(value(v, at) for v, c in node.pairs if holds(c, at))
    parts = [value(child, at) for child in node.children]
    if isinstance(node, Add):
        return sum(parts, Fraction(0))
    if isinstance(node, Neg):
        return -parts[0]
    if isinstance(node, Div):
        return parts[0] / parts[1]
    if isinstance(node, Fn):
        return Fraction(2) ** int(parts[0])
    if isinstance(node, Pow):
        return parts[0] ** int(parts[1])
    product = Fraction(1)
    for part in parts:
        product *= part
    return product


def holds(condition: Node, at: At) -> bool:
    if isinstance(condition, Rel):
        return COMPARE[condition.op](*(value(side, at) for side in condition.children))
    assert isinstance(condition, Logic)
    return all(holds(part, at) for part in condition.children)  # `true` has no parts


DECIMALS = [Dec(sympy.Float(f"{tenths / 10}")) for tenths in range(1, 41)]


def decimal(r: random.Random) -> Node:
    size = r.choice(DECIMALS)
    return r.choice([size, Num(r.randint(1, 6)), Neg(size), Num(Fraction(1, r.randint(2, 6)))])


def with_decimals(r: random.Random) -> Node:
    term = lambda: Mul(decimal(r), *r.sample([X, Y], r.randint(1, 2)))  # noqa: E731
    return r.choice(
        [
            lambda: Mul(decimal(r), r.choice([X, Y]), decimal(r)),
            lambda: Add(term(), term(), Neg(term())),
            lambda: Div(term(), r.choice([decimal(r), Mul(decimal(r), Y)])),
            lambda: Pow(decimal(r), Num(r.randint(1, 4))),
        ]
    )()


def signed_sum(r: random.Random) -> Node:
    terms = [
        r.choice([X, Y, Num(r.randint(1, 3)), Mul(Num(2), X), Mul(X, Y), Pow(X, Num(2))])
        for _ in range(r.randint(2, 4))
    ]
    return Add(*(Neg(t) if r.random() < 0.5 else t for t in terms))


def with_signs(r: random.Random) -> Node:
    bracket = signed_sum(r)
    return r.choice(
        [
            lambda: Neg(bracket),
            lambda: Neg(Mul(Num(r.randint(1, 5)), bracket, X)),
            lambda: Add(Neg(Mul(bracket, Y)), X),
            lambda: Neg(Div(bracket, Num(r.randint(2, 5)))),
            lambda: bracket,
        ]
    )()


def with_powers(r: random.Random) -> Node:
    base = r.choice([X, Mul(X, Y), Mul(Num(r.randint(2, 4)), X)])
    power = Pow(base, r.choice([K, Add(K, Neg(Num(1))), Add(K, Neg(Num(2)))]))
    others = [r.choice([X, Y, Num(r.randint(1, 12)), Pow(X, Num(r.randint(2, 3)))]) for _ in range(r.randint(1, 3))]
    parts = [power, *others]
    r.shuffle(parts)
    return Mul(*parts)


def with_exponentials(r: random.Random) -> Node:
    letter = lambda: r.choice([X, Neg(X), Mul(Num(r.randint(2, 3)), X), Mul(K, X), Neg(Mul(Y, X)), Add(X, Y)])  # noqa: E731
    exponential = lambda: r.choice([lambda e: e, lambda e: Pow(e, Num(2))])(Fn(sympy.exp, letter()))  # noqa: E731
    product = Mul(exponential(), r.choice([X, Num(3)]), exponential())
    return r.choice([product, Div(product, exponential()), Div(exponential(), exponential())])


def with_fractions(r: random.Random) -> Node:
    term = lambda: r.choice([X, Mul(Num(r.randint(2, 4)), X), Mul(X, Y), Y])  # noqa: E731
    over = lambda: r.choice([lambda t: Div(t, Num(r.randint(2, 4))), lambda t: t, Neg])(term())  # noqa: E731
    return Add(over(), over(), over())


def with_comparisons(r: random.Random) -> Node:
    side = lambda: r.choice([X, Y, Mul(Num(2), X), Div(Add(X, Y), Num(2)), Add(X, Neg(Y)), Mul(K, X), Pow(X, Num(2))])  # noqa: E731
    rel = lambda: Rel(r.choice(list(COMPARE)), side(), side())  # noqa: E731
    condition = lambda: rel() if r.random() < 0.5 else Logic("and", rel(), rel())  # noqa: E731
    pairs = [part for number in range(r.randint(1, 4)) for part in (Num(number), condition())]
    return Cases(*pairs, Num(9), TRUE)


RULES = {
    "decimals": (decimals, with_decimals),
    "a form in decimals": (lambda node: in_decimals(exact(node)), with_decimals),
    "a minus goes into a bracket": (flip, with_signs),
    "a plus leads": (led, with_signs),
    "powers with letters": (calculate, with_powers),
    "like terms over numbers": (calculate, with_fractions),
    "one exponential": (one_exponential, with_exponentials),
    "cancelled": (cancel, with_exponentials),
    "comparisons": (comparisons, with_comparisons),
}


def wrong(
    rule: Callable[[Node], Node], made: Callable[[random.Random], Node], seed: int, count: int = COUNT
) -> tuple[int, int]:
    """How many formulas the rule changes, and how many of those to another value."""
    r = random.Random(seed)
    changed = bad = 0
    for _ in range(count):
        node = made(r)
        new = rule(node)
        if new == node:
            continue
        changed += 1
        at = {
            X: Fraction(r.choice([-3, -2, -1, 1, 2, 3])),
            Y: Fraction(r.choice([-2, -1, 1, 2, 5])),
            K: Fraction(r.randint(-2, 4)),
        }
        bad += value(node, at) != value(new, at)
    return changed, bad


@pytest.mark.slow
@pytest.mark.parametrize("name", RULES)
def test_what_is_tidied_keeps_its_value(name: str) -> None:
    changed, bad = wrong(*RULES[name], seed=len(name))
    assert changed > 500 and bad == 0


def test_a_term_that_stands_twice_is_not_lost() -> None:
    assert led(Add(Neg(Y), X, X)) == Add(X, Neg(Y), X)


def test_ties_in_comparisons_are_met() -> None:
    r = random.Random(5)
    for _ in range(500):
        node = with_comparisons(r)
        new = comparisons(node)
        for a, b in pairwise([-1, 0, 0, 1, 1, 2, 2, 4, 0]):
            at = {X: Fraction(a), Y: Fraction(b), K: Fraction(a)}
            assert value(node, at) == value(new, at)


@pytest.mark.parametrize(
    ("name", "bent"),
    [
        ("decimals", lambda node: Neg(decimals(node))),
        ("a minus goes into a bracket", lambda node: flip(node).arg if isinstance(flip(node), Neg) else flip(node)),
        ("powers with letters", lambda node: Mul(X, calculate(node))),
        ("one exponential", lambda node: Mul(Fn(sympy.exp, X), one_exponential(node))),
        ("comparisons", lambda node: comparisons(Cases(*node.children[2:], *node.children[:2]))),
    ],
)
def test_a_bent_rule_is_found(name: str, bent: Callable[[Node], Node]) -> None:
    _, bad = wrong(bent, RULES[name][1], seed=1, count=1_000)
    assert bad > 10


def test_terms_that_share_a_factor_are_put_together():
    rng, changed = random.Random(31), 0
    factors = [X, Y, K, Pow(X, Num(2)), Fn(sympy.exp, Y), Pow(Fn(sympy.exp, K), Num(3))]
    for _ in range(COUNT):
        terms = [Mul(Num(rng.randint(2, 6)), *rng.sample(factors, rng.randint(1, 3))) for _ in range(rng.randint(3, 5))]
        before = calculate(Add(*(Neg(term) if rng.random() < 0.4 else term for term in terms)))
        after = grouped(before, letters=rng.random() < 0.5)
        at = {letter: Fraction(rng.randint(-4, 5)) for letter in (X, Y, K)}
        assert value(after, at) == value(before, at)
        assert size(after) < size(before) or after is before
        changed += after is not before
    assert changed > COUNT // 10
