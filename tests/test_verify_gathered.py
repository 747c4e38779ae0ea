"""Sums over the same range are one sum for the judge: what each index adds decides, not whether two sums are equal."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
import sympy as sp
from test_verify_identities import W as Y
from test_verify_identities import (
    X,
    _identity,
    _same,
    _values,
    a,
    add,
    at,
    cases,
    fn,
    i,
    j,
    k,
    m,
    mul,
    power,
    q,
    total,
    within,
)

from gdsym.verify.gathered import MOST_OPENED, _name
from gdsym.verify.judge import agree
from gdsym.written.nodes import TRUE, Base, Delta, Div, Neg, Node, Num, Rel, replace

ONE = Num(1)
A, B = (Base(sp.IndexedBase(name)) for name in "AB")
E = fn("exp", at(X, i))
SHARE, OTHER = Div(ONE, add(1, E)), Div(E, add(1, E))
EQUAL = {
    "two shares": (add(total(mul(at(Y, i), SHARE), i, q), total(mul(at(Y, i), OTHER), i, q)), total(at(Y, i), i, q)),
    "a weight in front of one": (
        add(mul(a, total(SHARE, i, q)), Neg(total(mul(a, at(Y, i), SHARE), i, q))),
        mul(a, total(mul(add(1, Neg(at(Y, i))), SHARE), i, q)),
    ),
    "products of sums": (
        mul(total(at(Y, j), j, q), add(total(mul(at(X, i), SHARE), i, q), total(mul(at(X, i), OTHER), i, q))),
        mul(total(at(X, j), j, q), total(at(Y, j), j, q)),
    ),
    "the order of sums": (
        total(total(mul(at(A, i, j), at(B, j, i)), j, q), i, m),
        total(total(mul(at(B, i, j), at(A, j, i)), j, m), i, q),
    ),
    "three sums, in a ring": (
        total(total(total(mul(at(A, i, j), at(A, j, k), at(B, k, i)), k, q), j, q), i, q),
        total(total(total(mul(at(B, i, j), at(A, j, k), at(A, k, i)), k, q), j, q), i, q),
    ),
    "a square": (
        power(total(mul(at(A, k, j), at(Y, j)), j, q), 2),
        total(total(mul(at(A, k, j), at(Y, j), at(A, k, i), at(Y, i)), j, q), i, q),
    ),
    "sums in sums": (
        total(add(total(mul(SHARE, at(Y, j)), j, i), total(mul(OTHER, at(Y, j)), j, i)), i, q),
        total(total(at(Y, j), j, i), i, q),
    ),
}
WRONG = {
    "another range": (
        add(total(mul(at(Y, i), SHARE), i, q), total(mul(at(Y, i), OTHER), i, add(q, -1))),
        total(at(Y, i), i, q),
    ),
    "another share": (add(total(SHARE, i, q), total(OTHER, i, q)), total(at(Y, i), i, q)),
    "a matrix and its transpose": (
        total(total(mul(at(A, i, j), at(B, j, i)), j, q), i, q),
        total(total(mul(at(A, i, j), at(B, i, j)), j, q), i, q),
    ),
    "a half that is not half": (
        total(total(Div(at(A, i, j), add(1, power(at(Y, i), 2))), j, q), i, q),
        total(total(Div(at(A, j, i), add(1, power(at(Y, i), 2))), j, q), i, q),
    ),
    "another index": (add(total(mul(at(Y, j), SHARE), i, q), total(mul(at(Y, i), OTHER), i, q)), total(at(Y, i), i, q)),
}


@pytest.mark.parametrize("name", EQUAL)
def test_sums_over_one_range_are_one_sum(name: str) -> None:
    left, right = EQUAL[name]
    assert _identity(left, right) == "everywhere"
    assert agree(left, right, room=False).verdict == "proved"


@pytest.mark.parametrize("name", WRONG)
def test_other_sums_are_not(name: str) -> None:
    left, right = WRONG[name]
    assert not _identity(left, right)
    assert agree(left, right, room=False).verdict == "refuted"


def test_each_index_has_a_name_of_its_own() -> None:
    """Also the last one of as many sums as are looked at, and the first one of what each of these adds."""
    places = [(kind, depth, place) for kind in (0, 1) for depth in range(3) for place in range(MOST_OPENED)]
    assert len({_name(*at, (0, 1)) for at in places}) == len(places)


@pytest.mark.parametrize("draw", ["_alike", "_doubled"])
def test_what_is_one_sum_has_one_value(draw: str) -> None:
    r = random.Random(8)
    found = 0
    for _ in range(300):
        several = globals()[draw](r)
        for left, right in [*pairwise(several), (several[-1], several[0])]:
            if said := _identity(left, right, within):
                found += 1
                assert _same(_values(left, right, within, 24), partly=said != "everywhere"), (left, right)
    assert found > 300


def _alike(r: random.Random) -> list[Node]:
    """Ways to write one sum of fractions, and some that are off by a little."""
    u = r.choice((at(X, i), E, total(mul(at(X, i), at(Y, j)), j, r.choice((q, i))), fn("Abs", at(X, i))))
    below = r.choice((add(1, u), add(1, u), u, add(u, at(Y, i))))
    parts = [_part(r, u) for _ in range(r.choice((2, 2, 3)))]
    weights = [r.choice((ONE, Num(-1), a, Div(ONE, a), total(at(X, j), j, q), at(Y, k))) for _ in parts]
    ends = [q] * len(parts) if r.random() < 0.8 else [r.choice((q, q, add(q, -1), k)) for _ in parts]
    split = add(*(mul(w, total(Div(p, below), i, m)) for w, p, m in zip(weights, parts, ends, strict=True)))
    joined = total(Div(add(*map(mul, weights, parts)), below), i, q)
    inside = total(add(*(Div(mul(w, p), below) for w, p in zip(weights, parts, strict=True))), i, q)
    end = r.choice((q, q, k, add(q, -1)))
    first, second = (total(Div(mul(at(Y, i), part), add(1, u)), i, m) for part, m in ((u, end), (ONE, q)))
    more = add(split, first, second, Neg(total(at(Y, i), i, q)))
    whole = total(add(*map(mul, weights, parts)), i, q)
    spread = add(total(Div(mul(Neg(u), parts[0]), mul(add(below, Neg(u)), below)), i, q), split)
    return r.sample([split, joined, inside, more, whole, spread, mul(a, Div(joined, a))], 4)


def _part(r: random.Random, u: Node) -> Node:
    positive = Rel(">", at(X, i), Num(0))
    return r.choice(
        (ONE, u, at(Y, i), at(X, i), mul(u, at(Y, i)), Delta(i, k), cases(u, positive, 0, TRUE), Div(ONE, u))
    )


def _doubled(r: random.Random) -> list[Node]:
    """Ways to write sums over two indices, and some that are off by a little."""
    below = Div(ONE, add(1, power(at(Y, i), 2)))
    choice = (at(A, i, j), at(A, j, i), at(B, i, j), at(Y, i), at(X, j), below, Delta(i, j), at(A, i, k), SHARE)
    body, more = (mul(*r.choices(choice, k=r.choice((2, 3)))) for _ in range(2))
    turned, turned_more = (replace(part, {i: j, j: i}) for part in (body, more))
    a, b = r.choice(((q, q), (q, q), (q, m), (m, q), (q, i), (i, q)))
    plus, minus = add(body, more), add(body, Neg(more))
    return r.sample(
        [
            total(total(plus, j, b), i, a),
            add(total(total(body, j, b), i, a), total(total(turned_more, i, b), j, a)),
            total(total(add(turned, turned_more), i, a if i in b.free else b), j, a),
            add(total(total(turned, j, b), i, a), total(total(more, j, b), i, a)),
            total(total(minus, j, b), i, a),
            add(mul(2, total(total(body, j, b), i, a)), Neg(total(total(minus, j, b), i, a))),
            add(total(total(turned, i, b), j, a), total(total(more, j, a), i, q)),
        ],
        4,
    )
