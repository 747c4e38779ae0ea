"""Sums over the same range are one sum for the judge: what each index adds decides, not whether two sums are equal."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from test_verify_identities import X, _identity, _same, _values, a, add, at, cases, fn, i, j, k, mul, q, total, within
from test_verify_identities import W as Y

from gdsym.verify.judge import agree
from gdsym.written.nodes import TRUE, Delta, Div, Neg, Node, Num, Rel

ONE = Num(1)
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


def test_what_is_one_sum_has_one_value() -> None:
    r = random.Random(8)
    found = 0
    for _ in range(300):
        several = _alike(r)
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
    return r.choice((ONE, u, at(Y, i), at(X, i), mul(u, at(Y, i)), Delta(i, k), cases(u, positive, 0, TRUE), Div(ONE, u)))
